"""Builds editions beside a server, in a process of its own that yields to whoever answers."""

import os
import subprocess
import sys

from otn.settings import Settings

_STOP_LIMIT = 10


class BackgroundBuild:
    """`otn editions build`, at most once at a time. Of several processes that start one the first builds, and the
    others find nothing left to do."""

    def __init__(self, settings: Settings) -> None:
        """`settings` name the database that is served."""
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Begins a build and returns True, unless one is under way; what fails is told on standard error, and
        PostgreSQL answers."""
        if self._process is not None and self._process.poll() is None:
            return False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "otn", "editions", "build", "--in-background"],
            env=os.environ | self._settings.to_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Ctrl-C is for the server, which stops the build in its own time.
            process_group=0,
        )
        return True

    def stop(self) -> None:
        """Ends a build that is under way: what it has not finished the next one makes."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
