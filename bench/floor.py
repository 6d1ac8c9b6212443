"""What sending costs by itself: the bytes that OTN answered, from memory, in the server that OTN runs in.

An ASGI application for uvicorn; the folder of the answers stands in BENCH_FILES.
"""

import os
from pathlib import Path

from starlette.types import Receive, Scope, Send

_folder = Path(os.environ["BENCH_FILES"])
_answers = {f"/{path.relative_to(_folder)}": path.read_bytes() for path in _folder.rglob("*.json")}


async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - the names are ASGI's
    """`/{case}/{number}.json`, as nginx serves them."""
    if scope["type"] == "http":
        body = _answers.get(scope["path"], b"")
        headers = [(b"content-type", b"application/geo+json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
