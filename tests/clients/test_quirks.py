"""What QGIS, GDAL, OpenLayers, MapLibre, OWSLib and the OGC test suite are known to need, one by one.

The numbers are those of the list of quirks that these clients have been seen to have. Here each need is put as the
requests and answers that meet it; the other tests of this folder have the clients themselves say so.
"""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

Document = dict[str, Any]
Get = Callable[..., Document]

COLLECTIONS = ("roads", "road-nodes", "railways", "ports", "sea-lanes", "airports")
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
TILE_TYPE = "application/vnd.mapbox-vector-tile"
TILES = "/collections/roads/tiles/WebMercatorQuad"
MANCHESTER = "/10/330/505"


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def get(client: httpx.Client) -> Get:
    def document(path: str, **parameters: str) -> Document:
        answer = client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        found: Document = answer.json()
        return found

    return document


def link(document: Document, rel: str, media_type: str | None = None) -> Document:
    [found, *_] = [
        entry for entry in document["links"] if entry["rel"] == rel and media_type in (None, entry.get("type"))
    ]
    return dict(found)


def test_01_landing_links_are_typed_exactly_and_paths_are_the_standard_ones(get: Get, service: str) -> None:
    """Quirk 1: the OGC suite compares the type of service-desc as text; QGIS and GDAL build the paths themselves."""
    landing = get("/")
    assert link(landing, "service-desc")["type"] == OPENAPI_TYPE
    assert link(landing, "data", "application/json")["href"] == f"{service}/collections"
    assert link(landing, "conformance")["type"] == "application/json"
    for path in ("/collections/roads", "/collections/roads/items", "/collections/roads/queryables"):
        assert get(path)


