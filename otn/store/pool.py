"""PostgreSQL connections for answering requests: few, kept open, read-only, with limits on every wait.

asyncpg's own pool runs a reset query whenever a connection comes back, which doubles the cost of a small read. Here a
connection carries no state between requests, so it goes back as it is.

Downloads take connections of their own, so that they never keep small reads waiting.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from otn.errors import BadRequest, TookTooLong, Unavailable

CONNECTIONS = 4
STATEMENT_TIMEOUT = 10.0
WAIT_TIMEOUT = 10.0
MOST_WAITING = 512
STREAMS = 2
# For the rows between two waits for the client, not for the whole download.
_STREAM_STATEMENT_TIMEOUT = 120.0
_STREAM_IDLE_TIMEOUT = 120.0
_STREAM_ROWS = 500
_CONNECT_TIMEOUT = 5.0

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
# PostGIS has no error of its own for a place that a projection does not reach.
_NO_PROJECTION = "transform:"
_NOT_SET_UP = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)


class Pool:
    """Up to `size` connections of one process to the database at `url`; they open when they are first needed.

    `statement_timeout` bounds a query and `wait_timeout` the wait for a free connection, in seconds. Who would wait
    longer than that, going by how long queries took lately, or as one more than `most_waiting`, is refused at once.
    Beside them up to STREAMS downloads run at a time.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int = CONNECTIONS,
        statement_timeout: float = STATEMENT_TIMEOUT,
        wait_timeout: float = WAIT_TIMEOUT,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._url = url
        self._statement_timeout = statement_timeout
        self._wait_timeout = wait_timeout
        self._free: asyncio.LifoQueue[asyncpg.Connection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(None)
        self._size = size
        self._most_waiting = most_waiting
        self._waiting = 0
        self._usual_time = 0.0
        self._streams = asyncio.Semaphore(STREAMS)

    @property
    def url(self) -> str:
        """The database, for who reads it in another way, within `streaming`."""
        return self._url

    async def fetch(self, sql: str, parameters: Sequence[Any] = (), *, share: float = 1.0) -> list[asyncpg.Record]:
        """All rows; values of type text come as UTF-8 bytes, ready to be sent on.

        Who asks in several ways gives each its `share` of the time that a query may take. When the calling task is
        cancelled, the query is cancelled in PostgreSQL too. Raises Unavailable where no connection is free in time, the
        database does not answer, or the query runs into its time limit.
        """
        connection = await self._take()
        began = time.monotonic()
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            try:
                return await self._run(connection, sql, parameters, share)
            except _LOST:
                # The server was restarted, or dropped the connection; reading twice does no harm.
                connection.terminate()
                connection = await self._connect()
                return await self._run(connection, sql, parameters, share)
        except _LOST as error:
            raise Unavailable("The database broke off the connection.") from error
        finally:
            self._usual_time += (time.monotonic() - began - self._usual_time) / 16
            self._free.put_nowait(connection)

    @asynccontextmanager
    async def streaming(self) -> AsyncIterator[None]:
        """The right to run one download. Raises Unavailable where none becomes free in time."""
        try:
            await asyncio.wait_for(self._streams.acquire(), self._wait_timeout)
        except TimeoutError:
            raise Unavailable("The service is busy with other downloads: try again in some minutes.") from None
        try:
            yield
        finally:
            self._streams.release()

    @asynccontextmanager
    async def stream(self, sql: str, parameters: Sequence[Any] = ()) -> AsyncIterator[AsyncIterator[list[bytes]]]:
        """The only column of a query, a text, some rows at a time, all from one snapshot; within `streaming`.

        Raises Unavailable as `fetch` does. The query ends with the block.
        """
        try:
            connection = await self._connect(
                statement_timeout=_STREAM_STATEMENT_TIMEOUT,
                idle_in_transaction_session_timeout=_STREAM_IDLE_TIMEOUT,
            )
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield _batches(await connection.cursor(sql, *parameters))
            finally:
                connection.terminate()
        except _LOST as error:
            raise Unavailable("The database broke off the connection.") from error
        except asyncpg.QueryCanceledError as error:
            raise Unavailable("The download took too long: ask for less, for example by a bbox.") from error
        except _NOT_SET_UP as error:
            raise Unavailable("The database has not been set up yet.") from error

    async def close(self) -> None:
        """Closes every connection once its query has ended."""
        for _ in range(self._size):
            connection = await self._free.get()
            if connection is not None and not connection.is_closed():
                await connection.close(timeout=_CONNECT_TIMEOUT)

    async def _take(self) -> asyncpg.Connection | None:
        if not self._free.empty():
            return self._free.get_nowait()
        turns = (self._waiting + 1) / self._size
        if self._waiting >= self._most_waiting or turns * self._usual_time > self._wait_timeout:
            raise Unavailable("The service is busy: too many requests are waiting for a database connection.")
        self._waiting += 1
        try:
            return await asyncio.wait_for(self._free.get(), self._wait_timeout)
        except TimeoutError:
            raise Unavailable("The service is busy: no database connection became free in time.") from None
        finally:
            self._waiting -= 1

    async def _connect(self, **timeouts: float) -> asyncpg.Connection:
        """`timeouts`, in seconds, are settings of PostgreSQL."""
        timeouts = {"statement_timeout": self._statement_timeout} | timeouts
        try:
            connection = await asyncpg.connect(
                self._url,
                timeout=_CONNECT_TIMEOUT,
                max_cached_statement_lifetime=0,
                server_settings={
                    "application_name": "otn-api",
                    "default_transaction_read_only": "on",
                    # Planning anew costs a small read twice its execution; the statements' shapes leave little choice.
                    "plan_cache_mode": "force_generic_plan",
                    # Requests share the processors already; and the parts of a sorted page must come in their order.
                    "max_parallel_workers_per_gather": "0",
                    "timezone": "UTC",
                    **{name: str(int(seconds * 1000)) for name, seconds in timeouts.items()},
                },
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise Unavailable("The database does not answer at the moment.") from error
        await connection.set_type_codec("text", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary")
        return connection

    async def _run(
        self, connection: asyncpg.Connection, sql: str, parameters: Sequence[Any], share: float
    ) -> list[asyncpg.Record]:
        # The whole of the time PostgreSQL itself sees to.
        limit = None if share == 1 else share * self._statement_timeout
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *parameters, timeout=limit)
            return rows
        except (asyncpg.QueryCanceledError, TimeoutError) as error:
            raise took_too_long(self._statement_timeout) from error
        except asyncpg.DataError as error:
            # Every check comes before the database; what only it can find is still the client's value.
            raise BadRequest(f"A value of the request cannot be used: {error}.") from error
        except asyncpg.InternalServerError as error:
            if not str(error).startswith(_NO_PROJECTION):
                raise
            raise BadRequest(
                "A feature lies where the asked coordinate reference system ends.", parameter="crs"
            ) from error
        except _NOT_SET_UP as error:
            raise Unavailable("The database has not been set up yet.") from error


def took_too_long(seconds: float) -> TookTooLong:
    """The error for an answer that could not be made in so many seconds."""
    return TookTooLong(f"The answer took longer than {seconds:g} s: ask for less, for example by a bbox.")


async def _batches(cursor: Any) -> AsyncIterator[list[bytes]]:
    while rows := await cursor.fetch(_STREAM_ROWS):
        yield [row[0] for row in rows]
