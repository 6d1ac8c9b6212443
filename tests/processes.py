"""Processes that tests start."""

import os
import signal
import subprocess
from contextlib import suppress
from types import TracebackType
from typing import Any


class Process(subprocess.Popen[str]):
    """A process whose `with` kills it, and those it started, where they have not ended by then.

    `Popen` waits there: a test that fails before it tells a server to end would wait for ever in place of failing.
    """

    def __init__(self, command: list[str], **options: Any) -> None:
        super().__init__(command, text=True, process_group=0, **options)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        super().__exit__(kind, error, traceback)