def test_02_the_api_definition_is_openapi_3_0_and_refers_to_nothing_outside(client: httpx.Client) -> None:
    """Quirk 2: the OGC suite's parser knows 3.0 only and fetches every $ref."""
    answer = client.get("/api", headers={"Accept": OPENAPI_TYPE})
    assert answer.headers["content-type"] == OPENAPI_TYPE
    assert answer.json()["openapi"].startswith("3.0.")
    references = re.findall(r'"\$ref":"([^"]*)"', answer.text)
    assert references
    assert all(reference.startswith("#/") for reference in references)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_03_limit_stands_on_a_concrete_path_by_reference_and_pages_may_be_long(get: Get, collection: str) -> None:
    """Quirk 3: QGIS and GDAL read the size of a page from `components.parameters.limit`."""
    definition = get("/api")
    declared = definition["paths"][f"/collections/{collection}/items"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/limit"} in declared
    assert definition["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000
    assert get(f"/collections/{collection}/items", limit="10000")["numberReturned"] > 10


def test_04_filters_by_equality_are_declared_as_qgis_wants_and_take_both_spellings_of_booleans(get: Get) -> None:
    """Quirk 4: style form, explode false, type a text; GDAL sends 1 and 0, QGIS true and false."""
    for parameter in get("/api")["paths"]["/collections/roads/items"]["get"]["parameters"]:
        if "$ref" not in parameter:
            assert (parameter["style"], parameter["explode"]) == ("form", False)
            assert isinstance(parameter["schema"]["type"], str)
    for one, other in (("true", "1"), ("false", "0")):
        matched = get("/collections/roads/items", bridge=one, limit="1")["numberMatched"]
        assert matched == get("/collections/roads/items", bridge=other, limit="1")["numberMatched"]


def test_05_cql2_is_declared_and_read_by_gdals_name_too(get: Get) -> None:
    """Quirk 5: newer QGIS pushes filters where four classes are declared, GDAL where `cql-text` is in the enumeration.

    test_push_down.py has GDAL do so, test_newer_qgis.py has the requests of QGIS.
    """
    declared = get("/conformance")["conformsTo"]
    assert {"cql2-text", "basic-cql2", "filter", "features-filter"} <= {name.rsplit("/", 1)[-1] for name in declared}
    definition = get("/api")
    listed = definition["paths"]["/collections/roads/items"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/filter-lang"} in listed
    assert "cql-text" in definition["components"]["parameters"]["filter-lang"]["schema"]["enum"]
    filtered = {"filter": "speedLimit >= 90", "limit": "1"}
    by_name = [
        get("/collections/roads/items", **filtered, **{"filter-lang": name})["numberMatched"]
        for name in ("cql2-text", "cql-text")
    ]
    assert by_name[0] == by_name[1] > 0


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_06_the_items_link_has_no_query_string_and_is_the_geojson_it_says(
    get: Get, client: httpx.Client, collection: str
) -> None:
    """Quirk 6: GDAL appends the identifier of a feature to it, and refuses other content types."""
    for parameters in ({}, {"lang": "nl"}):
        items = link(get(f"/collections/{collection}", **parameters), "items", "application/geo+json")
        assert "?" not in items["href"]
        page = client.get(items["href"])
        assert page.headers["content-type"] == "application/geo+json"
        identifier = page.json()["features"][0]["id"]
        one = client.get(f"{items['href']}/{identifier}")
        assert (one.status_code, one.headers["content-type"]) == (200, "application/geo+json")


def test_07_pages_follow_each_other_to_the_end_and_the_count_is_exact(get: Get) -> None:
    """Quirk 7: order is stable, the next link keeps what was asked and is absent at the end."""
    page = get("/collections/airports/items", bbox="2,49,7,52", limit="7")
    seen, matched = [], page["numberMatched"]
    assert matched > 7
    while page:
        seen += [feature["id"] for feature in page["features"]]
        following = [entry for entry in page["links"] if entry["rel"] == "next"]
        assert len(following) == (1 if len(seen) < matched else 0)
        page = {}
        for entry in following:
            assert entry["type"] == "application/geo+json"
            asked = httpx.URL(entry["href"]).params
            assert (asked["bbox"], asked["limit"]) == ("2,49,7,52", "7")
            page = get(entry["href"])
    assert len(seen) == len(set(seen)) == matched


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_08_identifiers_are_integers_and_no_property_is_called_id(get: Get, collection: str) -> None:
    """Quirk 8: else GDAL numbers features itself."""
    for feature in get(f"/collections/{collection}/items", limit="50")["features"]:
        assert isinstance(feature["id"], int)
        assert "id" not in feature["properties"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_09_the_first_ten_features_show_the_types_and_every_feature_has_every_property(
    get: Get, collection: str
) -> None:
    """Quirk 9: QGIS and older GDAL take types from ten features; newer ones from what `describedby` leads to."""
    described = link(get(f"/collections/{collection}"), "describedby")
    assert described["type"] == "application/schema+json"
    schema = get(described["href"])["properties"]["properties"]["properties"]
    features = get(f"/collections/{collection}/items", limit="10000")["features"]
    assert {tuple(feature["properties"]) for feature in features} == {tuple(schema)}

    def filled(some: list[Document]) -> set[str]:
        return {name for feature in some for name, value in feature["properties"].items() if value is not None}

    assert filled(features[:10]) == filled(features)


def test_09_instants_are_rfc_3339(get: Get) -> None:
    """Quirk 9: what is so spelled stays a date and time in QGIS and GDAL."""
    schema = get("/collections/roads/schemas/feature")["properties"]["properties"]["properties"]
    assert schema["validFrom"]["format"] == schema["validTo"]["format"] == "date-time"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", get("/collections/roads/items")["timeStamp"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_10_a_collection_has_a_title_a_description_and_an_extent_around_all_features(get: Get, collection: str) -> None:
    """Quirk 10: QGIS shows and zooms to them, GDAL reports the extent without reading a feature."""
    document = get(f"/collections/{collection}")
    assert document["title"] != collection
    assert document["description"]
    west, south, east, north = document["extent"]["spatial"]["bbox"][0]
    box = f"{west},{south},{east},{north}"
    everything = get(f"/collections/{collection}/items", limit="1")["numberMatched"]
    assert get(f"/collections/{collection}/items", bbox=box, limit="1")["numberMatched"] == everything


@pytest.mark.parametrize(
    "datetime",
    [
        *("2000-01-01", "1905-01-01/1905-12-31", "2000-01-01T/2001-01-01T", "2000-01-01T12:00:00Z"),
        *("../2000-01-01", "2000-01-01/..", "/2000-01-01", "2000-01-01/", "../.."),
        *("0000-01-01T00:00:00Z/2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z/9999-12-31T00:00:00Z"),
        *("2000-01-01T00:00:00.123Z", "2000-01-01T00:00:00+02:00", "2000-01-01/P2D"),
    ],
)
def test_11_datetime_takes_every_form_that_clients_send(get: Get, datetime: str) -> None:
    """Quirk 11: QGIS, GDAL and the OGC suite; where one is refused, QGIS and GDAL show nothing, without an error."""
    assert get("/collections/roads/items", datetime=datetime, limit="1")["numberMatched"] > 0


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_12_datetime_means_one_thing_that_is_written_down_and_unknown_times_match(get: Get, collection: str) -> None:
    """Quirk 12: clients send a filter on any temporal property as `datetime`."""
    meaning = get("/api")["components"]["parameters"]["datetime"]["description"]
    assert "validFrom and validTo together" in meaning
    roles = {
        name: declared.get("x-ogc-role", "")
        for name, declared in get(f"/collections/{collection}/schema")["properties"].items()
        if declared.get("format") == "date-time"
    }
    assert roles == {"validFrom": "primary-interval-start", "validTo": "primary-interval-end"}
    everything = get(f"/collections/{collection}/items", limit="1")["numberMatched"]
    found = get(f"/collections/{collection}/items", datetime="1905-01-01/1905-12-31", limit="1")
    assert found["numberMatched"] == everything  # none of these has a time


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        *(("4.2,51.1,4.6,51.3", True), ("4.2,51.1,-10,4.6,51.3,100", True), ("177,-90,5,90", True)),
        *(("-.5000000,50.5,3.5000000,51.5", True), ("177,65,-177,70", False), ("-180,85,180,90", False)),
    ],
)
def test_13_bbox_takes_four_or_six_numbers_and_crosses_the_antimeridian(get: Get, bbox: str, found: bool) -> None:
    """Quirk 13: also numbers without a digit before the point, as the OGC suite prints them."""
    assert (get("/collections/ports/items", bbox=bbox, limit="1")["numberMatched"] > 0) is found


@pytest.mark.parametrize(
    "parameters",
    [
        *({"limit": "0"}, {"limit": "many"}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"datetime": "yesterday"}),
        *({"crs": "http://www.opengis.net/def/crs/0/unsupported"}, {"unknownQueryParameter123": "1"}),
    ],
)
def test_13_what_is_wrong_is_refused_in_json(client: httpx.Client, parameters: dict[str, str]) -> None:
    """Quirk 13: 400, never 422, 500 or 200."""
    answer = client.get("/collections/ports/items", params=parameters)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["parameter"] in parameters


def test_13_a_limit_above_the_maximum_gives_the_maximum(get: Get) -> None:
    """Quirk 13."""
    assert get("/collections/roads/items", limit="1000000")["numberReturned"] == 10_000


def test_14_what_clients_ask_for_first_is_longitude_and_latitude(get: Get, client: httpx.Client) -> None:
    """Quirk 14: GDAL and QGIS ask for `storageCrs`, in the axis order of its authority; QGIS 3.22 for none at all."""
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    document = get("/collections/ports")
    assert document["storageCrs"] == document["crs"][0] == crs84
    for parameters in ({}, {"crs": crs84}):
        answer = client.get("/collections/ports/items", params={"unLocode": "BEANR", **parameters})
        assert answer.headers["content-crs"] == f"<{crs84}>"
        [antwerp] = answer.json()["features"]
        assert antwerp["geometry"]["coordinates"] == pytest.approx([4.4, 51.2], abs=0.2)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_15_tiles_are_found_by_typed_links(get: Get, client: httpx.Client, collection: str) -> None:
    """Quirk 15: collection, tilesets, tileset with limits and layers, tiling scheme, template of tiles."""
    tilesets = link(get(f"/collections/{collection}"), TILESETS, "application/json")
    assert tilesets["href"].endswith("/tiles")
    for entry in get(tilesets["href"])["tilesets"]:
        tileset = get(link(entry, "self", "application/json")["href"])
        assert tileset["dataType"] == "vector"
        assert tileset["tileMatrixSetURI"].startswith("http://www.opengis.net/def/tilematrixset/OGC/1.0/")
        assert [layer["id"] for layer in tileset["layers"]] == [collection]
        scheme = get(link(tileset, TILING_SCHEME, "application/json")["href"])
        assert scheme["uri"] == tileset["tileMatrixSetURI"]
        first = tileset["tileMatrixSetLimits"][0]
        tile = link(tileset, "item", TILE_TYPE)["href"].format(
            tileMatrix=first["tileMatrix"], tileRow=first["minTileRow"], tileCol=first["minTileCol"]
        )
        answer = client.get(tile)
        assert (answer.status_code, answer.headers["content-type"]) == (200, TILE_TYPE)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_16_tilejson_tells_a_web_developer_everything(get: Get, client: httpx.Client, collection: str) -> None:
    """Quirk 16: absolute addresses, names of layers and fields, bounds and zooms."""
    answer = client.get(f"/collections/{collection}/tiles/WebMercatorQuad", params={"f": "tilejson"})
    assert answer.headers["content-type"] == "application/vnd.mapbox.tilejson+json"
    document = answer.json()
    assert document["tilejson"] == "3.0.0"
    [template] = document["tiles"]
    assert template.startswith("http://127.0.0.1:")
    assert template.endswith("/{z}/{y}/{x}")
    [layer] = document["vector_layers"]
    assert layer["id"] == collection
    assert layer["fields"].keys() <= get(f"/collections/{collection}/schema")["properties"].keys()
    assert document["bounds"] == get(f"/collections/{collection}")["extent"]["spatial"]["bbox"][0]
    assert (document["minzoom"], document["maxzoom"]) == (0, 16)


def test_17_tiles_carry_the_items_identifiers_and_property_names(get: Get, client: httpx.Client) -> None:
    """Quirk 17: an integer identifier per feature, which hover and links need.

    tests/api/test_tiles.py and tests/clients/test_web_maps.py read the tiles; here their bytes name the properties.
    """
    content = client.get(TILES + MANCHESTER).content
    [first, *_] = get("/collections/roads/items", limit="1")["features"]
    named = [name for name in first["properties"] if b"\x1a" + bytes([len(name)]) + name.encode() in content]
    assert {"dataset", "region", "licence"} <= set(named)


def test_18_an_empty_tile_is_204_and_one_outside_is_404(client: httpx.Client) -> None:
    """Quirk 18: also for 2147483647 and beyond."""
    empty = client.get(TILES + "/5/31/31")
    assert (empty.status_code, empty.content) == (204, b"")
    for place in ("/5/32/0", "/5/2147483647/2147483647", "/5/0/4294967296", "/2147483647/0/0", "/5/-1/0"):
        assert client.get(TILES + place).status_code == 404, place


@pytest.mark.parametrize("form", ["?f=mvt", ".mvt", ".pbf"])
def test_19_a_tile_has_addresses_that_gdal_takes_for_a_tile(client: httpx.Client, form: str) -> None:
    """Quirk 19: it takes an address without suffix for a directory of zooms."""
    plain, suffixed = client.get(TILES + MANCHESTER), client.get(TILES + MANCHESTER + form)
    assert suffixed.status_code == 200
    assert suffixed.headers["content-type"] == TILE_TYPE
    assert suffixed.content == plain.content


def test_20_tiles_asked_for_at_once_come_fast(client: httpx.Client) -> None:
    """Quirk 20: QGIS and MapLibre ask for six at once; a peer took 40 seconds for one and the map stayed empty."""
    paths = [f"{TILES}/8/{row}/{column}" for row in (82, 83) for column in (125, 126, 127)]
    start = time.perf_counter()
    with ThreadPoolExecutor(6) as workers:
        answers = list(workers.map(client.get, paths))
    seconds = time.perf_counter() - start
    print(f"six tiles at once, {sum(len(answer.content) for answer in answers)} bytes, in {seconds:.2f} s")
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert seconds < 5


@pytest.mark.parametrize(
    "path", ["/", "/collections/roads/items", TILES + MANCHESTER, TILES + "/5/31/31", "/nowhere", TILES + "/5/99/99"]
)
def test_21_every_origin_may_read_every_answer(client: httpx.Client, path: str) -> None:
    """Quirk 21: errors and tiles too, with a preflight for the headers that clients send."""
    origin = {"Origin": "https://maps.example"}
    answer = client.get(path, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"Content-Crs", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    asked = "if-none-match, authorization, x-requested-with"
    preflight = client.options(
        path, headers=origin | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asked}
    )
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert set(asked.split(", ")) <= set(allowed)


def test_21_answers_are_compressed_and_browsers_get_pages(client: httpx.Client) -> None:
    """Quirk 21: a browser's Accept header gives a page, anything or nothing gives JSON."""
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for path in ("/", "/collections", "/collections/roads/items"):
        assert client.get(path, headers={"Accept": browser}).headers["content-type"].startswith("text/html")
        assert "json" in client.get(path, headers={"Accept": "*/*"}).headers["content-type"]
    for path in ("/collections", TILES + MANCHESTER):
        assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_22_every_collection_listed_answers_with_features(get: Get) -> None:
    """Quirk 22: one that does not breaks every client that reads them all."""
    listed = [entry["id"] for entry in get("/collections")["collections"]]
    assert listed == list(COLLECTIONS)
    for name in listed:
        assert get(f"/collections/{name}/items", limit="1")["numberReturned"] == 1
