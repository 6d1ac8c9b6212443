"""Published areas from file to tables: as many as the file has, valid, generalised without gaps, in their region."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import shapely

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.regions import Regions
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.tiling import pixel_metres
from tests.api.shapes import load_wkt

REGISTRY = Registry.read()


@pytest.fixture(params=[("antwerp", 62), ("riga", 58), ("prague", 57), ("athens", 34), ("greece-regions", 13)])
def published(request: pytest.FixtureRequest, real_data: Path) -> tuple[Path, int]:
    """A file of areas and how many it has."""
    name, count = request.param
    return real_data / "areas" / f"{name}.geojson", count


def rows(url: str, statement: LiteralString) -> Iterator[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        yield from connection.execute(statement).fetchall()


def test_all_published_areas_are_loaded(published: tuple[Path, int], database_url: str) -> None:
    path, count = published
    dataset = REGISTRY.dataset("elsewhere/areas")
    summary = load_dataset(database_url, dataset, registry=REGISTRY, progress=Silent(), wishes=Wishes([path]))
    assert (summary.number_read, summary.number_added, summary.number_rejected) == (count, count, 0)
    source = json.loads(path.read_text(encoding="utf-8"))["features"]
    expected = sum(shapely.make_valid(shapely.from_geojson(json.dumps(one["geometry"]))).area for one in source)
    [(valid, area)] = rows(database_url, "SELECT bool_and(ST_IsValid(geom)), sum(ST_Area(geom)) FROM areas")
    assert valid
    assert area == pytest.approx(expected, rel=1e-4)


def test_repaired_areas_are_counted_and_others_load_as_they_are(database_url: str, tmp_path: Path) -> None:
    bow_tie, square = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", "POLYGON ((5 0, 6 0, 6 1, 5 1, 5 0))"
    load_wkt(database_url, "elsewhere/areas", {"a": bow_tie, "b": square}, tmp_path)
    assert list(rows(database_url, "SELECT local_id, ST_NumGeometries(geom) FROM areas ORDER BY 1")) == [
        ("a", 2),
        ("b", 1),
    ]


def test_loading_the_same_areas_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """What a repair makes is the same each time."""
    areas = {"a": "POLYGON ((0 0, 2 2.0000003, 2 0, 0 2, 0 0))", "b": "POLYGON ((5 0, 6 0, 6 1, 5 0, 5 0))"}
    load_wkt(database_url, "elsewhere/areas", areas, tmp_path)
    again = load_wkt(database_url, "elsewhere/areas", areas, tmp_path)
    assert (again.number_added, again.number_changed, again.number_removed) == (0, 0, 0)


def test_neighbours_stay_neighbours_at_every_zoom(database_url: str, tmp_path: Path) -> None:
    """Two halves of a square with a ragged border: overviews leave no gap and no overlap between them."""
    border = [(4.5 + 0.01 * (step % 3), 51 + step * 0.037) for step in range(28)]
    west = shapely.Polygon([(4, 51), *border, (4, border[-1][1])])
    east = shapely.Polygon([(5, border[-1][1]), *reversed(border), (5, 51)])
    load_wkt(database_url, "elsewhere/areas", {"west": west.wkt, "east": east.wkt}, tmp_path)
    found = rows(
        database_url,
        "WITH halves AS (SELECT zoom, id, ST_MakeValid(geom) AS geom FROM areas_generalised)"
        " SELECT a.zoom, ST_Area(ST_Intersection(a.geom, b.geom)),"
        " ST_Area(ST_Union(a.geom, b.geom)) - ST_Area(ST_Envelope(ST_Union(a.geom, b.geom)))"
        " FROM halves a JOIN halves b ON a.zoom = b.zoom AND a.id < b.id ORDER BY 1",
    )
    zooms = []
    for zoom, overlap, gap in found:
        zooms.append(zoom)
        assert overlap == pytest.approx(0, abs=1e-3)
        assert gap == pytest.approx(0, abs=1e-3)
    assert zooms == sorted(zooms)
    assert zooms[-1] == 11


def test_what_is_drawn_is_drawn_at_every_deeper_zoom_and_is_larger_than_a_pixel(
    database_url: str, tmp_path: Path
) -> None:
    areas = {str(size): shapely.box(4, 51, 4 + 10.0**-size, 51 + 10.0**-size).wkt for size in range(6)}
    load_wkt(database_url, "elsewhere/areas", areas, tmp_path)
    found = list(
        rows(
            database_url,
            "SELECT f.local_id, min(g.zoom), max(g.zoom), count(*), ST_Area(f.geom_3857)"
            " FROM areas_generalised g JOIN areas f USING (id) GROUP BY f.id, f.local_id, f.geom_3857 ORDER BY 1",
        )
    )
    assert [local_id for local_id, *_ in found] == ["0", "1", "2", "3"]
    for _, least, most, count, area in found:
        assert (most, count) == (11, 12 - least)
        assert area >= pixel_metres(least) ** 2 * 0.8


def test_an_area_lies_where_most_of_it_lies() -> None:
    """By its area: its outline may run to and fro elsewhere."""
    inland = shapely.box(13, 49.5, 16, 50)
    teeth = [(16 + (0.001 if step % 2 else 3), 49.5 + step * 0.01) for step in range(1, 50)]
    comb = shapely.Polygon([(13, 49.5), (16, 49.5), *teeth, (16, 50), (13, 50)])
    regions = Regions(REGISTRY)
    assert list(regions.of(shapely.geometrycollections([[inland]]), "elsewhere")) == ["cz"]
    assert comb.is_valid
    assert list(regions.of(shapely.multipolygons([[comb]]), "elsewhere")) == ["cz"]
