"""`python -m bench.load.plain FILE URL`: a file of roads into a sorted, indexed, analysed table, and no more than that.

What osm2pgsql and ogr2ogr do, done with OTN's readers and its way of copying: no ids, checks or hashes, no ways cut
where they meet, and no comparison with what was there.
"""

import bench.load.as_installed  # noqa: F401, I001 - before all others

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from psycopg import sql

from otn.etl.aside import RowsAside
from otn.etl.background import Background
from otn.etl.copy_binary import geometries, images, joined, number_of_fields, pieces
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.osm_file import SUFFIXES
from otn.etl.readers.osm_opl import read_opl
from otn.etl.readers.osm_tags import ROAD_TAGS
from otn.etl.readers.osm_ways import located
from otn.etl.readers.registry import reader_of
from otn.etl.rows import Geometries
from otn.etl.staging import copy_in
from otn.model.datasets import Registry
from otn.store.hilbert import hilbert_ranks

TABLE = "plain_roads"
_TAGS = ("name", *ROAD_TAGS)
# No node is wanted for itself.
_NO_NODE = ("otn:none=none",)


def load(file: Path, url: str) -> None:
    """Copies the file's columns as they are, in OTN's order of pages, indexes and analyses."""
    table = sql.Identifier(TABLE)
    with psycopg.connect(url) as connection, Background() as background:
        aside, names = RowsAside(), list[str]()
        for identifiers, geometry, attributes in _rows(file):
            names = attributes.column_names
            places, tags = geometries(geometry), (pc.cast(column, pa.string()) for column in attributes.columns)
            fields = [*pieces(identifiers), *places, images(list(tags))]
            rows, ranks = joined([number_of_fields(2 + len(names)), *fields]), hilbert_ranks(geometry)
            background.run(partial(aside.add, ranks, rows))
        background.wait()
        columns = [sql.SQL("{} text").format(sql.Identifier(f"tag_{name}")) for name in names]
        connection.execute(
            sql.SQL("CREATE TABLE {} (source_id text, geom geometry(LineString, 4326), {})").format(
                table, sql.SQL(", ").join(columns)
            )
        )
        copy_in(connection, table, background.ahead(rows for _, rows in aside.chunks()))
        aside.close()
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        connection.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(table))
        connection.execute(sql.SQL("ANALYZE {}").format(table))


def _rows(file: Path) -> Iterator[tuple[pa.Array, Geometries, pa.Table]]:
    """Identifiers, geometry and attributes."""
    if file.name.endswith(SUFFIXES):
        for ways, _ in read_opl(file, ["highway"], _TAGS, _NO_NODE):
            lines, _ = located(ways, 1)
            places = np.stack([lines.x, lines.y], axis=1)
            geometry = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, places, (lines.offsets,))
            yield pa.array(lines.id).cast(pa.string()), geometry, lines.tags
        return
    for rows in reader_of(Inputs((file,), Registry.read().dataset("elsewhere/roads"))).read():
        yield rows.source_id, rows.geometry, rows.attributes


if __name__ == "__main__":
    load(Path(sys.argv[1]), sys.argv[2])
