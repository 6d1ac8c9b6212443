"""One task at a time in another thread: while the database takes one batch, the next one is read and harmonised."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

_Item = TypeVar("_Item")


class Background:
    """Runs tasks one after the other. Whoever gives a task waits for the one before, and gets its error."""

    def __init__(self, prepare: Callable[[], object] | None = None) -> None:
        """`prepare` is called first in the other thread."""
        self._pool = ThreadPoolExecutor(max_workers=1, initializer=prepare)
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def run(self, task: Callable[[], None]) -> None:
        """Begins `task` as soon as the one before has ended. Raises what that one raised."""
        self.wait()
        self._running = self._pool.submit(task)

    def wait(self) -> None:
        """Until nothing runs. Raises what the last task raised."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def ahead(self, items: Iterator[_Item]) -> Iterator[_Item]:
        """The items, each made while the one before is used."""
        made: list[_Item] = []

        def make() -> None:
            made.extend(islice(items, 1))

        self.run(make)
        while True:
            self.wait()
            if not made:
                return
            item = made.pop()
            self.run(make)
            yield item

    def end(self) -> None:
        """Until nothing runs, whatever became of it; takes no more tasks."""
        self._pool.shutdown()
