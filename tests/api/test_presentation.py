"""What is shown of features: coordinates in other systems, simplified, rounded or left out, and which properties."""

import httpx
import psycopg
import pyproj
import pytest
import shapely

from otn.api.crs import EVERYWHERE, NATIONAL, Crs, parse_crs
from otn.model.collections import ROADS as MODEL
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill
from tests.api.test_items import PORTS, ROADS, get, ids

OFFERED = (*EVERYWHERE, parse_crs("EPSG:31370", "crs"), parse_crs("EPSG:3812", "crs"), parse_crs("EPSG:2154", "crs"))


@pytest.mark.parametrize("crs", OFFERED, ids=lambda crs: crs.uri.rpartition("/")[2])
def test_coordinates_are_those_of_pyproj_in_the_order_of_the_axes(client: httpx.Client, crs: Crs) -> None:
    response = client.get(ROADS, params={"crs": crs.uri, "limit": 100})
    assert response.headers["content-crs"] == f"<{crs.uri}>"
    definition = "OGC:CRS84" if crs.uri.endswith("CRS84") else crs.srid
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", definition)
    degrees = {
        feature["id"]: feature["geometry"]["coordinates"] for feature in get(client, ROADS, limit=100)["features"]
    }
    for feature in response.json()["features"]:
        for shown, (longitude, latitude) in zip(
            feature["geometry"]["coordinates"], degrees[feature["id"]], strict=True
        ):
            assert shown == pytest.approx(transformer.transform(longitude, latitude), abs=10.0**-crs.decimals)
        one = client.get(f"{ROADS}/{feature['id']}", params={"crs": crs.uri})
        assert one.headers["content-crs"] == f"<{crs.uri}>"
        assert one.json()["geometry"] == feature["geometry"]


def test_a_collection_lists_the_systems_it_has(client: httpx.Client) -> None:
    document = client.get("/collections/roads").json()
    assert document["crs"] == [crs.uri for crs in OFFERED]
    assert document["storageCrs"] == document["crs"][0]
    assert client.get("/collections/ports").json()["crs"] == [crs.uri for crs in EVERYWHERE]


@pytest.mark.parametrize("crs", NATIONAL, ids=lambda crs: str(crs.srid))
@pytest.mark.parametrize("parameters", [{"crs": "{}"}, {"bbox-crs": "{}", "bbox": "1,1,2,2"}])
def test_a_national_system_is_not_for_the_whole_world(
    client: httpx.Client, crs: Crs, parameters: dict[str, str]
) -> None:
    refused = client.get(PORTS, params={name: text.format(crs.uri) for name, text in parameters.items()})
    assert refused.status_code == 400
    assert crs.uri in refused.json()["detail"]
    assert refused.json()["parameter"] == next(iter(parameters))
    assert client.get(f"{PORTS}/201", params={"crs": crs.uri}).status_code == 400


@pytest.mark.parametrize("crs", OFFERED, ids=lambda crs: crs.uri.rpartition("/")[2])
def test_a_box_means_the_same_in_every_system(client: httpx.Client, crs: Crs) -> None:
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", crs.srid, always_xy=True)
    box = transformer.transform_bounds(4.045, 50.9, 4.105, 51.05)
    lines = {number: transformer.transform([4 + number / 100] * 2, [51, 51.1]) for number in range(1, 24)}
    expected = {
        number
        for number, (xs, ys) in lines.items()
        if shapely.intersects(shapely.LineString(zip(xs, ys, strict=True)), shapely.box(*box))
    }
    assert expected >= {5, 6, 7, 8, 9, 10}
    in_order = (box[1], box[0], box[3], box[2]) if crs.axes_swapped else box
    found = get(client, ROADS, **{"bbox": ",".join(map(str, in_order)), "bbox-crs": crs.uri, "limit": 100})
    assert set(ids(found)) == expected


def test_a_box_may_cross_the_antimeridian_in_web_mercator(client: httpx.Client) -> None:
    box = {"bbox": "19926188,9500000,20148827,10100000", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}
    assert set(ids(get(client, PORTS, **box))) == {201, 202, 203}


@pytest.mark.parametrize("corner", ["1e9", "9e8", "1e7"])
def test_a_box_larger_than_the_system_finds_everything(client: httpx.Client, corner: str) -> None:
    box = {"bbox": f"-{corner},-{corner},{corner},{corner}", "bbox-crs": "EPSG:31370"}
    assert get(client, ROADS, **box)["numberMatched"] == 23


def test_properties_are_chosen_or_left_out(client: httpx.Client) -> None:
    (feature,) = get(client, ROADS, limit=1, properties="speedLimit,name")["features"]
    assert list(feature["properties"]) == ["name", "speedLimit"]
    (feature,) = get(client, ROADS, limit=1, **{"exclude-properties": "name"})["features"]
    assert list(feature["properties"]) == [name for name in MODEL.by_name if name != "name"]
    (feature,) = get(client, ROADS, limit=1, properties="")["features"]
    assert feature["properties"] == {}
    assert list(client.get(f"{ROADS}/3", params={"properties": "name"}).json()["properties"]) == ["name"]


def test_geometry_is_left_out_where_it_is_not_wanted(client: httpx.Client) -> None:
    document = get(client, ROADS, skipGeometry="true")
    assert all(feature["geometry"] is None for feature in document["features"])
    assert client.get(f"{ROADS}/3", params={"skipGeometry": "true"}).json()["geometry"] is None


def test_coordinates_are_as_precise_as_is_asked(client: httpx.Client) -> None:
    (feature,) = get(client, ROADS, limit=1, precision=1)["features"]
    assert feature["geometry"]["coordinates"] == [[4, 51], [4, 51.1]]


def test_lines_are_simplified_and_none_vanishes(client: httpx.Client) -> None:
    for parameters in ({"zoom-level": "0"}, {"max-allowable-offset": "180"}):
        for feature in get(client, ROADS, limit=100, **parameters)["features"]:
            assert len(feature["geometry"]["coordinates"]) == 2


def test_a_feature_where_a_system_ends_is_no_fault_of_the_service(database_url: str) -> None:
    """The antipode of the middle of Europe's equal-area projection is no point of its plane but a circle."""
    fill(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE ports SET geom = ST_SetSRID(ST_MakePoint(-170, -52), 4326) WHERE id = 201")
    with served(Settings(database_url=database_url)) as address, httpx.Client(base_url=address) as client:
        for path in (PORTS, f"{PORTS}/201"):
            refused = client.get(path, params={"crs": "EPSG:3035"})
            assert (refused.status_code, refused.json()["parameter"]) == (400, "crs")
        assert client.get(f"{PORTS}/202", params={"crs": "EPSG:3035"}).status_code == 200
