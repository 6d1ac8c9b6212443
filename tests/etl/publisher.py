"""A publisher's server that misbehaves as a test tells it to: real sockets, answers written byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import httpcore

from otn.etl.download import Downloaded, Outside
from otn.etl.download_guard import resolved

HOST = "publisher.example"
PUBLIC_ADDRESS = "93.184.215.14"
NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """The target and the headers of a request, by small names."""

    target: str
    headers: dict[str, str]


# What is sent, in pieces; the connection is closed after the last one.
Answer = Callable[[Asked], Iterable[bytes]]
# Downloads from the publisher: a URL, and the name, checksum and limits by name.
Get = Callable[..., Downloaded]


def head(*lines: str) -> bytes:
    """The beginning of a good answer, for bodies that are sent in another way."""
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def answer(body: bytes = b"", status: str = "200 OK", length: int | None = None, /, **headers: str) -> Answer:
    """An answer with a Content-Length, true or not."""
    fields = {"Content-Length": str(len(body) if length is None else length)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return lambda _: [f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1"), body]


def redirect(to: str, status: str = "302 Found") -> Answer:
    """An answer that leads elsewhere."""
    return answer(b"moved", status, Location=to)


def file(body: bytes, **headers: str) -> Answer:
    """What a good server does with a file: whole, or from where it is asked, if it is the version that is asked for."""

    def serve(asked: Asked) -> Iterable[bytes]:
        tags = {"ETag": '"one"'} | headers
        if asked.headers.get("if-none-match") == tags["ETag"]:
            return answer(b"", "304 Not Modified", **tags)(asked)
        if "range" not in asked.headers or asked.headers["if-range"] != tags["ETag"]:
            return answer(body, **tags)(asked)
        start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return answer(body[start:], "206 Partial Content", Content_Range=where, **tags)(asked)

    return serve


class Publisher:
    """Gives its answers one after the other, the last one again and again, and keeps what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.stopping = threading.Event()
        self._answers: list[Answer] = [answer(b"", "404 Not Found")]
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/roads.csv"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def answers(self, *answers: Answer) -> None:
        """What it answers from now on."""
        self._answers = list(answers)
        self.asked.clear()

    def hang(self) -> bytes:
        """Nothing, until the test is over."""
        self.stopping.wait()
        return b""

    def stop(self) -> None:
        """Ends all connections; nobody is there any more."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self._tls is None:
                self._answer(connection)
            else:
                with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                    self._answer(encrypted)

    def _answer(self, connection: socket.socket) -> None:
        asked = _request(connection)
        self.asked.append(asked)
        now = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        for piece in now(asked):
            connection.sendall(piece)


def _request(connection: socket.socket) -> Asked:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionError("nobody asks any more")
        received += piece
    first, *lines = received.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Asked(first.split(" ")[1], {name.lower(): value for name, value in headers.items()})


@contextmanager
def publishing(tls: ssl.SSLContext | None = None) -> Iterator[Publisher]:
    """A server for the time of a test."""
    publisher = Publisher(tls)
    try:
        yield publisher
    finally:
        publisher.stop()


class Dial(httpcore.NetworkBackend):
    """Leads every connection to one port of this machine, and keeps which addresses were dialled.

    `encrypted` False takes TLS for granted, so that https can be asked of a server without certificate.
    """

    def __init__(self, port: int, *, encrypted: bool = False) -> None:
        self.dialled: list[str] = []
        self._port = port
        self._encrypted = encrypted

    def connect_tcp(
        self,
        host: str,
        port: int,  # noqa: ARG002
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append(host)
        stream = httpcore.SyncBackend().connect_tcp("127.0.0.1", self._port, timeout, local_address, socket_options)
        return stream if self._encrypted else _Plain(stream)


class _Plain(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.read = stream.read  # type: ignore[method-assign]
        self.write = stream.write  # type: ignore[method-assign]
        self.close = stream.close  # type: ignore[method-assign]

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002
        server_hostname: str | None = None,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return self


@dataclass
class World:
    """The world as a test has it: time passes only when it is let pass, names resolve as `names` says."""

    port: int
    encrypted: bool = False
    names: dict[str, list[str]] = field(default_factory=lambda: {HOST: [PUBLIC_ADDRESS]})
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dial = Dial(self.port, encrypted=self.encrypted)

    def wait(self, seconds: float) -> None:
        """Lets time pass at once."""
        self.waits.append(seconds)
        self.seconds += seconds

    @property
    def outside(self) -> Outside:
        """This world, for a download; chance always chooses the longest wait."""
        return Outside(
            resolve=lambda host, port: self.names[host] if host in self.names else resolved(host, port),
            dial=self.dial,
            monotonic=lambda: self.seconds,
            sleep=self.wait,
            now=lambda: NOON,
            random=lambda: 1.0,
        )


def http_date(moment: datetime) -> str:
    """A moment as headers have it."""
    return format_datetime(moment, usegmt=True)
