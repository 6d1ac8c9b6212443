"""Whether the service lives and whether it can serve, for supervisors and load balancers."""

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from otn.api.context import Api
from otn.api.negotiation import JSON_TYPE
from otn.api.served import served_collections
from otn.errors import Unavailable

_HEADERS = {"Cache-Control": "no-store"}


async def live() -> Response:
    """The process answers."""
    return Response(b'{"status":"live"}', 200, _HEADERS, JSON_TYPE)


def ready(api: Api) -> Callable[[Request], Awaitable[Response]]:
    """The database answers, has the tables, and something is loaded; else 503."""

    async def endpoint(request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
        served = await served_collections(api.pool)
        if not served:
            raise Unavailable("Nothing has been loaded yet.")
        document = {"status": "ready", "collections": [entry.collection.id for entry in served]}
        return Response(orjson.dumps(document), 200, _HEADERS, JSON_TYPE)

    return endpoint
