"""Which address gives which document. Features have endpoints of their own in otn.api.features."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any
from xml.etree.ElementTree import Element

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from otn.api import basemap, documents, facets, loaded, quality, schemas, texts
from otn.api.answers import Document, answer, own_links, sent
from otn.api.context import Api, RequestContext, request_context
from otn.api.coverage import Coverage
from otn.api.cql2.functions import functions_document
from otn.api.crs import CRS84
from otn.api.dataset_tiles import DatasetTile
from otn.api.download import Download
from otn.api.download_files import DownloadFiles
from otn.api.encoders.gml import application_schema
from otn.api.features import Feature, Items
from otn.api.health import live, ready
from otn.api.negotiation import (
    API,
    COLLECTION,
    DOCUMENT,
    JSON_TYPE,
    LOGICAL_SCHEMA,
    QLR,
    SCHEMA,
    SCHEMA_ONLY,
    TILEJSON_ONLY,
    XSD,
    Representation,
)
from otn.api.openapi.document import openapi
from otn.api.parameters import refuse_unknown
from otn.api.qgis import layer_definition
from otn.api.qgis_layers import collection_layers
from otn.api.qgis_raster import raster_layers
from otn.api.query import REPRESENTATION_PARAMETERS, require_available
from otn.api.raster_documents import raster_collection, raster_schema
from otn.api.raster_routes import raster_endpoints, raster_routes
from otn.api.rasters import ServedRaster
from otn.api.search import Search
from otn.api.selection import parse_selection
from otn.api.served import ServedCollection
from otn.api.style_routes import style_routes
from otn.api.tile_archive import TileArchive
from otn.api.tile_routes import tile_routes
from otn.api.tiles import CollectionTile
from otn.model.text import Text

_SchemaBuilder = Callable[..., Document]


_ITEMS = "/collections/{collection_id}/items"
_DATASET = "/datasets/{region}/{name}"
_TILESET = "/collections/{collection_id}/tiles/{tile_matrix_set_id}"


def endpoints(api: Api, downloads: DownloadFiles) -> dict[str, ASGIApp]:
    """Features and tiles by path: what is asked for most, and what is too large to be held."""
    items = Items(api)
    return {
        _ITEMS + "/{feature_id}": Feature(api),
        _ITEMS: items,
        "/collections/{collection_id}/search": Search(items),
        "/collections/{collection_id}/download": Download(api, downloads),
        "/collections/{collection_id}/coverage": Coverage(api),
        _TILESET + "/{tile_matrix}/{tile_row}/{tile_col}": CollectionTile(api),
        "/tiles/{tile_matrix_set_id}/{tile_matrix}/{tile_row}/{tile_col}": DatasetTile(api),
        f"/collections/{{collection_id}}/tiles/{documents.TILE_ARCHIVE}": TileArchive(api),
        "/basemap/{tile_matrix}/{tile_row}/{tile_col}": basemap.BasemapTile(api),
        **raster_endpoints(api),
    }


def router(api: Api) -> APIRouter:
    """The routes of the documents."""
    resources = _Resources(api)
    routes = APIRouter(include_in_schema=False, redirect_slashes=False)
    known: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("/", resources.landing),
        ("/api", resources.api),
        ("/conformance", resources.conformance),
        ("/collections", resources.collections),
        ("/collections/{collection_id}", resources.collection),
        ("/collections/{collection_id}/queryables", resources.queryables),
        ("/collections/{collection_id}/sortables", resources.sortables),
        ("/collections/{collection_id}/facets", resources.facets),
        ("/collections/{collection_id}/schema", resources.schema),
        ("/collections/{collection_id}/schemas/feature", resources.feature_schema),
        *tile_routes(api),
        *raster_routes(api),
        ("/basemap", resources.basemap),
        ("/functions", resources.functions),
        *style_routes(api),
        ("/datasets", resources.datasets),
        (_DATASET, resources.dataset),
        (_DATASET + "/loads/{load_id}", resources.load),
        ("/health/live", live),
        ("/health/ready", ready(api)),
    )
    for path, endpoint in known:
        routes.add_api_route(path, endpoint, methods=["GET", "HEAD"], response_model=None)
    return routes


class _Resources:
    """The documents of the API. Each answers as JSON and, but for the schema that programs read, as a page."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._answer = partial(answer, api)

    async def landing(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            made = documents.landing(self._api.service, context.links, context.language, own_links(context, DOCUMENT))
            if not context.representation.is_html:
                return made
            return made | {"collections": await self._all_described(context)}

        title = self._api.service.metadata.identification.title
        return await self._answer(request, DOCUMENT, "landing", title, document)

    async def api(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            served = await self._api.served.collections()
            rasters, number = self._api.rasters.served(), version("otn")
            links, language = context.links, context.language
            return openapi(self._api.service, served, rasters, self._api.limits, links, language, number)

        return await self._answer(request, API, "api", texts.API_DOCUMENTATION, document)

    async def conformance(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            has_rasters = bool(self._api.rasters.served())
            return documents.conformance(own_links(context, DOCUMENT), has_rasters=has_rasters)

        return await self._answer(request, DOCUMENT, "conformance", texts.CONFORMANCE, document)

    async def functions(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            title = texts.FUNCTIONS.in_language(context.language)
            return functions_document() | {"links": [context.links.to("self", "/functions", JSON_TYPE, title)]}

        return await self._answer(request, DOCUMENT[:1], "functions", texts.FUNCTIONS, document)

    async def collections(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            return documents.collections(await self._all_described(context), own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "collections", texts.COLLECTIONS, document)

    async def _all_described(self, context: RequestContext) -> list[Document]:
        """The documents of the collections: those of features, then rasters."""
        described = [self._described(entry, context) for entry in await self._api.served.collections()]
        service, links, language = self._api.service, context.links, context.language
        return described + [raster_collection(service, each, links, language) for each in self._api.rasters.served()]

    async def collection(self, request: Request) -> Response:
        raster = self._api.rasters.current(request.path_params["collection_id"])
        if raster is not None:
            return await self._raster(request, raster)
        served = await self._served(request)

        async def document(context: RequestContext) -> Document:
            return self._described(served, context)

        context = request_context(request.scope, COLLECTION, self._api.public_url)
        if context.representation is QLR:
            described, name = self._described(served, context), served.collection.id
            about = described["title"], described["attribution"]
            layers = collection_layers(name, *about, "light", context.links, context.language)
            return _qgis_layers(request, context, name, described["title"], layers)
        return await self._answer(request, COLLECTION, "collection", self._title(served), document)

    async def _raster(self, request: Request, served: ServedRaster) -> Response:
        service = self._api.service

        async def document(context: RequestContext) -> Document:
            return raster_collection(service, served, context.links, context.language)

        title = service.collections[served.id].title
        context = request_context(request.scope, COLLECTION, self._api.public_url)
        if context.representation is QLR:
            words = title.in_language(context.language)
            layers = raster_layers(served.id, words, served.attribution, context.links, context.language)
            return _qgis_layers(request, context, served.id, words, layers)
        return await self._answer(request, COLLECTION, "coverage", title, document)

    async def basemap(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            return basemap.basemap_tilejson(context.links)

        return await self._answer(request, TILEJSON_ONLY, "basemap", texts.BASE_MAP, document)

    async def datasets(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            known = await loaded.loaded_datasets(self._api.pool)
            return quality.datasets(known, context.links, context.language, own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "datasets", texts.DATASETS, document)

    async def dataset(self, request: Request) -> Response:
        known = await self._loaded(request)
        history = await loaded.loads(self._api.pool, known.dataset)

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return quality.dataset(self._api.service, known, history, context.links, context.language, own)

        return await self._answer(request, DOCUMENT, "dataset", known.dataset.title, document)

    async def load(self, request: Request) -> Response:
        known = await self._loaded(request)
        entry = await loaded.load(self._api.pool, known.dataset, request.path_params["load_id"])

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return quality.load(self._api.service, known, entry, context.links, context.language, own)

        return await self._answer(request, DOCUMENT, "load", known.dataset.title, document)

    async def _loaded(self, request: Request) -> loaded.LoadedDataset:
        region, name = request.path_params["region"], request.path_params["name"]
        return await loaded.loaded_dataset(self._api.pool, f"{region}/{name}")

    async def queryables(self, request: Request) -> Response:
        return await self._schema(request, SCHEMA, "queryables", schemas.queryables)

    async def sortables(self, request: Request) -> Response:
        return await self._schema(request, SCHEMA, "sortables", schemas.sortables)

    async def facets(self, request: Request) -> Response:
        served = await self._served(request)
        collection = served.collection

        async def document(context: RequestContext) -> Document:
            selection, systems = parse_selection(collection, context.parameters)
            require_available((CRS84, *systems), served.bbox, collection)
            matched, statistics = await facets.counted(self._api, collection, selection)
            own = own_links(context, DOCUMENT)
            return facets.facets_document(collection, matched, statistics, context.links, context.language, own)

        known = facets.facets_parameters(collection)
        return await self._answer(request, DOCUMENT, "facets", self._title(served), document, known)

    async def schema(self, request: Request) -> Response:
        raster = self._api.rasters.current(request.path_params["collection_id"])
        if raster is not None:
            return await self._raster_schema(request, raster)
        if request_context(request.scope, LOGICAL_SCHEMA, self._api.public_url).representation is XSD:
            return await self._xml_schema(request)
        return await self._schema(request, LOGICAL_SCHEMA, "schema", schemas.logical_schema)

    async def _raster_schema(self, request: Request, served: ServedRaster) -> Response:
        title = self._api.service.collections[served.id].title

        async def document(context: RequestContext) -> Document:
            return raster_schema(served, title.in_language(context.language), context.links, context.language)

        return await self._answer(request, SCHEMA, "schema", title, document)

    async def _xml_schema(self, request: Request) -> Response:
        served = await self._served(request)
        context = request_context(request.scope, LOGICAL_SCHEMA, self._api.public_url)
        refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
        return sent(request, context, application_schema(served.collection), XSD.media_type)

    async def feature_schema(self, request: Request) -> Response:
        return await self._schema(request, SCHEMA_ONLY, "schema", schemas.feature_schema)

    async def _schema(
        self, request: Request, offered: tuple[Representation, ...], page: str, build: _SchemaBuilder
    ) -> Response:
        served = await self._served(request)
        title = self._title(served)

        async def document(context: RequestContext) -> Document:
            return build(served.collection, title.in_language(context.language), context.links, context.language)

        return await self._answer(request, offered, page, title, document)

    async def _served(self, request: Request) -> ServedCollection:
        return await self._api.served.collection(request.path_params["collection_id"])

    def _title(self, served: ServedCollection) -> Text:
        return self._api.service.collections[served.collection.id].title

    def _described(self, served: ServedCollection, context: RequestContext) -> Document:
        return documents.collection(self._api.service, served, context.links, context.language)


def _qgis_layers(
    request: Request, context: RequestContext, collection_id: str, title: str, layers: list[Element]
) -> Response:
    """A collection as a layer definition of QGIS. Raises BadRequest for an unknown parameter."""
    refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
    file = layer_definition(title, layers).encode()
    return sent(request, context, file, QLR.media_type, f"{collection_id}.qlr")
