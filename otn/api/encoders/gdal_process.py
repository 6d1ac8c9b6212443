"""The process in which GDAL writes a file: from PostgreSQL's Arrow batches, with nothing of the server in its memory.

On its standard input stands what it is to do, as JSON: the `query` of the features, the `path` of the file, and
pyogrio's `arguments`. It ends with UNAVAILABLE, and says why, where the database is to blame.
"""

import os
import sys
from dataclasses import replace

import orjson

from otn.errors import Unavailable
from otn.store.arrow_query import ArrowQuery

UNAVAILABLE = os.EX_TEMPFAIL
_BATCH_BYTES = 2**18
# pyogrio imports them where they are there: two thirds of its memory and time, and of no use to a file.
_OF_NO_USE = ("pandas", "geopandas", "pyarrow", "shapely", "pyproj")


def main() -> None:
    """Writes the file."""
    given = orjson.loads(sys.stdin.buffer.read())
    sys.modules.update(dict.fromkeys(_OF_NO_USE))  # type: ignore[arg-type]
    from pyogrio.raw import write_arrow

    try:
        with replace(ArrowQuery(**given["query"]), batch_bytes=_BATCH_BYTES).prepared() as statement:
            rows, _ = statement.execute_query()
            try:
                write_arrow(rows, given["path"], **given["arguments"])
            except BaseException:
                # Else the driver would read the rest of the rows before it closes.
                statement.cancel()
                raise
    except Unavailable as error:
        print(error, file=sys.stderr)
        sys.exit(UNAVAILABLE)


if __name__ == "__main__":
    main()
