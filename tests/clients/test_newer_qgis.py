"""The requests that newer QGIS (3.32 to 4) sends, which no package index or Debian stable offers, and their answers.

They are written as its provider for OGC API - Features writes them: src/providers/wfs/oapif/ of its source. The
filters are what qgsoapifcql2textexpressioncompiler.cpp makes of the expressions beside them.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from tests.api.sample import NUMBER_OF_ROADS
from tests.conftest import serving

pytestmark = pytest.mark.clients

Document = dict[str, Any]
Selects = Callable[[Document], bool]

ROADS = "/collections/roads"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"  # QgsCoordinateReferenceSystem::toOgcUri
SPEC = "http://www.opengis.net/spec/"
SCHEMA_TYPE = "application/schema+json"
ACCEPTED = {
    "api": "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json",
    "items": "application/geo+json, application/json",
}


@pytest.fixture(scope="module")
def client(sample_url: str) -> Iterator[httpx.Client]:
    with serving(sample_url) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def get(client: httpx.Client, path: str, accept: str = "application/json") -> Document:
    """A document of the type that was asked for."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] in accept
    document: Document = answer.json()
    return document


def roads(client: httpx.Client, query: str) -> dict[int, Document]:
    """The features of one page, by id; `query` is encoded as QUrl encodes it."""
    document = get(client, f"{ROADS}/items?{query}", ACCEPTED["items"])
    assert document["numberReturned"] == len(document["features"])
    return {feature["id"]: feature for feature in document["features"]}


@pytest.fixture(scope="module")
def everything(client: httpx.Client) -> dict[int, Document]:
    found = roads(client, "limit=1000")
    assert len(found) == NUMBER_OF_ROADS
    return found


def test_the_landing_page_leads_to_the_rest(client: httpx.Client) -> None:
    """qgsoapiflandingpagerequest.cpp: the link that is JSON, /collections without its query."""
    landing = get(client, "/")
    links = {(link["rel"], link["type"]): link["href"] for link in landing["links"]}
    assert links["service-desc", "application/vnd.oai.openapi+json;version=3.0"].endswith("/api")
    assert links["data", "application/json"].endswith("/collections")
    assert links["conformance", "application/json"].endswith("/conformance")


def test_the_definition_tells_the_size_of_pages_and_what_equals(client: httpx.Client) -> None:
    """qgsoapifapirequest.cpp: `components.parameters.limit`, and the parameters of the collection's own path."""
    definition = get(client, "/api", ACCEPTED["api"])
    limit = definition["components"]["parameters"]["limit"]["schema"]
    assert min(max(1000, limit["default"]), limit["maximum"]) == 1000
    declared = definition["paths"][f"{ROADS}/items"]["get"]["parameters"]
    simple = {
        parameter["name"]: parameter["schema"]["type"]
        for parameter in declared
        if "$ref" not in parameter
        and (parameter["in"], parameter["style"], parameter["explode"]) == ("query", "form", False)
    }
    assert {name: simple[name] for name in ("name", "functionalRoadClass", "speedLimit", "length", "bridge")} == {
        "name": "string",
        "functionalRoadClass": "string",
        "speedLimit": "integer",
        "length": "number",
        "bridge": "boolean",
    }


def test_the_conformance_classes_switch_everything_on(client: httpx.Client) -> None:
    """qgsoapifprovider.cpp, init: what it looks for, by the names of today and those before them."""
    declared = set(get(client, "/conformance")["conformsTo"])
    assert {f"{SPEC}ogcapi-features-3/1.0/conf/{name}" for name in ("filter", "features-filter")} <= declared
    assert {
        f"{SPEC}cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison"),
            *("basic-spatial-functions", "basic-spatial-operators"),
        )
    } <= declared
    assert {f"{SPEC}ogcapi-features-2/1.0/conf/crs", f"{SPEC}ogcapi-features-5/1.0/conf/schemas"} <= declared


def test_queryables_have_types_and_one_geometry(client: httpx.Client) -> None:
    """qgsoapifqueryablesrequest.cpp: `type` and `format`; a geometry has `$ref` and no type."""
    properties = get(client, f"{ROADS}/queryables", SCHEMA_TYPE)["properties"]
    assert [
        name
        for name, entry in properties.items()
        if "type" not in entry and entry.get("$ref", "").startswith("https://geojson.org/schema/")
    ] == ["geometry"]
    assert all(isinstance(entry["type"], str) for name, entry in properties.items() if name != "geometry")
    assert properties["validFrom"]["format"] == "date-time"


