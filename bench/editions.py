"""What it takes to build the editions of everything anew, as `otn editions build` does it."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from otn.settings import ROOT


@dataclass(frozen=True)
class EditionBuild:
    """Seconds, the most memory the builder held resident, and the bytes of what it wrote."""

    seconds: float
    memory: int
    bytes: int


def edition_build(url: str) -> EditionBuild:
    """Builds into a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory() as directory:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTN_")}
        began = time.perf_counter()
        builder = subprocess.Popen(
            [sys.executable, "-m", "otn", "editions", "build"],
            cwd=ROOT,
            env=environment | {"OTN_DATABASE_URL": url, "OTN_DATA_DIR": directory},
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(builder.pid, 0)
        builder.returncode = os.waitstatus_to_exitcode(status)
        if builder.returncode:
            raise RuntimeError(f"`otn editions build` ended with {builder.returncode}.")
        seconds = time.perf_counter() - began
        size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
    return EditionBuild(seconds, usage.ru_maxrss * 1024, size)
