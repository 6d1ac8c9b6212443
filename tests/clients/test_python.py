"""What people write in Python: OWSLib, and geopandas on an address."""

import geopandas
import httpx
import owslib
import pytest
from owslib.ogcapi.features import Features

pytestmark = pytest.mark.clients

COLLECTIONS = ["roads", "road-nodes", "railways", "ports", "sea-lanes", "airports"]


@pytest.fixture(scope="module")
def features(service: str) -> Features:
    print("OWSLib", owslib.__version__)
    return Features(service)


def test_owslib_finds_everything_by_the_links(features: Features) -> None:
    assert features.feature_collections() == COLLECTIONS
    assert features.collection("roads")["title"] == "Roads"
    assert features.api()["openapi"].startswith("3.0")
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in features.conformance()["conformsTo"]
    queryables = features.collection_queryables("ports")["properties"]
    schema = features.collection_schema("ports")["properties"]
    assert "unLocode" in queryables.keys() & schema.keys()


def test_owslib_selects_features(features: Features) -> None:
    page = features.collection_items(
        "ports", limit=5, bbox=[4.2, 51.1, 4.6, 51.3], datetime_="2012-01-01/..", unLocode="BEANR"
    )
    [antwerp] = page["features"]
    assert page["numberMatched"] == 1
    one = features.collection_item("ports", str(antwerp["id"]))
    print(f"OWSLib read the port of {one['properties']['name']}")
    assert one["properties"] == antwerp["properties"]


def test_owslib_is_told_what_is_wrong(features: Features) -> None:
    with pytest.raises(RuntimeError, match=r"There is no parameter unLocod here\. Did you mean unLocode\?"):
        features.collection_items("ports", unLocod="BEANR")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_geopandas_reads_an_address(service: str, collection: str) -> None:
    address = f"{service}/collections/{collection}/items?limit=500"
    document = httpx.get(address, timeout=60).json()
    frame = geopandas.read_file(address)
    print(f"geopandas {geopandas.__version__} read {len(frame)} {collection}")
    assert len(frame) == document["numberReturned"] == len(document["features"])
    assert frame.crs.to_epsg() == 4326
    assert list(frame.columns) == [*document["features"][0]["properties"], "geometry"]
    assert frame.geometry.is_valid.all()
    assert list(frame["inspireId"]) == [feature["properties"]["inspireId"] for feature in document["features"]]
