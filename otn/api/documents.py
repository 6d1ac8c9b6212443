"""The documents about the service: landing page, conformance, collections. Pure: what is served becomes a dict.

Sources: OGC API - Features - Part 1 (17-069r4) 7.2 to 7.14, OGC API - Common - Parts 1 and 2.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from otn.api import texts
from otn.api.conformance import CONFORMANCE, RASTERS
from otn.api.crs import CRS84, EVERYWHERE, available
from otn.api.encoders.registry import FORMATS
from otn.api.links import Address, Link, Links, link
from otn.api.negotiation import (
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    OPENAPI_TYPE,
    PMTILES_TYPE,
    QGIS_PROJECT,
    QLR_TYPE,
    SCHEMA_TYPE,
    STYLE_TYPE,
    XML_TYPE,
    Representation,
)
from otn.api.parameters import Parameters
from otn.api.served import ServedCollection, ServedDataset
from otn.model.licences import Licence
from otn.model.service import Service
from otn.model.text import Text

Document = dict[str, Any]

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SORTABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
FUNCTIONS_REL = "http://www.opengis.net/def/rel/ogc/1.0/functions"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEMES_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
STYLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/styles"
_QGS = (("f", "qgs"),)
QUALITY_REL = "http://www.w3.org/ns/dqv#hasQualityMetadata"
TILE_ARCHIVE = "WebMercatorQuad.pmtiles"
"""The file of all ready-made tiles, beside the tilesets of a collection."""


def self_links(address: Address, language: str, representation: Representation) -> list[Link]:
    """The document itself, at its own address, and the same as a page."""
    return [
        link("self", str(address), representation.media_type, texts.THIS_DOCUMENT.in_language(language)),
        link("alternate", address.having("f", "html"), HTML_TYPE, texts.AS_PAGE.in_language(language)),
    ]


@lru_cache(maxsize=64)
def licence_link(licence: Licence) -> Link:
    """The licence as RFC 4946 links it."""
    return link("license", licence.url, HTML_TYPE, licence.title)


@lru_cache(maxsize=256)
def collection_link(collection_id: str, links: Links, language: str) -> Link:
    """The collection that a document belongs to."""
    return links.to("collection", f"/collections/{collection_id}", JSON_TYPE, texts.COLLECTION.in_language(language))


def xml_schema_link(collection_id: str, links: Links, language: str) -> Link:
    """The schema of the features in GML, for a document in GML."""
    title = texts.XML_SCHEMA.in_language(language)
    return links.to("describedby", f"/collections/{collection_id}/schema", XML_TYPE, title, (("f", "xsd"),))


def tile_archive_link(served: ServedCollection, links: Links, language: str) -> Link:
    """All ready-made tiles as one file, whose address map libraries take as it is."""
    address = links.plain(f"/collections/{served.collection.id}/tiles/{TILE_ARCHIVE}")
    title = texts.TILE_ARCHIVE.in_language(language)
    return link("enclosure", address, PMTILES_TYPE, title) | {"length": served.tiles_size}


def landing(service: Service, links: Links, language: str, own: list[Link]) -> Document:
    """The landing page; `own` are the links to itself."""
    identification = service.metadata.identification
    service_licence = service.metadata.license
    return {
        "title": identification.title.in_language(language),
        "description": identification.description.in_language(language),
        "keywords": keywords(identification.keywords, language),
        "links": [
            *own,
            links.to("service-desc", "/api", OPENAPI_TYPE, texts.API_DEFINITION.in_language(language)),
            links.to("service-doc", "/api", HTML_TYPE, texts.API_DOCUMENTATION.in_language(language), (("f", "html"),)),
            links.to("conformance", "/conformance", JSON_TYPE, texts.CONFORMANCE.in_language(language)),
            links.to("data", "/collections", JSON_TYPE, texts.COLLECTIONS.in_language(language)),
            links.to(FUNCTIONS_REL, "/functions", JSON_TYPE, texts.FUNCTIONS.in_language(language)),
            links.to(TILESETS_REL, "/tiles", JSON_TYPE, texts.TILESETS.in_language(language)),
            links.to(TILING_SCHEMES_REL, "/tileMatrixSets", JSON_TYPE, texts.TILE_MATRIX_SETS.in_language(language)),
            links.to(STYLES_REL, "/styles", JSON_TYPE, texts.STYLES.in_language(language)),
            links.to("alternate", "/styles/map", QGIS_PROJECT.media_type, texts.QGIS_MAP.in_language(language), _QGS),
            links.to(QUALITY_REL, "/datasets", JSON_TYPE, texts.DATASETS.in_language(language)),
            *([link("license", service_licence.url, HTML_TYPE, service_licence.name)] if service_licence.url else []),
        ],
    }


def conformance(own: list[Link], *, has_rasters: bool) -> Document:
    """The conformance classes the service meets."""
    return {"conformsTo": [*CONFORMANCE, *(RASTERS if has_rasters else ())], "links": own}


def collections(described: list[Document], own: list[Link]) -> Document:
    """All collections that have something, as described each on its own."""
    return {
        "links": own,
        "collections": described,
        "crs": [crs.uri for crs in EVERYWHERE],
    }


def collection(service: Service, served: ServedCollection, links: Links, language: str) -> Document:
    """The collection document, the same within /collections and on its own."""
    described = service.collections[served.collection.id]
    return {
        "id": served.collection.id,
        "title": described.title.in_language(language),
        "description": described.description.in_language(language),
        "keywords": keywords(described.keywords, language),
        "attribution": served.attribution,
        "itemType": "feature",
        "extent": _extent(served),
        "crs": [crs.uri for crs in available(served.bbox)],
        "storageCrs": CRS84.uri,
        "updated": instant(served.updated),
        "numberOfFeatures": served.number_of_features,
        "datasets": [described_dataset(entry, links, language) for entry in served.datasets],
        "links": _collection_links(served, links, language),
    }


def keywords(declared: Any, language: str) -> list[str]:
    """The keywords in one language, as config/pygeoapi.yml declares them."""
    return list(getattr(declared, language))


@lru_cache(maxsize=64)
def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, in whole seconds."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _extent(served: ServedCollection) -> Document:
    extent: Document = {}
    if served.bbox is not None:
        extent["spatial"] = {"bbox": [list(served.bbox)], "crs": CRS84.uri}
    if served.valid_from is not None or served.valid_to is not None:
        ends = (served.valid_from, served.valid_to)
        extent["temporal"] = {"interval": [[instant(end) if end else None for end in ends]], "trs": GREGORIAN}
    return extent


def described_dataset(served: ServedDataset, links: Links, language: str) -> Document:
    """A dataset as the documents of its collection describe it."""
    dataset = served.dataset
    licence = dataset.licence_model
    title = dataset.title.in_language(language)
    return {
        "id": dataset.id,
        "title": title,
        "description": dataset.description.in_language(language),
        "landingPage": dataset.landing_page,
        "publisher": {"name": dataset.publisher.name, "url": dataset.publisher.url},
        "licence": licence.id,
        "licenceTitle": licence.title,
        "licenceUrl": licence.url,
        "shareAlike": licence.share_alike,
        "attribution": dataset.attribution,
        "numberOfFeatures": served.number_of_features,
        "links": [links.to(QUALITY_REL, f"/datasets/{dataset.id}", JSON_TYPE, title)],
    }


def _collection_links(served: ServedCollection, links: Links, language: str) -> list[Link]:
    name = served.collection.id
    path = f"/collections/{name}"

    def to(rel: str, below: str, media_type: str, title: Text, parameters: Parameters = ()) -> Link:
        return links.to(rel, path + below, media_type, title.in_language(language), parameters)

    page = (("f", "html"),)
    return [
        to("self", "", JSON_TYPE, texts.COLLECTION),
        to("alternate", "", HTML_TYPE, texts.AS_PAGE, page),
        to("alternate", "", QLR_TYPE, texts.QGIS_LAYERS, (("f", "qlr"),)),
        # Map libraries take this address as it is.
        link("stylesheet", links.plain(f"/styles/{name}"), STYLE_TYPE, texts.STYLE.in_language(language)),
        to(STYLES_REL, "/styles", JSON_TYPE, texts.STYLES),
        # GDAL appends /{featureId} to this address, so it carries no query string, not even the language.
        link("items", links.plain(path + "/items"), GEOJSON_TYPE, texts.ITEMS.in_language(language)),
        to("items", "/items", HTML_TYPE, texts.ITEMS, page),
        *(
            # The whole collection as one file.
            links.to(
                "enclosure", path + "/download", output.representation.media_type, output.title, (("f", output.name),)
            )
            for output in FORMATS
        ),
        *([] if served.tiles_size is None else [tile_archive_link(served, links, language)]),
        to(TILESETS_REL, "/tiles", JSON_TYPE, texts.TILESETS),
        to(QUERYABLES_REL, "/queryables", SCHEMA_TYPE, texts.QUERYABLES),
        to(SORTABLES_REL, "/sortables", SCHEMA_TYPE, texts.SORTABLES),
        to("related", "/facets", JSON_TYPE, texts.FACETS),
        to(SCHEMA_REL, "/schema", SCHEMA_TYPE, texts.SCHEMA),
        # Clients read the types of GeoJSON properties here: the schema of a whole feature, not Part 5's logical one.
        to("describedby", "/schemas/feature", SCHEMA_TYPE, texts.FEATURE_SCHEMA),
        # Not `describedby`: GDAL would take the columns of GeoJSON from it, and there is no `id` among those.
        to(SCHEMA_REL, "/schema", XML_TYPE, texts.XML_SCHEMA, (("f", "xsd"),)),
        links.to(QUALITY_REL, "/datasets", JSON_TYPE, texts.DATASETS.in_language(language)),
        *(licence_link(licence) for licence in served.licences),
    ]
