"""What processes cost: processor time and memory, as the kernel counts them in /proc."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 0.1
_IDLE_SECONDS = 0.25
_IDLE_SHARE = 0.04  # of one core: background work of servers that have nothing to answer


@dataclass(frozen=True)
class _Status:
    """A process, its parent, and its own processor time in seconds with that of children it has buried."""

    pid: int
    parent: int
    seconds: float


def tree(root: int) -> list[_Status]:
    """A process and all its descendants."""
    statuses = {status.pid: status for status in _all()}
    found = [statuses[root]] if root in statuses else []
    for status in found:
        found.extend(child for child in statuses.values() if child.parent == status.pid)
    return found


def seconds(roots: list[int]) -> float:
    """User and system time of these processes and their descendants, those that ended meanwhile included."""
    return sum(status.seconds for root in roots for status in tree(root))


def settle(roots: list[int], limit: float) -> bool:
    """Waits until they have nothing more to do, since clients that left may still be answered. False at the limit."""
    deadline = time.monotonic() + limit
    before = seconds(roots)
    while time.monotonic() < deadline:
        time.sleep(_IDLE_SECONDS)
        now = seconds(roots)
        if now - before <= _IDLE_SHARE * _IDLE_SECONDS + _TICK:
            return True
        before = now
    return False


class Peak:
    """The most memory that a process and its descendants held at one time, and the process alone."""

    def __init__(self) -> None:
        self.bytes = 0
        self.of_root = 0


@contextmanager
def peak_memory(root: int, every: float = _SAMPLE_SECONDS) -> Iterator[Peak]:
    """Samples the own memory of a process and its descendants while the block runs, `every` so many seconds.

    What the kernel counts for a process that has ended is no measure: it begins with what its parent held.
    """
    peak, stop = Peak(), threading.Event()

    def sample() -> None:
        while not stop.wait(every):
            peak.bytes = max(peak.bytes, memory(root))
            peak.of_root = max(peak.of_root, _own(root))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def memory(root: int) -> int:
    """Resident bytes of a process and its descendants that are their own.

    What is mapped from files, which the kernel holds once for all and takes back at need, is not among them.
    """
    return sum(_own(status.pid) for status in tree(root))


def _own(pid: int) -> int:
    try:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _all() -> Iterator[_Status]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:  # it ended meanwhile
                continue
            # The name, in brackets, may hold anything; what follows is numbers, the first of them field 3 of proc(5).
            fields = text.rpartition(")")[2].split()
            ticks = sum(map(int, fields[11:15]))
            yield _Status(int(entry.name), int(fields[1]), ticks * _TICK)
