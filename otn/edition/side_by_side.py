"""Several connections that see the database as it is at one moment, each of which answers beside the others.

One of PostgreSQL's processes uses one processor: what takes it a minute takes two of them half of that.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import TypeVar

import psycopg
from psycopg import sql

from otn.edition.snapshot import snapshot

AT_ONCE = min(os.cpu_count() or 1, 4)
"""So many where nobody is to be spared: each holds what it has answered until that is its turn."""

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


class SideBySide:
    """Asks all connections at once."""

    def __init__(self, connections: Sequence[psycopg.Connection], pool: ThreadPoolExecutor) -> None:
        self._number = len(connections)
        self._pool = pool
        self._idle: SimpleQueue[psycopg.Connection] = SimpleQueue()
        for connection in connections:
            self._idle.put(connection)

    def answers(self, ask: Callable[[psycopg.Connection, _Item], _Answer], items: Iterable[_Item]) -> Iterator[_Answer]:
        """What `ask` answers to each of the items, in their order; one is asked ahead while the first is used."""
        waiting: deque[Future[_Answer]] = deque()
        for item in items:
            waiting.append(self._pool.submit(self._asked, ask, item))
            if len(waiting) > self._number:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _asked(self, ask: Callable[[psycopg.Connection, _Item], _Answer], item: _Item) -> _Answer:
        connection = self._idle.get()
        try:
            return ask(connection, item)
        finally:
            self._idle.put(connection)


@contextmanager
def side_by_side(connection: psycopg.Connection, url: str, number: int) -> Iterator[SideBySide]:
    """`connection`, which `snapshot` has opened, and so many others that there are `number`, seeing what it sees.

    What ends the block with an error ends what they are doing.
    """
    with ExitStack() as stack:
        connections = [connection, *(stack.enter_context(snapshot(url)) for _ in range(number - 1))]
        [(seen,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
        for other in connections[1:]:
            other.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(seen)))
        pool = stack.enter_context(ThreadPoolExecutor(number))
        try:
            yield SideBySide(connections, pool)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for busy in connections:
                with suppress(psycopg.Error):
                    busy.cancel_safe()
            raise
