"""What is the same for all, and what each server does for an answer, found by asking it."""

import os
import platform
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import orjson
import psycopg

from bench import counting
from bench.boxes import count
from bench.cases import Case
from bench.client import get
from bench.editions import EditionBuild
from bench.servers import Server
from otn.model.collections import ROADS


@dataclass(frozen=True)
class Answered:
    """One server's answer to one request for ten features, and what it asked of PostgreSQL for that."""

    description: str
    counted: bool
    sorted: bool
    matched: int | None
    features: int
    properties: int
    links: int
    links_in_features: int
    bytes: int


def answered(server: Server, case: Case, url: str) -> Answered:
    """How a server answers the first path of a case."""
    path = case.asked_of(server.name)[0]
    get(server.port, path)  # what it asks at its first request only is no matter
    said = counting.statements(url, lambda: get(server.port, path))
    body = get(server.port, path).body
    document = orjson.loads(body)
    first = document["features"][0]
    return Answered(
        description=server.description,
        counted=document.get("numberMatched") == _matches(path, url),
        # Who asks PostgreSQL nothing has the features in the order of its files.
        sorted=not said or any("ORDER BY" in statement for statement in said),
        matched=document.get("numberMatched"),
        features=len(document["features"]),
        properties=len(first["properties"]),
        links=len(document.get("links", [])),
        links_in_features=len(first.get("links", [])),
        bytes=len(body),
    )


def _matches(path: str, url: str) -> int:
    """How many roads the box of a path touches."""
    west, south, east, north = (float(number) for number in parse_qs(urlsplit(path).query)["bbox"][0].split(","))
    with psycopg.connect(url) as connection:
        return count(connection, (west, south, east, north))


def machine_and_database(url: str) -> list[str]:
    """What stands above the figures."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), postgis_lib_version(), current_setting('shared_buffers'),"  # noqa: S608
            f" (SELECT count(*) FROM \"{ROADS.table}\"), pg_size_pretty(pg_table_size('{ROADS.table}')),"
            f' (SELECT round(avg(ST_NPoints(geom)), 1) FROM "{ROADS.table}")'
        ).fetchone()
    if row is None:
        return []
    postgres, postgis, buffers, number, size, points = row
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{os.cpu_count()} processors, {memory:.0f} GiB of memory, Python {platform.python_version()}.",
        f"PostgreSQL {postgres.split()[0]}, PostGIS {postgis}, shared_buffers {buffers}: OTN's private cluster as OTN"
        " configures it, reached by its Unix socket.",
        f"{number:,} roads of {points} points on average, {size}: six cities of neatnet (OpenStreetMap), eleven"
        " OpenStreetMap extracts and the simplified highways of six countries that `otn load --defaults` brings.",
    ]


def build_fact(built: EditionBuild) -> str:
    """What building the editions took."""
    return (
        f"Building the editions of all that anew took {built.seconds:.1f} s and {built.memory / 10**6:.0f} MB of "
        f"memory; they take {built.bytes / 10**6:.0f} MB. A changed dataset of {built.in_part:,} roads was published"
        f" beside the others in {built.one_part:.1f} s. Making their tiles, {built.tiles.number:,} of the roads,"
        f" took {built.tiles.seconds:.1f} s and {built.tiles.memory / 10**6:.0f} MB; they take"
        f" {built.tiles.bytes / 10**6:.0f} MB."
    )
