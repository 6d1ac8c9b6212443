"""Pages of features in every format: the same features, in the same order, with the same counts and links."""

import io
import itertools
from pathlib import Path

import geopandas
import httpx
import pyarrow
import pyogrio
import pytest
from lxml import etree

from otn.api.encoders.registry import FORMATS, OutputFormat
from tests.api.gml_schemas import gml_schema
from tests.api.test_items import ROADS, get, ids

ASKED = {"limit": "4", "sortby": "-id", "bbox": "4,50,5,52"}
TABLES = ("fgb", "parquet", "arrow", "gpkg")


@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_every_format_has_pages(client: httpx.Client, output: OutputFormat) -> None:
    expected = get(client, ROADS, **ASKED)
    answer = client.get(ROADS, params=ASKED | {"f": output.name})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == output.representation.media_type
    assert answer.headers["ogc-numbermatched"] == str(expected["numberMatched"])
    assert answer.headers["ogc-numberreturned"] == "4"
    assert {"next", "license"} <= answer.links.keys()
    following = client.get(answer.links["next"]["url"])
    assert following.headers["content-type"] == output.representation.media_type
    by_accept = client.get(ROADS, params=ASKED, headers={"Accept": output.representation.media_type})
    assert by_accept.headers["content-type"] == output.representation.media_type
    assert client.get(f"{ROADS}/3", params={"f": output.name, "zoom-level": "3"}).status_code == 200


@pytest.mark.parametrize("name", TABLES)
def test_tables_hold_the_features_of_the_page(client: httpx.Client, name: str, tmp_path: Path) -> None:
    expected = ids(get(client, ROADS, **ASKED))
    content = client.get(ROADS, params=ASKED | {"f": name, "crs": "EPSG:31370"}).content
    if name == "arrow":
        assert pyarrow.ipc.open_stream(content).read_all()["id"].to_pylist() == expected
    elif name == "parquet":
        frame = geopandas.read_parquet(io.BytesIO(content))
        assert frame["id"].tolist() == expected
        assert frame.crs.to_epsg() == 31370
    else:
        (tmp_path / f"roads.{name}").write_bytes(content)
        frame = pyogrio.read_dataframe(tmp_path / f"roads.{name}", fid_as_index=True)
        assert sorted(frame.index if name == "gpkg" else frame["id"]) == sorted(expected)
        assert frame.crs.to_epsg() == 31370


@pytest.mark.parametrize(("name", "path"), list(itertools.product(TABLES, ["", "/3"])))
def test_an_answer_in_a_table_may_be_empty(client: httpx.Client, name: str, path: str) -> None:
    asked = {"f": name} if path else {"f": name, "localId": "none"}
    assert client.get(ROADS + path, params=asked).status_code == 200


@pytest.mark.parametrize("path", ["items", "items/3", "download"])
def test_gml_is_valid_by_the_schema_it_names(client: httpx.Client, path: str) -> None:
    document = etree.fromstring(client.get(f"/collections/roads/{path}", params={"f": "gml"}).content)
    places = document.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation").split()
    named = dict(zip(places[::2], places[1::2], strict=True))
    schema = client.get(named["urn:otn:model"])
    assert schema.headers["content-type"] == "application/xml"
    gml_schema(schema.content).assertValid(document)


@pytest.mark.parametrize("accept", ["application/xml", "text/xml"])
def test_the_schema_of_gml_is_chosen_by_accept_too(client: httpx.Client, accept: str) -> None:
    answer = client.get("/collections/roads/schema", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert client.get("/collections/roads/schema", params={"f": "xsd", "limit": "1"}).status_code == 400


def test_kml_knows_degrees_only(client: httpx.Client) -> None:
    for path in (ROADS, f"{ROADS}/3", "/collections/roads/download"):
        asked = {"f": "kml", "crs": "EPSG:3857"}
        refused = client.get(path, params=asked)
        assert (refused.status_code, refused.json()["parameter"]) == (400, "crs")
        assert client.get(path, params=asked, headers={"If-None-Match": "*"}).status_code == 400
        assert client.head(path, params=asked).status_code == 400


@pytest.mark.parametrize("name", [output.name for output in FORMATS])
def test_head_names_the_file_that_get_would_send(client: httpx.Client, name: str) -> None:
    for path in (ROADS, f"{ROADS}/3", "/collections/roads/download"):
        wanted, answer = (client.request(method, path, params={"f": name}).headers for method in ("GET", "HEAD"))
        for header in ("content-type", "content-disposition", "content-crs", "content-language", "etag", "vary"):
            assert answer.get(header) == wanted.get(header), header
