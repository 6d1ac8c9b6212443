"""The base map: made once from the vendored outlines, and made again only when they change."""

from typing import Any, LiteralString

import psycopg
import pytest
import shapely

from otn.etl.basemap import load_basemap
from otn.etl.basemap_shapes import on_the_plane
from otn.etl.prepare import prepare_tiles
from otn.etl.progress import Silent


@pytest.fixture(scope="module")
def basemap_url(loaded_url: str) -> str:
    """The URL of a database, to be read only, that has a base map."""
    prepare_tiles(loaded_url, Silent())
    return loaded_url


def query(url: str, statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement, parameters).fetchall()


def test_there_is_land_under_antwerp_and_none_in_the_atlantic(basemap_url: str) -> None:
    for longitude, latitude, expected in ((4.7, 51.1, True), (24.5, 56.8, True), (-30, 45, False), (170, 50, False)):
        for zoom in (0, 5, 8):
            [(found,)] = query(
                basemap_url,
                "SELECT count(*) > 0 FROM basemap WHERE zoom = %s AND layer = 'land'"
                " AND ST_Intersects(geom, ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 3857))",
                zoom,
                longitude,
                latitude,
            )
            assert found is expected, (longitude, latitude, zoom)


def test_what_crosses_the_antimeridian_is_cut_there() -> None:
    island = shapely.Polygon([(179, -17), (-179, -17), (-179, -16), (179, -16)])
    cut = shapely.union_all(on_the_plane(island))
    assert cut.equals(shapely.union_all([shapely.box(179, -17, 180, -16), shapely.box(-180, -17, -179, -16)]))


def test_what_goes_around_a_pole_holds_it() -> None:
    cap = shapely.Polygon([(-135, -70), (-45, -70), (45, -70), (135, -70)])
    assert shapely.union_all(on_the_plane(cap)).equals(shapely.box(-180, -90, 180, -70))


def test_countries_have_names_in_four_languages(basemap_url: str) -> None:
    rows = query(basemap_url, "SELECT properties FROM basemap WHERE zoom = 4 AND layer = 'labels' ORDER BY id")
    names = {properties["name"]: properties for (properties,) in rows}
    assert names["Belgium"] == {
        "name": "Belgium",
        "name:en": "Belgium",
        "name:nl": "België",
        "name:fr": "Belgique",
        "name:de": "Belgien",
    }
    assert list(names).index("France") < list(names).index("Belgium")


def test_boundaries_lie_between_countries_and_never_along_a_coast(basemap_url: str) -> None:
    def near(longitude: float, latitude: float) -> bool:
        [(found,)] = query(
            basemap_url,
            "SELECT count(*) > 0 FROM basemap WHERE zoom = 8 AND layer = 'boundaries'"
            " AND ST_DWithin(geom, ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 3857), 5000)",
            longitude,
            latitude,
        )
        return bool(found)

    assert near(4.77, 51.43)  # Belgium and the Netherlands
    assert not near(2.9, 51.23)  # Ostend


def test_fewer_points_make_the_world_than_a_street(basemap_url: str) -> None:
    points = dict(query(basemap_url, "SELECT zoom, sum(ST_NPoints(geom)) FROM basemap GROUP BY zoom"))
    assert sorted(points) == list(range(9))
    assert all(points[zoom] < points[zoom + 1] for zoom in range(8))


def test_it_is_made_once(basemap_url: str) -> None:
    before = query(basemap_url, "SELECT id, xmin FROM basemap ORDER BY id")
    load_basemap(basemap_url)
    assert query(basemap_url, "SELECT id, xmin FROM basemap ORDER BY id") == before


def test_it_is_made_anew_when_it_was_made_of_something_else(basemap_url: str) -> None:
    number = "SELECT count(*) FROM basemap"
    before = query(basemap_url, number)
    with psycopg.connect(basemap_url) as connection:
        connection.execute("UPDATE basemap_state SET source = 'something else'")
    load_basemap(basemap_url)
    assert query(basemap_url, number) == before
    assert len(query(basemap_url, "SELECT source FROM basemap_state")) == 1
