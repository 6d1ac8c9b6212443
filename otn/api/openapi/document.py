"""The API definition: OpenAPI 3.0.3, self-contained, with concrete paths for every collection."""

from typing import Any

from otn.api.links import Links
from otn.api.openapi.operations import headers, responses
from otn.api.openapi.parameters import parameters
from otn.api.openapi.parts import Document
from otn.api.openapi.paths import collection_paths, dataset_tile_paths, service_paths, tile_paths
from otn.api.openapi.raster_paths import raster_paths
from otn.api.openapi.schemas import schemas
from otn.api.paging import Limits
from otn.api.rasters import ServedRaster
from otn.api.served import ServedCollection
from otn.model.service import Service


def openapi(
    service: Service,
    served: tuple[ServedCollection, ...],
    rasters: tuple[ServedRaster, ...],
    limits: Limits,
    links: Links,
    language: str,
    version: str,
) -> Document:
    """The definition of the service as it is served at `links.base`."""
    metadata = service.metadata
    paths = service_paths() | (dataset_tile_paths(served) if served else {})
    shared = parameters(limits)
    for entry in served:
        title = service.collections[entry.collection.id].title.in_language(language)
        paths |= collection_paths(entry, title, language) | tile_paths(entry, title, language)
    for raster in rasters:
        paths |= raster_paths(raster, service.collections[raster.id].title.in_language(language))
    names = (*(entry.collection.id for entry in served), *(raster.id for raster in rasters))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": metadata.identification.title.in_language(language),
            "description": metadata.identification.description.in_language(language),
            "version": version,
            "contact": _named(metadata.contact),
            "license": _named(metadata.license),
        },
        "servers": [{"url": links.base}],
        "tags": [
            {"name": "service"},
            *({"name": name, "description": service.collections[name].title.in_language(language)} for name in names),
        ],
        "paths": paths,
        "components": {
            "parameters": shared,
            "schemas": schemas(served, shared, links, language),
            "responses": responses(),
            "headers": headers(),
        },
    }


def _named(party: Any) -> Document:
    return {key: value for key, value in party.model_dump().items() if value is not None and key != "email"} | (
        {"email": party.email} if party.email else {}
    )
