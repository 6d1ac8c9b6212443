"""The peers: osm2pgsql and ogr2ogr, told to make of a file the columns that OTN reads of it."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from otn.etl.readers.osm_tags import ROAD_TAGS

TABLE = "peer_roads"
_TAGS = ("name", *ROAD_TAGS)

_STYLE = """
local tags = {%(tags)s}
local columns = {}
for _, tag in ipairs(tags) do columns[#columns + 1] = { column = tag, type = 'text' } end
columns[#columns + 1] = { column = 'geom', type = 'linestring', projection = 4326 }
local roads = osm2pgsql.define_way_table('%(table)s', columns)
function osm2pgsql.process_way(object)
  if object.tags.highway then
    local row = { geom = { create = 'line' } }
    for _, tag in ipairs(tags) do row[tag] = object.tags[tag] end
    roads:add_row(row)
  end
end
"""
# Keys not named here would go into a column other_tags; closed ways of no key become areas.
_OSMCONF = """
closed_ways_are_polygons=
attribute_name_laundering=no
[lines]
osm_id=yes
attributes=%(tags)s
"""

INDEXES = (
    "CREATE UNIQUE INDEX ON peer_roads (way_id)",
    'CREATE INDEX ON peer_roads (name COLLATE "C") WHERE name IS NOT NULL',
    "CREATE INDEX ON peer_roads USING gin (otn_folded(name) gin_trgm_ops)",
    'CREATE INDEX ON peer_roads (highway COLLATE "C") WHERE highway IS NOT NULL',
    'CREATE INDEX ON peer_roads (ref COLLATE "C") WHERE ref IS NOT NULL',
    'CREATE INDEX ON peer_roads (int_ref COLLATE "C") WHERE int_ref IS NOT NULL',
)
"""Those of OTN's that the columns of osm2pgsql's table can have."""


def osm2pgsql(file: Path, url: str, directory: Path) -> Sequence[str]:
    """Sorted by geometry, with an index of it, analysed."""
    style = directory / "roads.lua"
    style.write_text(_STYLE % {"tags": ", ".join(f"'{tag}'" for tag in _TAGS), "table": TABLE})
    return ["osm2pgsql", "-O", "flex", "-S", str(style), "-d", connection_string(url), str(file)]


def ogr2ogr_of_osm(file: Path, url: str, directory: Path) -> Sequence[str]:
    """With an index of the geometry; neither sorted nor analysed."""
    configuration = directory / "osmconf.ini"
    configuration.write_text(_OSMCONF % {"tags": ",".join(_TAGS)})
    options = ["-oo", f"CONFIG_FILE={configuration}", "-where", "highway IS NOT NULL", "lines"]
    return [*_ogr2ogr(url), str(file), *options]


def ogr2ogr(file: Path, url: str) -> Sequence[str]:
    """With an index of the geometry; neither sorted nor analysed."""
    return [*_ogr2ogr(url), str(file)]


def _ogr2ogr(url: str) -> list[str]:
    return [
        *("ogr2ogr", "--config", "PG_USE_COPY", "YES", "-f", "PostgreSQL", f"PG:{connection_string(url)}"),
        *("-nln", TABLE, "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=GIST"),
    ]


def connection_string(url: str) -> str:
    """The URL as `key=value` words, which all programs of GDAL and osm2pgsql take."""
    parts = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return " ".join(f"{name}={value}" for name, value in {"dbname": parts.path.lstrip("/"), **options}.items())


def build_indexes(url: str) -> None:
    """Gives the table of osm2pgsql the indexes that OTN keeps."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for statement in INDEXES:
            connection.execute(statement.encode())


def versions(said: str) -> str:
    """The first version that a program tells."""
    found = re.search(r"[0-9]+(?:\.[0-9]+)+", said)
    return found[0] if found else "?"
