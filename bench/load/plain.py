"""`python -m bench.load.plain FILE URL`: a file of roads into a sorted, indexed, analysed table, and no more than that.

What osm2pgsql and ogr2ogr do, done with OTN's readers and its way of copying: no ids, checks, hashes or comparison with
what was there.
"""

import sys
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from psycopg import sql

from otn.etl.copy_binary import HEADER, TRAILER, body, images, joined, number_of_fields
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import reader_of
from otn.model.collections import ROAD_NODES
from otn.model.datasets import Registry

TABLE = "plain_roads"


def load(file: Path, url: str) -> None:
    """Copies the file's columns as they are, sorts by PostGIS's Hilbert order, indexes and analyses."""
    reader = reader_of(Inputs((file,), Registry.read().dataset("elsewhere/roads")))
    with psycopg.connect(url) as connection:
        names: list[str] = []
        for rows in reader.read():
            if not len(rows) or rows.collection == ROAD_NODES.id:
                continue
            if not names:
                names = rows.attributes.column_names
                _create(connection, names)
            columns = [_text(rows.attributes[name]) for name in names]
            geometry = pa.array(shapely.to_wkb(rows.geometry), pa.binary())
            fields = images([rows.source_id, geometry, *columns])
            with connection.cursor().copy("COPY staged FROM STDIN (FORMAT BINARY)") as copy:
                for piece in (HEADER, body(joined([number_of_fields(2 + len(names)), fields])), TRAILER):
                    copy.write(piece)
        connection.execute("SET LOCAL work_mem = '128MB'")
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        table = sql.Identifier(TABLE)
        connection.execute(sql.SQL("CREATE TABLE {} AS SELECT * FROM staged ORDER BY geom").format(table))
        connection.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(table))
        connection.execute(sql.SQL("ANALYZE {}").format(table))


def _create(connection: psycopg.Connection, names: list[str]) -> None:
    columns = [sql.SQL("{} text").format(sql.Identifier(f"tag_{name}")) for name in names]
    connection.execute(
        sql.SQL("CREATE TEMPORARY TABLE staged (source_id text, geom geometry(LineString, 4326), {})").format(
            sql.SQL(", ").join(columns)
        )
    )


def _text(column: pa.ChunkedArray) -> pa.Array:
    return pc.cast(column, pa.string())


if __name__ == "__main__":
    load(Path(sys.argv[1]), sys.argv[2])
