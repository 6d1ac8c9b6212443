"""`/collections/{collectionId}/download`: all features that are asked for as one file, in any format."""

from starlette.types import Receive, Scope, Send

from otn.api import texts
from otn.api.conditional import is_not_modified
from otn.api.context import Api, RequestContext, request_context, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.documents import instant, licence_link, xml_schema_link
from otn.api.encoders.registry import BY_MEDIA_TYPE, DOWNLOADS, OutputFormat
from otn.api.encoders.view import Page, notice
from otn.api.feature_files import FeatureFile, Streamed, send_features
from otn.api.links import link_header
from otn.api.negotiation import GML, JSON_TYPE
from otn.api.ordering import Ordering
from otn.api.query import FeaturesQuery, download_query, require_available
from otn.api.selection_sql import selection_sql
from otn.api.served import ServedCollection, find_collection
from otn.api.sql import view
from otn.api.validators import etag, validators
from otn.store.statement import SqlParameters


class Download:
    """Answers with a file, its name, and a link to its licence; without a body to HEAD."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        collection = find_collection(scope["path_params"]["collection_id"])
        context = request_context(scope, DOWNLOADS, self._api.public_url)
        query = download_query(collection, context.parameters)
        output = BY_MEDIA_TYPE[context.representation.media_type]
        output.require_able(query.presentation.crs)
        served = await self._api.served.collection(collection.id)
        require_available(query.systems, served.bbox, collection)
        if is_not_modified(scope, etag(context, served.version), served.updated):
            headers = validators(context, served.version, served.updated)
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body"})
            return
        file = self._file(output, query, context, served)
        answer = Streamed(send, _headers(file, context, served))
        if scope["method"] == "GET":
            async with self._api.pool.streaming(), WhileConnected(receive):
                await send_features(file, self._api.pool, answer)
        # Once the answer is complete the server reports the client as gone: nobody may be listening then.
        await answer.end()

    def _file(
        self, output: OutputFormat, query: FeaturesQuery, context: RequestContext, served: ServedCollection
    ) -> FeatureFile:
        collection = served.collection
        parameters = SqlParameters()
        shown = view(collection, query.presentation, parameters)
        schema = xml_schema_link(collection.id, context.links, context.language)
        page = Page(
            view=shown,
            title=self._api.service.collections[collection.id].title.in_language(context.language),
            notice=notice(served.attribution, served.licences),
            time_stamp=instant(served.updated),
            links=[
                context.links.to(
                    "collection",
                    f"/collections/{collection.id}",
                    JSON_TYPE,
                    texts.COLLECTION.in_language(context.language),
                ),
                *(licence_link(licence) for licence in served.licences),
                *([schema] if output.representation is GML else []),
            ],
        )
        conditions = selection_sql(query.selection, parameters)
        order = Ordering(query.order, None).sql
        return FeatureFile(output, page, conditions, order, tuple(parameters.values))


def _headers(file: FeatureFile, context: RequestContext, served: ServedCollection) -> list[tuple[bytes, bytes]]:
    name = file.output.file_name(served.collection.id)
    return [
        (b"content-type", file.output.representation.media_type.encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"content-language", context.language.encode()),
        (b"content-crs", f"<{file.page.view.crs.uri}>".encode()),
        (b"link", link_header(list(file.page.links), ("license",)).encode("latin-1", "replace")),
        *validators(context, served.version, served.updated),
    ]