def test_the_schema_gives_fields_and_geometry(client: httpx.Client) -> None:
    """qgsoapifschemarequest.cpp: by the link of the collection; QGIS takes no type from features then."""
    [address] = [
        link["href"]
        for link in get(client, ROADS)["links"]
        if link["rel"] == "http://www.opengis.net/def/rel/ogc/1.0/schema" and link["type"] == SCHEMA_TYPE
    ]
    properties = get(client, address, SCHEMA_TYPE)["properties"]
    [geometry] = [entry for entry in properties.values() if entry.get("x-ogc-role") == "primary-geometry"]
    assert geometry["format"] == "geometry-linestring"
    types = {name: (entry.get("type"), entry.get("format")) for name, entry in properties.items()}
    [first, *_] = roads(client, "limit=10").values()
    assert first["properties"].keys() | {"id", "geometry"} == types.keys()
    assert types["validFrom"] == ("string", "date-time")
    assert [types[name][0] for name in ("name", "speedLimit", "length", "bridge")] == [
        *("string", "integer", "number", "boolean")
    ]


def test_the_collection_gives_extent_and_system(client: httpx.Client) -> None:
    """qgsoapifcollection.cpp: storageCrs or the first of `crs`, in which everything is asked for then."""
    collection = get(client, ROADS)
    assert collection["extent"]["spatial"]["bbox"][0] == pytest.approx([4.01, 51, 4.23, 51.1])
    assert collection["storageCrs"] == collection["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def value(feature: Document, name: str) -> Any:
    """Zero for what is unknown: no road here has it."""
    return feature["properties"][name] or 0


# An expression of QGIS, what its compiler makes of it, and the same in Python.
FILTERS: list[tuple[str, str, Selects]] = [
    ("\"name\" = 'Dorp'", "(name = 'Dorp')", lambda road: road["properties"]["name"] == "Dorp"),
    ("name <> 'Dorp'", "(name <> 'Dorp')", lambda road: road["properties"]["name"] not in (None, "Dorp")),
    ("not name = 'Dorp'", "(NOT ((name = 'Dorp')))", lambda road: road["properties"]["name"] not in (None, "Dorp")),
    ("name LIKE 'D%'", "(name LIKE 'D%')", lambda road: road["properties"]["name"] == "Dorp"),
    ("name NOT LIKE 'D%'", "(name NOT LIKE 'D%')", lambda road: road["properties"]["name"] not in (None, "Dorp")),
    ("name ILIKE '%DOR%'", "(CASEI(name) LIKE CASEI('%DOR%'))", lambda road: road["properties"]["name"] == "Dorp"),
    (
        "name LIKE '%de l''Église%'",
        "(name LIKE '%de l''Église%')",
        lambda road: "Église" in str(road["properties"]["name"]),
    ),
    (
        "name NOT ILIKE 'DORP'",
        "(CASEI(name) NOT LIKE CASEI('DORP'))",
        lambda road: road["properties"]["name"] not in (None, "Dorp"),
    ),
    ("name IN ('Dorp', 'Elders')", "name IN ('Dorp','Elders')", lambda road: road["properties"]["name"] == "Dorp"),
    (
        "name NOT IN ('Dorp', 'Elders')",
        "name NOT IN ('Dorp','Elders')",
        lambda road: road["properties"]["name"] not in (None, "Dorp"),
    ),
    ("speedLimit BETWEEN 40 AND 60", "speedLimit BETWEEN 40 AND 60", lambda road: value(road, "speedLimit") == 50),
    (
        "speedLimit NOT BETWEEN 60 AND 90",
        "speedLimit NOT BETWEEN 60 AND 90",
        lambda road: value(road, "speedLimit") == 50,
    ),
    ("speedLimit IS NULL", "(speedLimit IS NULL)", lambda road: road["properties"]["speedLimit"] is None),
    ("speedLimit IS NOT NULL", "(speedLimit IS NOT NULL)", lambda road: road["properties"]["speedLimit"] is not None),
    ("speedLimit > -5", "(speedLimit > ( - (5)))", lambda road: value(road, "speedLimit") == 50),
    ("speedLimit * 2 >= 90.5", "((speedLimit * 2) >= 90.5)", lambda road: value(road, "speedLimit") == 50),
    ("speedLimit % 20 = 10", "((speedLimit % 20) = 10)", lambda road: value(road, "speedLimit") == 50),
    ("speedLimit ^ 2 < 2600", "((speedLimit ^ 2) < 2600)", lambda road: value(road, "speedLimit") == 50),
    ("bridge", "bridge", lambda road: road["properties"]["bridge"] is True),
    ("bridge = true", "(bridge = TRUE)", lambda road: road["properties"]["bridge"] is True),
    ("bridge = false", "(bridge = FALSE)", lambda road: road["properties"]["bridge"] is False),
    (
        "validFrom >= '2010-01-01T00:00:00Z'",
        "(validFrom >= TIMESTAMP('2010-01-01T00:00:00.000Z'))",
        lambda road: road["properties"]["validFrom"] is not None,
    ),
    (
        "validFrom > make_datetime(2010, 1, 1, 0, 0, 0)",
        "(validFrom > TIMESTAMP('2010-01-01T00:00:00.000Z'))",
        lambda road: str(road["properties"]["validFrom"]).startswith("2020"),
    ),
    (
        "validFrom = make_date(2020, 6, 1)",
        "(validFrom = DATE('2020-06-01'))",
        lambda road: str(road["properties"]["validFrom"]).startswith("2020-06-01"),
    ),
    (
        "name = 'Dorp' AND functionalRoadClass = 'mainRoad' OR bridge",
        "(((name = 'Dorp') AND (functionalRoadClass = 'mainRoad')) OR bridge)",
        lambda road: road["id"] in (3, 8),
    ),
    (
        "intersects_bbox($geometry, geom_from_wkt('POLYGON((4.015 50.9, 4.035 50.9, 4.035 51.2, 4.015 51.2))'))",
        "S_INTERSECTS(geometry,BBOX(4.015,50.9,4.035,51.2))",
        lambda road: road["id"] in (2, 3),
    ),
    (
        "intersects($geometry, geom_from_wkt('POINT(4.25 51.05)')) or name = 'Dorp'",
        "(S_INTERSECTS(geometry,POINT(4.25 51.05)) OR (name = 'Dorp'))",
        lambda road: road["id"] in (3, 4),
    ),
]


@pytest.mark.parametrize(("compiled", "selects"), [case[1:] for case in FILTERS], ids=[case[0] for case in FILTERS])
def test_filters_select_what_qgis_means(
    client: httpx.Client, everything: dict[int, Document], compiled: str, selects: Selects
) -> None:
    """qgsoapifshareddata.cpp, computeFilter; and the count, qgsoapifprovider.cpp, featureCount."""
    expected = {number for number, feature in everything.items() if selects(feature)}
    asked = f"filter={quote(compiled, safe='')}&filter-lang=cql2-text"
    assert 0 < len(expected) < NUMBER_OF_ROADS
    assert roads(client, f"limit=1000&{asked}").keys() == expected
    counted = get(client, f"{ROADS}/items?limit=1&{asked}", ACCEPTED["items"])
    assert counted["numberMatched"] == len(expected)


def test_the_filter_of_a_layer_and_an_expression_go_together(client: httpx.Client) -> None:
    """qgsoapiffeaturedownloaderimpl.cpp, run: both are in brackets, with the box of the map."""
    both = quote("((name = 'Dorp')) AND ((speedLimit = 50))", safe="()")
    found = roads(client, f"limit=1000&filter={both}&filter-lang=cql2-text&bbox=4.025,50.9,4.035,51.2")
    assert found.keys() == {3}


def test_without_cql2_equality_goes_by_the_name_of_the_property(client: httpx.Client) -> None:
    """qgsoapifshareddata.cpp, compileExpressionNodeUsingPart1: also with an interval, and true as a word."""
    assert roads(client, "limit=1000&name=Dorp&speedLimit=50").keys() == {3, 4}
    assert roads(client, "limit=1000&bridge=true").keys() == {8}
    known = roads(client, "limit=1000&datetime=2016-01-01T00:00:00Z%2F9999-12-31T00:00:00Z")
    assert known.keys() == set(range(1, NUMBER_OF_ROADS + 1)) - {11}
    assert roads(client, "limit=1000&datetime=0000-01-01T00:00:00Z%2F2016-01-01T00:00:00Z").keys() == set(
        range(1, NUMBER_OF_ROADS + 1)
    ) - {12}


@pytest.mark.parametrize("code", ["4326", "3857", "3035"])
def test_a_layer_in_another_system_is_asked_for_in_it(client: httpx.Client, code: str) -> None:
    """qgsoapiffeaturedownloaderimpl.cpp, run: box and answer in the layer's system, axes as its authority has them."""
    system = EPSG + code
    transformer = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}")
    bounds = transformer.transform_bounds(4.015, 51.01, 4.035, 51.09)
    box = ",".join(map(str, bounds))
    found = roads(client, f"limit=1000&bbox={box}&bbox-crs={system}&crs={system}")
    there = roads(client, f"limit=1000&crs={system}")
    assert found == {
        number: road for number, road in there.items() if shape(road["geometry"]).intersects(shapely.box(*bounds))
    }
    assert found[2]["geometry"]["coordinates"][0] == pytest.approx(transformer.transform(4.02, 51), abs=0.01)
    inside = quote(f"S_INTERSECTS(geometry,BBOX({box}))", safe="")
    asked = f"limit=1000&filter={inside}&filter-lang=cql2-text&filter-crs={system}&crs={system}"
    assert roads(client, asked) == found
    answer = client.get(f"{ROADS}/items?{asked}", headers={"Accept": ACCEPTED["items"]})
    assert answer.headers["content-crs"] == f"<{system}>"
