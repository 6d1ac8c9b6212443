"""Files that are sent as they lie: whole, or the one range that a client asks for.

Source: RFC 9110 13 "Conditional Requests" and 14 "Range Requests". A range counts in the bytes of the file, so no
coding is put on it, and its entity tag is the same for every client. A text that is asked for whole may be worth a
coding; it then has another tag.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from otn.api.codings import AS_IT_IS, IDENTITY, coding_for, is_compressible
from otn.api.conditional import is_not_modified
from otn.api.context import headers_of
from otn.api.disconnect import WhileConnected
from otn.api.feature_files import PIECE, Streamed
from otn.api.validators import http_date

_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,20})\s*-\s*([0-9]{0,20})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class SentFile:
    """What is sent: `read(length, offset)` gives bytes of the file, at least one while `offset` is below `size`.

    It runs in a thread, and need not be asked for more than PIECE bytes. `etag` is strong: another content has another
    one. `headers` are those of the file, among them its content type.
    """

    size: int
    read: Callable[[int, int], bytes]
    etag: str
    last_modified: datetime
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def send_file(scope: Scope, receive: Receive, send: Send, file: SentFile) -> None:
    """Answers GET and HEAD with 200, 206 or 304.

    Raises HTTPException for a range that the file does not have (416), ClientLeft, and OSError where the file ends
    before its size.
    """
    headers = [*file.headers, (b"etag", file.etag.encode()), (b"last-modified", http_date(file.last_modified))]
    coded = _is_better_coded(scope, file)
    if not coded:
        headers.append((AS_IT_IS, b"bytes"))
    if is_not_modified(scope, file.etag, file.last_modified, coded=coded):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body"})
        return
    found = _wanted(scope, file)
    wanted = range(file.size) if found is None else found
    if found is not None:
        headers.append((b"content-range", b"bytes %d-%d/%d" % (found[0], found[-1], file.size)))
    headers.append((b"content-length", b"%d" % len(wanted)))
    answer = Streamed(send, headers, 200 if found is None else 206)
    if scope["method"] == "GET":
        async with WhileConnected(receive):
            for start in wanted[::PIECE]:
                await answer.send(await _read(file, start, min(PIECE, wanted.stop - start)))
    # Once the answer is complete the server reports the client as gone: nobody may be listening then.
    await answer.end()


def wanted_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for; none of them where it asks for what a file of that size does not have.

    None where the header is to be ignored: it has another unit or several ranges, or cannot be understood.
    """
    read = _RANGE.fullmatch(header.strip())
    if read is None or read[1] == read[2] == "":
        return None
    if not read[1]:
        return range(max(size - int(read[2]), 0), size) if size else None
    first, last = int(read[1]), int(read[2] or size)
    if read[2] and last < first:
        return None
    return range(first, min(last + 1, size))


def _is_better_coded(scope: Scope, file: SentFile) -> bool:
    asks_for_range = headers_of(scope).get(b"range", b"") != b""
    content_type = dict(file.headers).get(b"content-type", b"")
    return is_compressible(content_type) and not asks_for_range and coding_for(scope).coding != IDENTITY


def _wanted(scope: Scope, file: SentFile) -> range | None:
    headers = headers_of(scope)
    said, condition = (headers.get(name, b"").decode("latin-1") for name in (b"range", b"if-range"))
    # Only a strong tag says that the rest of a file belongs to its beginning; a date of whole seconds does not.
    if scope["method"] != "GET" or condition.strip() not in ("", file.etag):
        return None
    found = wanted_range(said, file.size)
    if found is not None and not found:
        raise HTTPException(
            416,
            f"The file has {file.size:,} bytes, and none in the range {said[:60]!r}.",
            {"Content-Range": f"bytes */{file.size}", "Accept-Ranges": "bytes"},
        )
    return found


async def _read(file: SentFile, start: int, length: int) -> bytes:
    read = bytearray()
    while len(read) < length:
        piece = await asyncio.to_thread(file.read, length - len(read), start + len(read))
        if not piece:
            raise OSError("A file has been cut while it was sent.")
        read += piece
    return bytes(read)
