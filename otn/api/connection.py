"""A connection of a client: what is kept is sent from here, before a request becomes a task of the application.

To answer from memory costs less than to make a task, its events and its messages for it, which is most of what uvicorn
does for a request. Of what is not kept, the head goes out with the first of the body: two calls of the system for one
answer, and two packets, are a sixth of what uvicorn takes to send it.
"""

import asyncio
import time
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from otn.api.middleware import Answers
from otn.api.response_cache import REQUEST_KEY, KeptAnswer, key_of

_LEAST_TO_GATHER = 2**16
"""In bytes: for less it costs more to have the system gather two pieces than to copy them into one."""


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 for an application that is `Answers`: it looks for an answer before it asks for one."""

    def __init__(self, config: Config, *arguments: Any, **more: Any) -> None:
        super().__init__(config, *arguments, **more)
        answers = config.loaded_app
        if not isinstance(answers, Answers):
            raise TypeError(f"{answers} keeps no answers.")
        self._cache, self._log = answers.cache, answers.log
        self._is_answered = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self.transport = self._joined = _Joined(transport)

    def on_headers_complete(self) -> None:
        """The request is known: it is answered, or given to the application under the name that it is kept by."""
        self._is_answered = False
        if self._cache is not None and self.parser.get_method() == b"GET":
            key = key_of(self.url, self.headers, self.scheme, self.server)
            if self._is_free() and (kept := self._cache.find(key)) is not None:
                self._is_answered = True
                self._send(kept)
                return
            self.scope[REQUEST_KEY] = key  # type: ignore[literal-required]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What comes with a reading, and means nothing, is passed over where it is answered already."""
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request, answered or not."""
        if not self._is_answered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer has ended, which may have had no body."""
        self._joined.flush()
        super().on_response_complete()

    def _is_free(self) -> bool:
        """Whether nothing that was asked for before is still to be sent, and the client takes what is."""
        is_idle = self.cycle is None or self.cycle.response_complete
        return is_idle and not self.flow.write_paused and not self.transport.is_closing()

    def _send(self, kept: KeptAnswer) -> None:
        began = time.perf_counter()
        stays_open = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        dated = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        end = b"\r\n" if stays_open else b"connection: close\r\n\r\n"
        self._joined.send(b"".join([STATUS_LINE[kept.status], *dated, kept.head, end]), kept.body)
        if not stays_open:
            self.transport.close()
        self.on_response_complete()
        if self._log is not None:
            path, _, query = self.url.partition(b"?")
            asked = {"method": "GET", "raw_path": path, "query_string": query}
            self._log.write({**self.scope, **asked}, kept.status, len(kept.body), time.perf_counter() - began)


class _Joined(asyncio.Transport):
    """What an answer is written to: its head is held back until there is something to send with it, or its end."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """The head of an answer comes in one piece; to go on at once is what 100 (Continue) is about."""
        if self._head:
            self.send(self._head, data)
            self._head = b""
        elif data[:9] == b"HTTP/1.1 " and data[9:12] != b"100":
            self._head = data
        else:
            self._transport.write(data)

    def send(self, head: bytes, body: bytes) -> None:
        """Sends the two as one."""
        if len(body) < _LEAST_TO_GATHER:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))

    def flush(self) -> None:
        """Holds nothing back."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()
