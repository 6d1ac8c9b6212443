"""Overviews: lines stay connected, the most important features stay, and nothing comes and goes between zooms."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from otn.etl.generalise import generalise_outdated
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.tiling import ROAD_RULE

REGISTRY = Registry.read()

Feature = dict[str, Any]
LoadFile = Callable[..., LoadSummary]


def road(identifier: str, *coordinates: tuple[float, float], road_class: str | None = None) -> Feature:
    properties = {"localId": identifier, "functionalRoadClass": road_class}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": coordinates}}


def airport(identifier: str, *position: float, **properties: str) -> Feature:
    geometry = {"type": "Point", "coordinates": position}
    return {"type": "Feature", "properties": {"localId": identifier, **properties}, "geometry": geometry}


@pytest.fixture
def load_file(database_url: str, tmp_path: Path) -> LoadFile:
    def load_features(*features: Feature, dataset: str = "elsewhere/roads") -> LoadSummary:
        file = tmp_path / "file.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        declared = REGISTRY.dataset(dataset)
        return load_dataset(database_url, declared, registry=REGISTRY, progress=Silent(), wishes=Wishes([file]))

    return load_features


def query(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def drawn(url: str) -> dict[str, list[int]]:
    """The zooms of the overviews that show each road, by local identifier."""
    zooms = defaultdict(list)
    for identifier, zoom in query(
        url, "SELECT f.local_id, g.zoom FROM roads_generalised g JOIN roads f USING (id) ORDER BY 1, 2"
    ):
        zooms[identifier].append(zoom)
    return zooms


def test_roads_appear_from_the_zoom_of_their_class(load_file: LoadFile, database_url: str) -> None:
    classes = [None, *ROAD_RULE.minimum_zooms]
    # Each is as long as the world needs to see it, and in a place of its own.
    load_file(
        *(road(str(name), (-60, index * 5), (60, index * 5), road_class=name) for index, name in enumerate(classes))
    )
    shown = drawn(database_url)
    assert shown.pop("None") == list(range(12))
    for name, minimum in ROAD_RULE.minimum_zooms.items():
        assert shown.pop(name, []) == list(range(minimum, 12))
    assert not shown


def test_lines_that_meet_still_meet(load_file: LoadFile, database_url: str) -> None:
    junction = (4.403, 51.221)
    ends = [(4.9, 51.5), (3.8, 51.3), (4.41, 50.7), (4.2, 51.9)]
    load_file(*(road(str(number), end, junction) for number, end in enumerate(ends)))
    rows = query(
        database_url,
        "SELECT zoom, count(*), count(DISTINCT ST_AsBinary(ST_EndPoint(geom))) FROM roads_generalised GROUP BY zoom",
    )
    assert {zoom: count for zoom, count, _ in rows}[11] == len(ends)
    assert all(distinct == 1 for _, _, distinct in rows)


def test_a_line_within_a_pixel_goes(load_file: LoadFile, database_url: str) -> None:
    # A kilometre is half a pixel at zoom 6 and less before.
    load_file(road("short", (4.4, 51.2), (4.41, 51.206)), road("long", (4.4, 51.2), (30, 40)))
    shown = drawn(database_url)
    assert shown["long"] == list(range(12))
    assert 11 in shown["short"]
    assert 3 not in shown["short"]


def test_of_lines_that_become_the_same_the_most_important_stays(load_file: LoadFile, database_url: str) -> None:
    there, back = [(0.0, 0.0), (30.0, 20.0)], [(30.0001, 20.0001), (0.0001, 0.0001)]
    load_file(
        road("second", *there, road_class="secondClass"),
        road("main", *back, road_class="mainRoad"),
        road("unknown", (1, 30), (30, 30)),
        road("longer unknown", (30.0004, 30.0004), (1, 30)),
    )
    shown = drawn(database_url)
    assert shown["main"] == list(range(4, 12))
    assert 8 not in shown["second"]
    assert shown["longer unknown"] == list(range(12))
    assert 8 not in shown["unknown"]


@pytest.mark.parametrize("table", ["roads_generalised", "railways_generalised", "sea_lanes_generalised"])
def test_what_is_drawn_at_a_zoom_is_drawn_at_every_deeper_one(loaded_url: str, table: str) -> None:
    with psycopg.connect(loaded_url) as connection:
        vanished = connection.execute(
            sql.SQL(
                "SELECT count(*) FROM {table} g WHERE zoom < 11 AND NOT EXISTS"
                " (SELECT FROM {table} d WHERE d.id = g.id AND d.zoom = g.zoom + 1)"
            ).format(table=sql.Identifier(table))
        ).fetchall()
    assert vanished == [(0,)]


def test_points_stay_where_they_are_one_in_each_cell(load_file: LoadFile, database_url: str) -> None:
    load_file(
        airport("plain", 4.4, 51.2),
        airport("coded", 4.401, 51.2005, iata="ANR", icao="EBAW"),
        airport("far", 24.0, 56.9),
        dataset="elsewhere/airports",
    )
    shown = query(
        database_url,
        "SELECT f.local_id, array_agg(zoom::int ORDER BY zoom), bool_and(g.geom = f.geom_3857)"
        " FROM airports_generalised g JOIN airports f USING (id) GROUP BY 1 ORDER BY 1",
    )
    assert shown == [("coded", list(range(8)), True), ("far", list(range(8)), True)]


def test_overviews_say_what_a_map_needs_and_nothing_unknown(load_file: LoadFile, database_url: str) -> None:
    load_file(road("a", (0, 0), (30, 20), road_class="mainRoad"))
    [(properties,)] = query(database_url, "SELECT DISTINCT properties FROM roads_generalised")
    assert properties == {
        "functionalRoadClass": "mainRoad",
        "dataset": "elsewhere/roads",
        "region": "elsewhere",
        "licence": "not-stated",
    }


def test_only_the_dataset_that_changed_is_written(load_file: LoadFile, database_url: str) -> None:
    others = "SELECT zoom, id, xmin FROM roads_generalised WHERE dataset = 'elsewhere/roads' ORDER BY 1, 2"
    load_file(road("a", (0, 0), (30, 20)))
    before = query(database_url, others)
    load_file(road("b", (0, 0), (30, 20)), dataset="be/lebbeke-roads")
    load_file(road("a", (0, 0), (30, 20)))
    assert query(database_url, others) == before
    load_file(road("a", (0, 0), (30, 40)))
    assert query(database_url, others) != before


def test_what_is_gone_is_gone_from_overviews(load_file: LoadFile, database_url: str) -> None:
    load_file(road("a", (0, 0), (30, 20)), road("b", (0, 10), (30, 40)))
    load_file(road("b", (0, 10), (30, 40)))
    assert set(drawn(database_url)) == {"b"}


def test_the_poles_are_not_in_web_mercator(load_file: LoadFile, database_url: str) -> None:
    load_file(road("across", (4, 80), (4, 89)), road("beyond", (4, 86), (9, 87)))
    edge = query(database_url, "SELECT local_id, ST_YMax(geom_3857), ST_IsEmpty(geom_3857) FROM roads ORDER BY 1")
    assert edge[0] == ("across", pytest.approx(20037508.34, abs=1), False)
    assert edge[1][2] is True
    assert set(drawn(database_url)) == {"across"}


def test_overviews_that_are_missing_or_made_by_another_rule_are_made(load_file: LoadFile, database_url: str) -> None:
    load_file(road("a", (0, 0), (30, 20)))
    before = drawn(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM roads_generalised")
        connection.execute("UPDATE dataset SET generalised_by = 'another'")
    generalise_outdated(database_url)
    assert drawn(database_url) == before
    written = query(database_url, "SELECT zoom, xmin FROM roads_generalised ORDER BY 1")
    generalise_outdated(database_url)
    assert query(database_url, "SELECT zoom, xmin FROM roads_generalised ORDER BY 1") == written
