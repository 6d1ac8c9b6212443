"""The access log: one line per answer in the Combined Log Format, and the seconds it took at the end."""

import os
import re
import sys
import time
from collections.abc import Callable
from typing import Self

from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from otn.api.context import headers_of
from otn.errors import SettingsError

STANDARD_ERROR = "-"
_CLIENT_LEFT = 499
"""For an answer that its client did not wait for, as nginx writes it."""
_UNSAFE = re.compile(r'[^\x20-\x7e]|["\\]')


class AccessLog:
    """Appends whole lines with one write each, so that several processes can share the file.

    Looks once a second whether the file was moved away, as logrotate does it, and then begins a new one. A log that
    cannot be written, on a full disk for example, stops no answer. Of a client behind one of the `proxies`, the
    addresses of whom X-Forwarded-For is believed, it is that client who is named.
    """

    def __init__(self, path: str, proxies: str = "", clock: Callable[[], float] = time.time) -> None:
        """Raises SettingsError where the file cannot be opened."""
        self._path = path
        self._proxies = ProxyHeadersMiddleware(_nothing, proxies).trusted_hosts
        self._clock = clock
        self._second = 0
        self._stamp = ""
        self._file = -1
        try:
            self._open()
        except OSError as error:
            raise SettingsError(f"OTN_ACCESS_LOG: cannot write {path}: {error.strerror}.") from error

    def write(self, scope: Scope, status: int | None, sent: int, seconds: float) -> None:
        """Status None says that the client left before the answer began."""
        now = int(self._clock())
        try:
            if now != self._second:
                self._tick(now)
            os.write(self._file, self._line(scope, status or _CLIENT_LEFT, sent, seconds).encode())
        except OSError:
            return

    def close(self) -> None:
        """Nothing can be written afterwards."""
        if self._path != STANDARD_ERROR:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self, scope: Scope, status: int, sent: int, seconds: float) -> str:
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        agent = headers_of(scope).get(b"user-agent", b"").decode("latin-1") or "-"
        return (
            f'{_safe(self._client(scope))} - - [{self._stamp}] "{scope["method"]} {_safe(target.decode("latin-1"))} '
            f'HTTP/{scope["http_version"]}" {status} {sent} "-" "{_safe(agent)}" {seconds:.6f}\n'
        )

    def _client(self, scope: Scope) -> str:
        address: str = scope["client"][0] if scope.get("client") else "-"
        if address not in self._proxies:
            return address
        forwarded = b", ".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        return self._proxies.get_trusted_client_address(forwarded.decode("latin-1"))[0] or address

    def _tick(self, now: int) -> None:
        self._second = now
        self._stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))
        if self._path == STANDARD_ERROR:
            return
        try:
            moved = not os.path.samestat(os.fstat(self._file), os.stat(self._path))  # noqa: PTH116
        except OSError:
            moved = True
        if moved:
            self._open()

    def _open(self) -> None:
        if self._path == STANDARD_ERROR:
            self._file = sys.stderr.fileno()
            return
        opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if self._file >= 0:
            os.close(self._file)
        self._file = opened


def _safe(text: str) -> str:
    """What a client sent can neither end its field nor its line."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


async def _nothing(*_: object) -> None:
    """The application behind uvicorn's knowledge of proxies, which is asked here only whom it believes."""
