"""What is asked of every server, in each one's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import orjson
import psycopg

from bench.boxes import Box, as_parameter
from bench.client import get
from bench.servers import AGAIN, BARE, OWN, Server
from otn.model.collections import ROADS

DEPTH = 300_000
FIRST_PAGE, LIMIT_10, LIMIT_100, LIMIT_1000, BY_ID, DEEP = "first", "bbox-10", "bbox-100", "bbox-1000", "id", "deep"
"""The cases that the goals speak of."""

_LARGEST_PAGE = 10_000
_IDS = 400
_EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"


@dataclass(frozen=True)
class Case:
    """A question: its paths for each server, or why a server cannot be asked. Who is not named has no part in it."""

    id: str
    title: str
    paths: dict[str, Sequence[str] | str]

    def asked_of(self, server: str) -> Sequence[str]:
        """The paths; none where the server cannot be asked."""
        paths = self.paths.get(server, ())
        return () if isinstance(paths, str) else paths

    def why_not(self, server: str) -> str:
        """Why the server cannot be asked, else nothing."""
        paths = self.paths.get(server, "only answers of editions are read, or kept")
        return paths if isinstance(paths, str) else ""


def all_cases(servers: dict[str, Server], found: dict[int, list[Box]], url: str) -> list[Case]:
    """Every case for these servers."""
    ids, names = _ids(url), _names(url)
    return [
        _same(FIRST_PAGE, "First page, limit 10", servers, ["limit=10"]),
        _bbox(LIMIT_10, servers, 10, 250, found),
        _bbox(LIMIT_100, servers, 100, 250, found),
        _bbox(LIMIT_1000, servers, 1_000, 2_000, found),
        _bbox("bbox-10000", servers, 10_000, 14_000, found),
        _one_feature(servers, ids),
        *_answered_from_rows(servers, found, names),
    ]


def _answered_from_rows(servers: dict[str, Server], found: dict[int, list[Box]], names: list[str]) -> list[Case]:
    """What no edition answers, and a page deep down, whose token only OTN has."""
    servers = {name: server for name, server in servers.items() if name not in (AGAIN, BARE)}
    return [
        _filtered("class", "functionalRoadClass = 'mainRoad'", servers, ["functionalRoadClass='mainRoad'"]),
        _filtered("name", "name = '...'", servers, [f"name='{name}'" for name in names]),
        _filtered("like", "name LIKE '...%'", servers, [f"name LIKE '{name[:6]}%'" for name in names]),
        _deep_page(servers),
        _web_mercator(servers, found),
    ]


def _same(identifier: str, title: str, servers: dict[str, Server], queries: list[str]) -> Case:
    return Case(
        identifier,
        title,
        {name: [f"{server.items}?{query}" for query in queries] for name, server in servers.items()},
    )


def _bbox(identifier: str, servers: dict[str, Server], limit: int, size: int, found: dict[int, list[Box]]) -> Case:
    queries = [f"limit={limit}&bbox={as_parameter(box)}" for box in found[size]]
    return _same(identifier, f"bbox of some {size:,} roads, limit {limit:,}", servers, queries)


def _filtered(identifier: str, shown: str, servers: dict[str, Server], expressions: list[str]) -> Case:
    """Without filter-lang: what each server takes when nothing is said is CQL text."""
    queries = [f"limit=10&filter={quote(expression)}" for expression in expressions]
    return _same(identifier, f"CQL2 filter {shown}, limit 10", servers, queries)


def _one_feature(servers: dict[str, Server], ids: list[int]) -> Case:
    paths: dict[str, Sequence[str] | str] = {
        name: [f"{server.items}/{feature_id}" for feature_id in ids] for name, server in servers.items()
    }
    if "pg_featureserv" in paths:
        paths["pg_featureserv"] = "it finds features by a primary key only, which no view has"
    return Case(BY_ID, f"One feature by id, {_IDS} ids in turn", paths)


def _deep_page(servers: dict[str, Server]) -> Case:
    paths: dict[str, Sequence[str] | str] = {
        name: [f"{server.items}?limit=10&offset={DEPTH}"] for name, server in servers.items()
    }
    paths[OWN] = [f"{servers[OWN].items}?limit=10&token={_token(servers[OWN])}"]
    return Case(DEEP, f"Page at depth {DEPTH:,}, limit 10 (OTN by its token, the others by offset)", paths)


def _token(server: Server) -> str:
    """The token of the page after the first DEPTH features, found as a client finds it: from page to page."""
    path = f"{server.items}?limit={_LARGEST_PAGE}"
    for _ in range(DEPTH // _LARGEST_PAGE):
        document = orjson.loads(get(server.port, path).body)
        following = urlsplit(next(link["href"] for link in document["links"] if link["rel"] == "next"))
        path = f"{following.path}?{following.query}"
    return quote(parse_qs(urlsplit(path).query)["token"][0])


def _web_mercator(servers: dict[str, Server], found: dict[int, list[Box]]) -> Case:
    limited = [f"limit=1000&bbox={as_parameter(box)}" for box in found[2_000]]
    crs = {OWN: _EPSG_3857, "pygeoapi": _EPSG_3857, "pg_featureserv": "3857"}
    paths: dict[str, Sequence[str] | str] = {
        name: [f"{server.items}?{query}&crs={crs[name]}" for query in limited] if name in crs else "it has no crs"
        for name, server in servers.items()
    }
    return Case("crs", "bbox of some 2,000 roads, limit 1,000, in EPSG:3857", paths)


def _ids(url: str) -> list[int]:
    rows = _rows(
        url,
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS position, count(*) OVER () AS number"  # noqa: S608
        f' FROM "{ROADS.table}") AS road WHERE position % greatest(number / {_IDS}, 1) = 0 LIMIT {_IDS}',
    )
    return [row[0] for row in rows]


def _names(url: str) -> list[str]:
    """The commonest names that need no quoting."""
    rows = _rows(
        url,
        f"SELECT name FROM \"{ROADS.table}\" WHERE name ~ '^[[:alpha:] ]{{7,}}$' GROUP BY name"  # noqa: S608
        " ORDER BY count(*) DESC, name LIMIT 10",
    )
    return [row[0] for row in rows]


def _rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()
