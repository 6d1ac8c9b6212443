"""`/collections/{collectionId}/tiles/WebMercatorQuad.pmtiles`: all ready-made tiles of a collection as one file.

Clients read of it what they need, by range requests; the format is PMTiles 3.
"""

from starlette.types import Receive, Scope, Send

from otn.api.conditional import REVALIDATE
from otn.api.context import Api, require_reading
from otn.api.file_ranges import SentFile, send_file
from otn.api.negotiation import PMTILES_TYPE
from otn.api.parameters import parse_parameters, refuse_unknown
from otn.api.served import find_collection, no_collection
from otn.errors import DamagedPart, NotFound


class TileArchive:
    """Answers with the file, or a range of it; without a body to HEAD."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        refuse_unknown(dict(parse_parameters(scope["query_string"])), frozenset())
        collection = find_collection(scope["path_params"]["collection_id"])
        edition = self._api.editions.current(collection)
        if edition is not None and not edition.count:
            raise no_collection(collection.id)
        file = self._api.editions.tiles(collection)
        try:
            if file is not None:
                file.check()
        except DamagedPart:
            file = None
        if file is None:
            raise NotFound(f"There are no ready-made tiles of {collection.id} now; its tiles are made one by one.")
        headers = (
            (b"content-type", PMTILES_TYPE.encode()),
            (b"content-disposition", f'attachment; filename="{collection.id}.pmtiles"'.encode()),
            (b"cache-control", REVALIDATE.encode()),
            (b"otn-edition", b"%d" % file.tiles_of.number),
        )
        sent = SentFile(file.size, file.read, f'"{file.checksum}"', file.updated, headers)
        await send_file(scope, receive, send, sent)
