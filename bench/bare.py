"""What reading an edition costs by itself: no negotiation, validation, links, headers or envelope.

An ASGI application for uvicorn, run as OTN is; the folder of editions stands in BENCH_EDITIONS.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from otn.edition.shelf import Shelf
from otn.model.collections import ROADS

_shelf = Shelf(Path(os.environ["BENCH_EDITIONS"]))
_shelf.poll()


async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - the names are ASGI's
    """`/items?limit=...&bbox=...` and `/items/{id}` of roads; the requests of the bench are well-formed."""
    if scope["type"] == "http":
        body = _answer(scope["path"], parse_qs(scope["query_string"].decode()))
        headers = [(b"content-type", b"application/geo+json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _answer(path: str, query: dict[str, list[str]]) -> bytes:
    edition = _shelf.current(ROADS.id)
    if edition is None:
        return b""
    name = path.rpartition("/")[2]
    if name != "items":
        found = edition.feature(int(name))
        return b"" if found is None else bytes(found[0])
    boxes = []
    for text in query.get("bbox", []):
        west, south, east, north = (float(number) for number in text.split(","))
        boxes.append((west, south, east, north))
    page = edition.page(boxes, limit=int(query["limit"][0]))
    head = b'{"type":"FeatureCollection","numberMatched":%d,"features":[' % page.matched
    return b"".join((head, b",".join(page.runs()), b"]}"))
