"""Every document that a standard has a schema for follows that schema, in every language."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FEATURES = "ogcapi-features/core/openapi/schemas/"
TILES = "ogcapi-tiles/openapi/schemas/"
TILE_MATRIX_SETS = "2D-Tile-Matrix-Set/schemas/tms/2.0/json/"

# Left out: collectionInfo.yaml of Tiles. Its extent-uad.yaml takes `spatial` and `temporal` for further dimensions, so
# that no collection with an extent can follow it.
DOCUMENTS = [
    ("/", FEATURES + "landingPage.yaml"),
    ("/", TILES + "common-core/landingPage.yaml"),
    ("/conformance", FEATURES + "confClasses.yaml"),
    ("/conformance", TILES + "common-core/confClasses.yaml"),
    ("/collections", FEATURES + "collections.yaml"),
    *((f"/collections/{name}", FEATURES + "collection.yaml") for name in ("roads", "ports", "airports")),
    *((f"/collections/{name}/items", FEATURES + "featureCollectionGeoJSON.yaml") for name in ("roads", "ports")),
    ("/collections/roads/items?bbox=100,0,101,1", FEATURES + "featureCollectionGeoJSON.yaml"),
    *((f"/collections/{path}", FEATURES + "featureGeoJSON.yaml") for path in ("roads/items/2", "ports/items/201")),
    ("/nowhere", FEATURES + "exception.yaml"),
    ("/collections/roads/items?limit=0", TILES + "common-core/exception.yaml"),
    *(
        (f"{origin}/tiles/{tile_matrix_set}", schema)
        for origin in ("", *(f"/collections/{collection}" for collection in ("roads", "ports", "airports")))
        for tile_matrix_set in ("WebMercatorQuad", "WorldCRS84Quad", "EuropeanETRS89_LAEAQuad")
        for schema in (TILES + "tms/tileSet.yaml", TILE_MATRIX_SETS + "tileSet.json")
    ),
    *(
        (f"/tileMatrixSets/{tile_matrix_set}", schema)
        for tile_matrix_set in ("WebMercatorQuad", "WorldCRS84Quad", "EuropeanETRS89_LAEAQuad")
        for schema in (TILES + "tms/tileMatrixSet.yaml", TILE_MATRIX_SETS + "tileMatrixSet.json")
    ),
]
LISTS = [
    ("/collections/roads/tiles", "tilesets", TILES + "tms/tileSet-item.yaml"),
    ("/tiles", "tilesets", TILES + "tms/tileSet-item.yaml"),
    ("/tileMatrixSets", "tileMatrixSets", TILES + "tms/tileMatrixSet-item.yaml"),
]


def retrieve(uri: str) -> Resource[Any]:
    """A schema by its file. The word null that some name as a type stands unquoted there."""
    file = Path(unquote(urlsplit(uri).path))
    text = file.read_text()
    schema = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text.replace("type: null", "type: 'null'"))
    return DRAFT202012.create_resource(schema)


def validator(schemas: Path, name: str) -> Draft202012Validator:
    """The schema of a file below the folder of the standards' schemas."""
    reference = {"$ref": (schemas / name).resolve().as_uri()}
    return Draft202012Validator(reference, registry=Registry(retrieve=retrieve))  # type: ignore[call-arg]


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
@pytest.mark.parametrize(("path", "schema"), DOCUMENTS)
def test_a_document_follows_its_schema(
    client: httpx.Client, real_schemas: Path, path: str, schema: str, language: str
) -> None:
    validator(real_schemas, schema).validate(client.get(path, headers={"Accept-Language": language}).json())


@pytest.mark.parametrize(("path", "member", "schema"), LISTS)
def test_entries_of_a_list_follow_their_schema(
    client: httpx.Client, real_schemas: Path, path: str, member: str, schema: str
) -> None:
    entries = client.get(path).json()[member]
    assert entries
    for entry in entries:
        validator(real_schemas, schema).validate(entry)


def test_a_wrong_document_is_found(client: httpx.Client, real_schemas: Path) -> None:
    """Lest the schemas are read in a way in which everything follows them."""
    document = client.get("/collections/roads").json()
    assert not validator(real_schemas, FEATURES + "collection.yaml").is_valid(document | {"links": [{"rel": "self"}]})
    tileset = client.get("/collections/roads/tiles/WebMercatorQuad").json()
    for schema in (TILES + "tms/tileSet.yaml", TILE_MATRIX_SETS + "tileSet.json"):
        assert not validator(real_schemas, schema).is_valid(tileset | {"dataType": 7})


def test_features_follow_the_schema_they_are_described_by(client: httpx.Client) -> None:
    """Unknown values are null, whatever type known ones have."""
    for name in ("roads", "ports", "airports"):
        schema = client.get(f"/collections/{name}/schemas/feature").json()
        features = client.get(f"/collections/{name}/items?limit=100").json()["features"]
        check = Draft202012Validator(schema)
        for feature in features:
            known = {key: value for key, value in feature["properties"].items() if value is not None}
            check.validate(feature | {"properties": known})
