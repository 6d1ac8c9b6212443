"""What a test starts ends with it, however it ends."""

import os
import subprocess
from contextlib import suppress

import pytest

from tests.processes import Process


def test_a_test_that_fails_leaves_no_process_and_does_not_wait_for_one() -> None:
    started: list[Process] = []
    with pytest.raises(ZeroDivisionError):
        fail_beside(started)
    [process] = started
    assert process.returncode < 0
    with suppress(ProcessLookupError):
        while True:  # until what it started is gone too
            os.killpg(process.pid, 0)


def fail_beside(started: list[Process]) -> None:
    with Process(["/bin/sh", "-c", "sleep 600 & echo ready; wait"], stdout=subprocess.PIPE) as process:
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        raise ZeroDivisionError
