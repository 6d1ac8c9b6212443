"""Scripts, styles, letters and icons of pages and maps, sent in one piece."""

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# The system's own list of types need not know these.
_MEDIA_TYPES = {".mjs": "text/javascript", ".pbf": "application/x-protobuf", ".svg": "image/svg+xml"}


class WholeFiles(StaticFiles):
    """Static files as one message each, which otn.api.middleware can compress.

    Browsers keep them and ask each time whether they are still the same.
    """

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path = Path(full_path)
        found = FileResponse(path, status_code, stat_result=stat_result)
        # Weak: the tag is the same whether the answer is compressed or not (RFC 9110 8.8.1).
        headers = {
            "ETag": f"W/{found.headers['etag']}",
            "Last-Modified": found.headers["last-modified"],
            "Cache-Control": "no-cache",
        }
        if self.is_not_modified(found.headers, Headers(scope=scope)):
            return Response(None, 304, headers)
        media_type = _MEDIA_TYPES.get(path.suffix, found.media_type)
        return Response(path.read_bytes(), status_code, headers, media_type)
