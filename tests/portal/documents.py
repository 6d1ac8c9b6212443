"""The documents that pages are made of, built by the API's own functions, for the tests of the portal."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from otn.api import documents, quality, schemas, styles, tilesets
from otn.api.html import PageContext
from otn.api.links import Links, link
from otn.api.loaded import Changes, Load, LoadedDataset
from otn.api.negotiation import GEOJSON_TYPE, JSON_TYPE
from otn.api.openapi.document import openapi
from otn.api.paging import Limits
from otn.api.raster_documents import raster_collection
from otn.api.rasters import ServedRaster
from otn.api.served import ServedCollection, ServedDataset
from otn.model.collections import AIRPORTS, COLLECTIONS, ROADS, Collection
from otn.model.datasets import Registry
from otn.model.rasters import ELEVATION
from otn.model.service import read_service
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD
from otn.store.raster_folder import RasterManifest, RasterPart

BASE = "https://data.example.org/otn"
LIMITS = Limits(10, 10000)
service = read_service()
registry = Registry.read()
_PATHS = {
    "landing": "/",
    "conformance": "/conformance",
    "api": "/api",
    "collections": "/collections",
    "collection": "/collections/roads",
    "coverage": "/collections/elevation",
    "items": "/collections/roads/items",
    "feature": "/collections/roads/items/7",
    "styles": "/styles",
    "style": "/styles/roads-dark",
    "styleMetadata": "/styles/map-print/metadata",
    "tilesets": "/collections/roads/tiles",
    "tileset": "/collections/roads/tiles/WebMercatorQuad",
    "tileMatrixSets": "/tileMatrixSets",
    "tileMatrixSet": "/tileMatrixSets/WebMercatorQuad",
    "queryables": "/collections/roads/queryables",
    "sortables": "/collections/roads/sortables",
    "schema": "/collections/roads/schema",
    "datasets": "/datasets",
    "dataset": "/datasets/be/wechelderzande-roads",
    "load": "/datasets/be/wechelderzande-roads/loads/17",
    "problem": "/collections/roads/items",
}
PAGES = tuple(_PATHS)


def served(collection: Collection) -> ServedCollection:
    """A collection with the two kinds of datasets, where it has two: share-alike and not."""
    datasets = [dataset for dataset in registry.datasets.values() if dataset.collection == collection.id]
    return ServedCollection(
        collection=collection,
        version=17,
        updated=datetime(2026, 9, 5, 12, 30, tzinfo=UTC),
        number_of_features=71197,
        bbox=(2.5, 49.5, 6.4, 51.5),
        valid_from=datetime(2012, 5, 3, tzinfo=UTC),
        valid_to=None,
        datasets=tuple(ServedDataset(dataset, 1000) for dataset in datasets),
    )


_STREETS = registry.dataset("be/wechelderzande-roads")
LOADED = LoadedDataset(
    dataset=_STREETS,
    declaration=_STREETS.model_dump(mode="json"),
    features={"roads": 1234, "road-nodes": 567},
    last_loaded=datetime(2026, 9, 5, 12, 30, tzinfo=UTC),
)
LOAD = Load(
    id=17,
    is_committed=True,
    started=datetime(2026, 9, 5, 12, 29, tzinfo=UTC),
    finished=datetime(2026, 9, 5, 12, 30, tzinfo=UTC),
    source="wechelderzande.osm.pbf",
    url="https://download.example.org/wechelderzande.osm.pbf",
    sha256="ab" * 32,
    lineage={},
    read=1300,
    features=Changes(1234, 5, 6),
    objects=Changes(700, 3, 2),
    rejected=12,
    repaired=4,
    normalised=7,
    message="As told.",
    report={
        "features": 1234,
        "bbox": [4.7, 51.2, 4.8, 51.3],
        "completeness": {"name": 0.8755, "speedLimit": 0.9999, "oncecalled": 0.5},
        "rejects": {"geometry/empty": 2, "geometry/of-tomorrow": 10},
        "unknownCodes": {"surface": {"chewing gum": 3}},
        "repaired": 4,
        "duplicates": 0,
        "further": {"road-nodes": {"features": 567, "bbox": None, "completeness": {}}},
    },
)


def feature(name: str | None = "Dorpsstraat", **known: Any) -> dict[str, Any]:
    """A road; what is not named is unknown."""
    values = dict.fromkeys(field.name for field in ROADS.fields) | {
        "localId": "8113001",
        "inspireId": "https://www.openstreetmap.org/way/8113001",
        "name": name,
        "functionalRoadClass": "fourthClass",
        "speedLimit": 70,
        "bridge": True,
        "length": 2469.1356,
        "validFrom": "2012-05-03T00:00:00Z",
        "dataset": "be/wechelderzande-roads",
        "region": "be",
        "licence": "ODbL-1.0",
        "sourceCodes": {"highway": "residential", "maxspeed": "70"},
    }
    return {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "LineString", "coordinates": [[4.78, 51.26], [4.8, 51.27], [4.79, 51.28]]},
        "properties": values | known,
        "links": [],
    }


def served_raster() -> ServedRaster:
    """Elevation of one tile of a degree."""
    window = ELEVATION.grid.window((7, 43, 8, 44))
    declaration = registry.dataset("fr/srtm-elevation").model_dump(mode="json")
    part = RasterPart(declaration, 7, window, 1_440_806, -11, 2064)
    manifest = RasterManifest(
        7, datetime(2026, 9, 5, 12, 30, tzinfo=UTC), window, ELEVATION.grid.bounds(window), (part,)
    )
    return ServedRaster(ELEVATION, manifest, Path("7.tif"))


def document(page: str, language: str, **features: Any) -> dict[str, Any]:
    """The document of a page in one language; `features` replace property values of the road it shows."""
    links = Links(BASE)
    road = documents.collection(service, served(ROADS), links, language)
    schema = schemas.feature_schema(ROADS, "Roads", links, language)["properties"]["properties"]
    following = link("next", f"{BASE}/collections/roads/items?limit=1&f=json&token=t", GEOJSON_TYPE)
    everything = tuple(served(collection) for collection in COLLECTIONS.values())
    described = [documents.collection(service, entry, links, language) for entry in everything]
    raster = raster_collection(service, served_raster(), links, language)
    all_collections = documents.collections([*described, raster], [])
    tiles = tilesets.of_collection(served(ROADS), road["title"], road["description"])
    known_styles = styles.styles(service, everything)
    made: dict[str, dict[str, Any]] = {
        "landing": documents.landing(service, links, language, []) | {"collections": all_collections["collections"]},
        "conformance": documents.conformance([], has_rasters=True),
        "api": openapi(
            service, (served(ROADS), served(AIRPORTS)), (served_raster(),), LIMITS, links, language, "0.1.0"
        ),
        "collections": all_collections,
        "collection": road,
        "coverage": raster,
        "items": {
            "type": "FeatureCollection",
            "features": [feature(**features)],
            "numberMatched": 71197,
            "numberReturned": 1,
            "timeStamp": "2026-09-05T12:30:00Z",
            "links": [following],
            "collection": road,
            "coverage": raster,
            "schema": schema,
        },
        "feature": feature(**features) | {"collection": road, "schema": schema},
        "styles": styles.styles_document(
            [styles.listed_style(service, style, links, language) for style in known_styles.values()], language, []
        ),
        "style": styles.style_document(known_styles["roads-dark"], links, language),
        "styleMetadata": styles.style_metadata(service, known_styles["map-print"], links, language, []),
        "tilesets": tilesets.tilesets(tiles, links, language, []),
        "tileset": tilesets.tileset(tiles, WEB_MERCATOR_QUAD, links, language, []),
        "tileMatrixSets": tilesets.tile_matrix_sets(links, language, []),
        "tileMatrixSet": tilesets.tile_matrix_set(WEB_MERCATOR_QUAD, []),
        "queryables": schemas.queryables(ROADS, road["title"], links, language),
        "sortables": schemas.sortables(ROADS, road["title"], links, language),
        "schema": schemas.logical_schema(ROADS, road["title"], links, language),
        "datasets": quality.datasets((LOADED,), links, language, []),
        "dataset": quality.dataset(service, LOADED, (LOAD,), links, language, []),
        "load": quality.load(service, LOADED, LOAD, links, language, []),
        "problem": {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "bbox must have 4 or 6 numbers.",
            "parameter": "bbox",
        },
    }
    return made[page]


def dataset_tiles(language: str) -> tilesets.Tiles:
    """The tiles of all collections."""
    layers = (
        tilesets.Layer(served(each), service.collections[each.id].title.in_language(language))
        for each in COLLECTIONS.values()
    )
    return tilesets.of_dataset(service, tuple(layers), language)


def context(page: str, language: str, query: str = "") -> PageContext:
    """The context of a page of the service at BASE."""
    media_type = GEOJSON_TYPE if page in ("items", "feature") else JSON_TYPE
    return PageContext(
        base_url=BASE,
        path=_PATHS[page],
        query=query,
        language=language,
        alternates={} if page == "problem" else {media_type: f"{BASE}{_PATHS[page]}?f=json"},
        title="Roads",
    )
