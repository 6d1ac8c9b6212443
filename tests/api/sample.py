"""A small database, known to the last value: roads of two datasets, airports, ports at the antimeridian."""

import uuid
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from otn.etl.generalise import generalise_outdated
from otn.model.collections import COLLECTIONS
from otn.model.datasets import Dataset, Registry

NUMBER_OF_ROADS = 23
UPDATED = "2024-05-06T07:08:09Z"
NASTY_NAME = """Rue <script>alert("1")</script> de l'Église & Co \\ ;--"""

PERSONAL = "Jan Janssens of Dorp 7"
REPORT = {
    "read": 20,
    "normalised": 0,
    "repaired": 2,
    "rejected": 1,
    "duplicates": 0,
    "rejects": {"geometry/empty": 1},
    "unknownCodes": {"surface": {"chewing <gum>": 3}},
    "features": 19,
    "bbox": [4.01, 51, 4.23, 51.1],
    "completeness": {"name": 0.1579, "speedLimit": 0.5, "oncecalled": 1.0},
    "further": {},
    "network": {
        "links": 19,
        "nodes": 25,
        "roadEnds": 6,
        "danglingEnds": {
            "count": 1,
            "examples": [{"link": "way/1", "near": "way/<2>", "metres": 0.4, "at": [4.1, 51.0]}],
            "tolerance": 1.5,
        },
        "overlaps": {"count": 1, "examples": [["way/1", "way/3"]]},
        "duplicates": {"count": 0, "examples": []},
        "zeroLength": {"count": 1, "examples": ["way/4"]},
    },
    "remarks": ["The <text> is read as cp1252."],
}


def fill(url: str) -> None:
    """Writes the sample into a migrated, empty database."""
    registry = Registry.read()
    with psycopg.connect(url) as connection:
        _roads(connection, registry.dataset("be/wechelderzande-roads"), registry.dataset("elsewhere/roads"))
        _airports(connection, registry.dataset("be/airports"))
        _ports(connection, registry.dataset("elsewhere/ports"))
        _load(connection)
        _basemap(connection)
    generalise_outdated(url)


def insert(
    connection: psycopg.Connection[Any], dataset: Dataset, number: int, page_rank: int, wkt: str, **fields: Any
) -> None:
    """One row; `fields` are named as they are served."""
    collection = COLLECTIONS[dataset.collection]
    given = {
        "localId": f"local-{number}",
        "inspireId": dataset.inspire_id(f"local-{number}"),
        "dataset": dataset.id,
        "region": dataset.region,
        "licence": dataset.licence,
    } | fields
    values = {collection.by_name[name].column: value for name, value in given.items()}
    values |= {"id": number, "page_rank": page_rank, "load_id": 1, "content_hash": uuid.UUID(int=number)}
    statement = sql.SQL("INSERT INTO {} (geom, {}) VALUES (ST_GeomFromText({}, 4326), {})").format(
        sql.Identifier(collection.table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.Placeholder(),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
    )
    connection.execute(statement, (wkt, *values.values()))


def declare(connection: psycopg.Connection[Any], *datasets: Dataset, number_of_features: int) -> None:
    """What a load leaves behind beside the rows; the extent and times are those of the rows."""
    collection = COLLECTIONS[datasets[0].collection]
    for dataset in datasets:
        connection.execute(
            "INSERT INTO dataset VALUES (%s, %s, %s, %s, %s)",
            (dataset.id, dataset.region, collection.id, Jsonb(dataset.model_dump(mode="json")), number_of_features),
        )
    statement = sql.SQL(
        """INSERT INTO collection_state (collection, version, updated, number_of_features, licences, west, south, east,
        north, valid_from, valid_to) SELECT {}, 1, {}, count(*), {}, min(ST_XMin(geom)), min(ST_YMin(geom)),
        max(ST_XMax(geom)), max(ST_YMax(geom)), min(valid_from), max(valid_to) FROM {}"""
    )
    licences = sorted({dataset.licence for dataset in datasets})
    connection.execute(statement.format(collection.id, UPDATED, licences, sql.Identifier(collection.table)))


def _roads(connection: psycopg.Connection[Any], streets: Dataset, others: Dataset) -> None:
    """Parallel lines from 4.0 east on, every 0.01 degree, at 51 north; ids run against the order of pages."""
    for number in range(1, NUMBER_OF_ROADS + 1):
        west = 4 + number / 100
        insert(
            connection,
            others if number % 5 == 0 else streets,
            number,
            0 if number == 1 else 1000 - number // 2,
            f"LINESTRING({west} 51, {west} 51.1)",
            name={2: NASTY_NAME, 3: "Dorp", 4: "Dorp"}.get(number),
            functionalRoadClass="mainRoad" if number % 2 else None,
            speedLimit=50 if number <= 10 else None,
            maximumHeight=4.5 if number == 7 else None,
            bridge={8: True, 9: False}.get(number),
            validFrom="2010-01-01T00:00:00Z" if number == 11 else ("2020-06-01T12:00:00Z" if number == 12 else None),
            validTo="2015-12-31T23:59:59.5Z" if number == 11 else None,
            sourceCodes=Jsonb({"highway": "primary"}) if number == 3 else None,
        )
    declare(connection, streets, others, number_of_features=10)


def _airports(connection: psycopg.Connection[Any], airports: Dataset) -> None:
    insert(
        connection, airports, 101, 0, "POINT(4.48444 50.90139)", name="Brussels Airport", icao="EBBR", elevation=56.4
    )
    insert(connection, airports, 102, 1, "POINT(4.45278 50.45917)", name="Charleroi", icao="EBCI", elevation=187)
    declare(connection, airports, number_of_features=2)


def _ports(connection: psycopg.Connection[Any], ports: Dataset) -> None:
    for number, longitude in enumerate((179.5, -179.5, 180, 0), start=201):
        insert(connection, ports, number, number, f"POINT({longitude} 66)", name=f"Port {number}")
    declare(connection, ports, number_of_features=4)


def _load(connection: psycopg.Connection[Any]) -> None:
    """The load that brought the roads, and a row that it rejected, with what must not be seen."""
    connection.execute("SELECT setval('load_id_seq', 1)")
    connection.execute(
        "INSERT INTO load (id, dataset, state, started, finished, source, source_url, source_sha256, number_read,"
        " number_added, number_changed, number_removed, objects_added, number_rejected, number_normalised, report)"
        " VALUES (1, %s, 'committed', %s, %s, 'village.osm', %s, %s, 20, 19, 0, 0, 18, 1, 0, %s)",
        [
            "be/wechelderzande-roads",
            UPDATED,
            UPDATED,
            "https://download.example.org/village.osm",
            "ab" * 32,
            Jsonb(REPORT),
        ],
    )
    connection.execute(
        "INSERT INTO reject (load_id, position, source_id, reason, detail, row) VALUES (1, 7, 'a7', %s, %s, %s)",
        ["geometry/empty", f"{PERSONAL}: is empty", Jsonb({"driver": PERSONAL})],
    )


def _basemap(connection: psycopg.Connection[Any]) -> None:
    """Land from edge to edge, at the zoom of the whole world only."""
    connection.execute("INSERT INTO basemap_state VALUES ('sample')")
    connection.execute(
        "INSERT INTO basemap (zoom, layer, properties, geom) VALUES (0, 'land', '{}', ST_TileEnvelope(0, 0, 0))"
    )
