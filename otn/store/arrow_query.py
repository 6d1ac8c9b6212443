"""A statement that PostgreSQL answers in Arrow batches, as the ADBC driver runs it.

It needs neither the rest of OTN nor Arrow's own library: the process in which GDAL writes files runs it with nothing
else in memory.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import adbc_driver_manager
import adbc_driver_postgresql

from otn.errors import Unavailable

BATCH_BYTES = 2**20
TOOK_TOO_LONG = "The download took too long: ask for less, for example by a bbox."
_BATCH_SIZE = adbc_driver_postgresql.StatementOptions.BATCH_SIZE_HINT_BYTES.value


@dataclass(frozen=True)
class ArrowQuery:
    """A statement without parameters, and the connection it runs on, with its settings.

    `time_limit`, in seconds, is among these; `batch_bytes` is the size of a batch, about.
    """

    conninfo: str
    sql: str
    time_limit: float
    batch_bytes: int = BATCH_BYTES

    @contextmanager
    def prepared(self) -> Iterator[adbc_driver_manager.AdbcStatement]:
        """The statement, about to be executed, on a connection of its own.

        Raises Unavailable where the database does not answer, breaks off or runs into the time limit.
        """
        with ExitStack() as stack, _translated():
            database = stack.enter_context(adbc_driver_postgresql.connect(self.conninfo))
            connection = stack.enter_context(adbc_driver_manager.AdbcConnection(database))
            statement = stack.enter_context(adbc_driver_manager.AdbcStatement(connection))
            statement.set_options(**{_BATCH_SIZE: str(self.batch_bytes)})
            statement.set_sql_query(self.sql)
            yield statement


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except adbc_driver_manager.OperationalError as error:
        raise Unavailable("The database does not answer at the moment.") from error
    except (OSError, adbc_driver_manager.Error) as error:
        if "statement timeout" in str(error):
            raise Unavailable(TOOK_TOO_LONG) from error
        raise
