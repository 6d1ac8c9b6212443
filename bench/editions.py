"""What it takes to build the editions of everything anew, as `otn editions build` does it."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from otn.edition.manifest import PARTS, readable
from otn.model.collections import ROADS
from otn.settings import ROOT

_CHANGED = 50_000


@dataclass(frozen=True)
class EditionBuild:
    """Seconds, the most memory the builder held resident, and the bytes of what it wrote.

    `one_part` are the seconds of building one part of `in_part` features anew and publishing it beside the others, as
    after a change of that dataset.
    """

    seconds: float
    memory: int
    bytes: int
    in_part: int
    one_part: float


def edition_build(url: str) -> EditionBuild:
    """Builds into a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory() as directory:
        seconds, memory = _build(url, directory)
        size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
        folder = Path(directory) / "editions" / ROADS.id
        manifest = next(readable(folder))
        changed = min(manifest.parts, key=lambda part: abs(part.count - _CHANGED))
        (folder / PARTS / changed.file).unlink()
        one_part, _ = _build(url, directory)
    return EditionBuild(seconds, memory, size, changed.count, one_part)


def _build(url: str, directory: str) -> tuple[float, int]:
    """Seconds, and the most bytes that the builder held resident."""
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
    return time.perf_counter() - began, usage.ru_maxrss * 1024
