"""Rows of PostgreSQL as Arrow batches: for formats that are tables, without a Python object per value.

The ADBC driver reads COPY BINARY in C++ and gives batches of a bounded size while the statement runs, so memory stays
flat. It is used below its DB-API, which would import pandas. It streams only statements without parameters: values are
written into the statement as literals, by psycopg.

Arrow's own library, which takes fifty megabytes, is imported when the first batch is read.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import adbc_driver_manager
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import Literal

from otn.store.arrow_query import ArrowQuery

if TYPE_CHECKING:
    import pyarrow

TIME_LIMIT = 3600.0

_PLACEHOLDER = re.compile(r"\$([0-9]+)")
_CONNECT_TIMEOUT = 5


class ArrowRows:
    """The rows of one statement, read in one snapshot by a connection of its own.

    It blocks, so it belongs in a thread; `cancel` may be called from any other. `time_limit`, in seconds, bounds the
    whole reading, however slowly its reader takes the batches.
    """

    def __init__(self, url: str, sql: str, parameters: Sequence[Any] = (), *, time_limit: float = TIME_LIMIT) -> None:
        self.query = ArrowQuery(_conninfo(url, time_limit), with_literals(sql, parameters), time_limit)
        self._cancelled = threading.Event()
        self._statement: adbc_driver_manager.AdbcStatement | None = None

    @contextmanager
    def batches(self, schema: "pyarrow.Schema") -> Iterator[Iterator["pyarrow.RecordBatch"]]:
        """The batches in `schema`, which must name the statement's columns in their order and fit their types.

        Raises Unavailable where the database does not answer, breaks off or runs into the time limit.
        """
        import pyarrow

        with self.query.prepared() as statement, ExitStack() as stack:
            # Arrow would keep what it needed for the next time, which may never come.
            stack.callback(pyarrow.default_memory_pool().release_unused)
            self._statement = statement
            stack.callback(self._forget)
            if self._cancelled.is_set():
                yield iter(())
                return
            handle, _ = statement.execute_query()
            reader = stack.enter_context(pyarrow.RecordBatchReader.from_stream(handle))
            # A reader that stops early must not wait for the rest of the rows.
            stack.callback(self._cancel_statement)
            yield self._in_schema(reader, schema)

    def cancel(self) -> None:
        """Ends the statement, if it still runs, and with it the iteration of its batches."""
        self._cancelled.set()
        self._cancel_statement()

    def _in_schema(self, reader: Any, schema: "pyarrow.Schema") -> Iterator["pyarrow.RecordBatch"]:
        import pyarrow

        for batch in reader:
            if self._cancelled.is_set():
                return
            columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
            yield pyarrow.RecordBatch.from_arrays(columns, schema=schema)

    def _cancel_statement(self) -> None:
        statement = self._statement
        if statement is not None:
            with suppress(adbc_driver_manager.Error):
                statement.cancel()

    def _forget(self) -> None:
        self._statement = None


def with_literals(sql: str, parameters: Sequence[Any]) -> str:
    """The statement with its placeholders $1, $2, ... replaced by the values as SQL literals."""
    literals = [Literal(value).as_string(None) for value in parameters]
    return _PLACEHOLDER.sub(lambda match: literals[int(match[1]) - 1], sql)


def _conninfo(url: str, time_limit: float) -> str:
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": str(int(time_limit * 1000)),
        # Who is killed cannot cancel.
        "client_connection_check_interval": "1000",
        "timezone": "UTC",
    }
    given = str(conninfo_to_dict(url).get("options") or "")
    options = " ".join([given, *(f"-c {name}={value}" for name, value in settings.items())]).strip()
    return make_conninfo(url, options=options, application_name="otn-api", connect_timeout=_CONNECT_TIMEOUT)
