"""A national reference system is there for a collection that lies inside its area, and for no other."""

import pytest
import shapely
from shapely.geometry import shape

from tests.conformance.crs.systems import check_converted, content_crs, extent, identifiers, printed, systems
from tests.conformance.iut import GEOJSON, Document, Iut

pytestmark = pytest.mark.conformance

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
BELGIAN = [EPSG + "31370", EPSG + "3812"]
# The area of use of France's system is a box that reaches into Belgium.
AROUND = [*BELGIAN, EPSG + "2154"]
FOREIGN = [EPSG + code for code in ("5514", "3059", "27700", "2100")]
# The church of Wechelderzande stands near here in Belgian Lambert 72 (metres).
NEAR = shapely.box(170_000, 213_000, 182_000, 225_000)


@pytest.fixture(scope="module")
def roads(village: Iut) -> Document:
    """Beside its nodes the only collection: nothing else was loaded."""
    assert [collection["id"] for collection in village.collections] == ["roads", "road-nodes"]
    return village.collections[0]


@pytest.mark.parametrize("uri", AROUND)
def test_a_system_for_here_is_offered_and_used(village: Iut, roads: Document, uri: str) -> None:
    assert uri in systems(village, roads)
    assert content_crs(village, village.items(roads), crs=uri, limit="10") == uri
    alike = village.features(roads, limit="1000").document["features"]
    there = village.features(roads, crs=uri, limit="1000").document["features"]
    assert there
    for ours, theirs in zip(alike, there, strict=True):
        check_converted(ours, theirs, uri)


def test_lambert_72_lies_where_belgium_has_it(village: Iut, roads: Document) -> None:
    for feature in village.features(roads, crs=BELGIAN[0], limit="1000").document["features"]:
        assert NEAR.contains(shape(feature["geometry"])), feature["id"]


def test_a_box_in_lambert_72_selects_what_meets_it(village: Iut, roads: Document) -> None:
    there = {
        feature["id"]: shape(feature["geometry"])
        for feature in village.features(roads, crs=BELGIAN[0], limit="1000").document["features"]
    }
    west, south, east, north = shapely.total_bounds(list(there.values()))
    box = (west, south, (west + east) / 2, (south + north) / 2)
    found = set(identifiers(village, roads, bbox=printed(box), bbox_crs=BELGIAN[0], limit="1000"))
    inside, near = (shapely.box(*box).buffer(sign * 0.05, join_style="mitre") for sign in (-1, 1))
    assert {number for number, geometry in there.items() if geometry.intersects(inside)} <= found
    assert found <= {number for number, geometry in there.items() if geometry.intersects(near)}


@pytest.mark.parametrize("uri", FOREIGN)
def test_a_system_for_elsewhere_is_refused(village: Iut, roads: Document, uri: str) -> None:
    assert uri not in systems(village, roads)
    assert village.ask_features(roads, crs=uri).status_code == 400
    assert village.ask(village.first_feature(roads), GEOJSON, crs=uri).status_code == 400
    assert village.ask_features(roads, bbox=printed(extent(roads)), bbox_crs=uri).status_code == 400


@pytest.mark.parametrize("uri", BELGIAN)
def test_roads_of_many_countries_have_no_belgian_system(defaults: Iut, uri: str) -> None:
    [roads] = [collection for collection in defaults.collections if collection["id"] == "roads"]
    assert uri not in systems(defaults, roads)
    assert defaults.ask_features(roads, crs=uri).status_code == 400
