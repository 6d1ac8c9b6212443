"""Fetches what a publisher offers: politely, safely, and again only when it has changed.

An attempt asks for what is missing (the rest of an unfinished transfer, or the file if it is no longer the one in the
cache), each redirect is looked at before it is followed, the bytes go to the disk as they come, and only a whole file
with the right checksum counts. Transfers may be compressed with gzip; they are kept as sent until they are complete, so
that they can be resumed.
"""

import gzip
import random
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

import httpcore
import httpx

from otn import __version__
from otn.errors import DownloadError
from otn.etl.download_cache import CacheEntry, Part, Record, sha256_of
from otn.etl.download_guard import Deadline, GuardedBackend, GuardedTransport, Resolve, resolved
from otn.etl.download_retry import TRANSIENT_STATUSES, Backoff, GivenUp, TransientFailure, retry_after
from otn.etl.progress import Progress
from otn.model.service import Service

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_LAST_PORT = 65_535
# A date tells two versions of a file apart only if the file was left alone for a while (RFC 9110, 8.8.2.2).
_SETTLED = timedelta(seconds=60)
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True)
class DownloadLimits:
    """What a download may cost: bytes sent and bytes unpacked, seconds in all and of silence, attempts, redirects.

    `allow_private` lets it reach addresses of this machine and its network.
    """

    max_bytes: int = 8 << 30
    seconds: float = 3600.0
    silence: float = 60.0
    attempts: int = 5
    redirects: int = 5
    allow_private: bool = False
    backoff: Backoff = field(default_factory=Backoff)


@dataclass(frozen=True)
class Downloaded:
    """A whole file in the cache; `from_cache` when nothing had to be transferred. `fetched_at` is when it came."""

    path: Path
    sha256: str
    etag: str | None
    last_modified: str | None
    from_cache: bool
    bytes: int
    fetched_at: datetime


@dataclass(frozen=True)
class Outside:
    """What a download needs of the world: how to resolve and dial, clocks, chance."""

    resolve: Resolve = resolved
    dial: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.SystemRandom().random


def user_agent(service: Service | None = None) -> str:
    """Who asks, with the address of the service's contact where config/pygeoapi.yml has one."""
    contact = service.metadata.contact if service is not None else None
    address = (contact.url or contact.email or "") if contact is not None else ""
    plain = "".join(sign for sign in address if sign.isascii() and sign.isprintable() and sign not in "() ")
    return f"OTN/{__version__} (+{plain})" if plain else f"OTN/{__version__}"


def fetch(
    url: str,
    *,
    cache: Path,
    progress: Progress,
    limits: DownloadLimits = DownloadLimits(),
    name: str | None = None,
    sha256: str | None = None,
    agent: str | None = None,
    outside: Outside | None = None,
) -> Downloaded:
    """The file at `url`, from the folder `cache` if it is still the one that the publisher offers.

    `name` is what the file is called there, if not by the end of the URL; `sha256` is what its content must have, and
    if the cache has it nothing is asked. An interrupted transfer is taken up by the next call. Raises DownloadError.
    """
    try:
        address = _checked_url(httpx.URL(url), None)
        entry = CacheEntry(cache, url, name or address.path.rpartition("/")[2])
        with entry.locked(limits.seconds):
            return _Download(url, entry, limits, outside or Outside(), progress, sha256).run(agent or user_agent())
    except httpx.InvalidURL as error:
        raise DownloadError(f"{url} is no URL: {error}.") from error
    except GivenUp as error:
        raise DownloadError(f"{url} cannot be downloaded: {error}.") from error
    except OSError as error:
        raise DownloadError(f"{url} cannot be kept in {cache}: {error.strerror}.") from error


class _Download:
    def __init__(
        self,
        url: str,
        entry: CacheEntry,
        limits: DownloadLimits,
        outside: Outside,
        progress: Progress,
        sha256: str | None,
    ) -> None:
        self.url = url
        self.entry = entry
        self.limits = limits
        self.outside = outside
        self.progress = progress
        self.sha256 = sha256
        self.deadline = Deadline(limits.seconds, outside.monotonic)

    def run(self, agent: str) -> Downloaded:
        current = self.entry.current()
        if self.sha256 is not None and current is not None:
            if current.sha256 == self.sha256:
                return self._downloaded(current, from_cache=True)
            current = None
        with self._client(agent) as client:
            failures = 0
            while True:
                try:
                    return self._attempt(client, current)
                except TransientFailure as failure:
                    failures += 1
                    self._wait(failures, failure)

    def _client(self, agent: str) -> httpx.Client:
        """Speaks to no proxy, since that would choose the address in place of the guard."""
        backend = GuardedBackend(
            self.outside.dial, self.outside.resolve, allow_private=self.limits.allow_private, deadline=self.deadline
        )
        return httpx.Client(
            transport=GuardedTransport(backend),
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
            timeout=self.limits.silence,
            trust_env=False,
        )

    def _wait(self, failures: int, failure: TransientFailure) -> None:
        """Waits before the next attempt. Raises GivenUp if there is to be none."""
        if self.deadline.left() <= 0:
            raise GivenUp(f"it was not there after {self.limits.seconds:g} seconds") from failure
        if failures == self.limits.attempts:
            raise GivenUp(f"{failure}, and {failures} attempts were made") from failure
        if (failure.asked or 0) > self.limits.backoff.patience:
            raise GivenUp(f"{failure}, and is not to be asked again for {failure.asked:g} seconds") from failure
        seconds = self.limits.backoff.wait(failures, self.outside.random(), failure.asked)
        if seconds >= self.deadline.left():
            raise GivenUp(f"{failure}, and too little is left of {self.limits.seconds:g} seconds") from failure
        self.outside.sleep(seconds)

    def _attempt(self, client: httpx.Client, current: Record | None) -> Downloaded:
        unfinished = self.entry.part()
        with _failures_of_the_network(self.limits), self._answer(client, unfinished, current) as response:
            match response.status_code:
                case HTTPStatus.OK:
                    part = self._new_part(response)
                    self._receive(response, part, 0)
                case HTTPStatus.PARTIAL_CONTENT if unfinished is not None:
                    part, size = unfinished
                    self._require_the_rest(response, part, size)
                    self._receive(response, part, size)
                case HTTPStatus.NOT_MODIFIED if unfinished is None and current is not None:
                    return self._downloaded(current, from_cache=True)
                case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE if unfinished is not None:
                    self.entry.discard_part()
                    raise TransientFailure("there is no more of it than was here already")
                case status:
                    raise self._refusal(status, response)
        return self._whole(part)

    @contextmanager
    def _answer(
        self, client: httpx.Client, unfinished: tuple[Part, int] | None, current: Record | None
    ) -> Iterator[httpx.Response]:
        """The answer after all redirects, its body still to come."""
        request = client.build_request("GET", self.url, headers=_conditions(unfinished, current))
        for _ in range(self.limits.redirects + 1):
            response = client.send(request, stream=True)
            with closing(response):
                if response.next_request is None:
                    yield response
                    return
            _checked_url(response.next_request.url, request.url)
            request = response.next_request
        raise GivenUp(f"it was redirected more than {self.limits.redirects} times")

    def _refusal(self, status: int, response: httpx.Response) -> Exception:
        reason = f"{response.url.host} answered {status} {response.reason_phrase}".rstrip()
        if status in TRANSIENT_STATUSES:
            return TransientFailure(reason, retry_after(response.headers, self.outside.now()))
        return GivenUp(reason)

    def _new_part(self, response: httpx.Response) -> Part:
        headers = response.headers
        coding = headers.get("content-encoding", "identity").strip().lower().removeprefix("x-")
        if coding not in ("identity", "gzip"):
            raise GivenUp(f"it is sent in the coding {coding!r}, which was not asked for")
        length = headers.get("content-length")
        part = Part(
            etag=_plain(headers.get("etag")),
            last_modified=_plain(headers.get("last-modified")),
            validator=_validator(headers),
            coding=coding,
            total=int(length) if length is not None else None,
        )
        self._require_room(part.total or 0)
        self.entry.begin_part(part)
        return part

    def _require_the_rest(self, response: httpx.Response, part: Part, size: int) -> None:
        """Raises TransientFailure, and forgets the part, if what is sent does not go on where the part ends."""
        headers = response.headers
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
        fits = (
            found is not None
            and int(found[1]) == size
            and (part.total is None or int(found[3]) == part.total)
            and headers.get("etag", part.etag) == part.etag
            and headers.get("content-encoding", "identity").strip().lower().removeprefix("x-") == part.coding
        )
        if not fits:
            self.entry.discard_part()
            raise TransientFailure("the rest was asked for, and something else was sent")

    def _receive(self, response: httpx.Response, part: Part, size: int) -> None:
        self.progress.stage(f"download {self.entry.name}", part.total)
        self.progress.advance(size)
        with self.entry.part_file.open("ab") as file:
            for chunk in response.iter_raw():
                size += len(chunk)
                self._require_room(size)
                file.write(chunk)
                self.progress.advance(len(chunk))
        if part.total is not None and size > part.total:
            self.entry.discard_part()
        if part.total is not None and size != part.total:
            raise TransientFailure(f"it ended after {size:,} of {part.total:,} bytes")

    def _require_room(self, size: int) -> None:
        if size > self.limits.max_bytes:
            self.entry.discard_part()
            raise GivenUp(f"it has more than {self.limits.max_bytes:,} bytes")

    def _whole(self, part: Part) -> Downloaded:
        """Makes a complete part the newest whole file."""
        file = self._decoded(part)
        size, digest = file.stat().st_size, sha256_of(file)
        if size == 0 or self.sha256 not in (None, digest):
            self.entry.discard_part()
            raise GivenUp("it is empty" if size == 0 else f"its SHA-256 is {digest}, and {self.sha256} is declared")
        now = self.outside.now()
        record = Record(self.url, self.entry.name, part.etag, part.last_modified, digest, size, now)
        self.entry.commit(file, record)
        return self._downloaded(record, from_cache=False)

    def _decoded(self, part: Part) -> Path:
        """The content of a complete part.

        Some servers call a file that is itself a .gz encoded in gzip; it is kept as it is.
        """
        sent, whole = self.entry.part_file, self.entry.whole_file
        if part.coding == "identity":
            return sent
        try:
            with gzip.open(sent) as content, whole.open("wb") as file:
                size = 0
                while chunk := content.read(_CHUNK):
                    if size == 0 and self.entry.name.endswith((".gz", ".tgz")) and not chunk.startswith(_GZIP_MAGIC):
                        return sent
                    size += len(chunk)
                    self._require_room(size)
                    file.write(chunk)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            self.entry.discard_part()
            raise GivenUp(f"it is said to be compressed with gzip but is not ({error})") from error
        return whole

    def _downloaded(self, record: Record, *, from_cache: bool) -> Downloaded:
        return Downloaded(
            path=self.entry.path(record),
            sha256=record.sha256,
            etag=record.etag,
            last_modified=record.last_modified,
            from_cache=from_cache,
            bytes=record.bytes,
            fetched_at=record.fetched_at,
        )


def _checked_url(url: httpx.URL, before: httpx.URL | None) -> httpx.URL:
    """Raises GivenUp for a URL that is not to be asked, or not after the one before it."""
    what = "it" if before is None else f"{before.host} redirects to {url.scheme}://{url.host}, which"
    if url.scheme not in ("http", "https"):
        raise GivenUp(f"{what} is neither http nor https")
    if not url.host:
        raise GivenUp(f"{what} names no host")
    if (url.port or 0) > _LAST_PORT:
        raise GivenUp(f"{what} names a port that cannot be")
    if url.userinfo:
        raise GivenUp(f"{what} holds a name or password, which would be shown and kept")
    if before is not None and before.scheme == "https" and url.scheme == "http":
        raise GivenUp(f"{what} is not encrypted, as the way there was")
    return url


def _conditions(unfinished: tuple[Part, int] | None, current: Record | None) -> dict[str, str]:
    """The headers that ask only for what is not here."""
    if unfinished is not None:
        part, size = unfinished
        return {"Range": f"bytes={size}-", "If-Range": part.validator or ""}
    if current is None:
        return {}
    conditions = {"If-None-Match": current.etag, "If-Modified-Since": current.last_modified}
    return {name: value for name, value in conditions.items() if value is not None}


def _validator(headers: httpx.Headers) -> str | None:
    """What tells this version of the file from any other, byte by byte; None where nothing does."""
    etag = headers.get("etag")
    if headers.get("accept-ranges") == "none":
        return None
    if etag is not None:
        return None if etag.startswith("W/") else _plain(etag)
    try:
        age = parsedate_to_datetime(headers["date"]) - parsedate_to_datetime(headers["last-modified"])
    except (KeyError, ValueError, TypeError):
        return None
    return _plain(headers["last-modified"]) if age >= _SETTLED else None


def _plain(header: str | None) -> str | None:
    """A header that can be sent back."""
    return header if header and header.isascii() and header.isprintable() else None


@contextmanager
def _failures_of_the_network(limits: DownloadLimits) -> Iterator[None]:
    """Says which of them may pass."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise TransientFailure(f"nothing came for {limits.silence:g} seconds") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise TransientFailure(f"the connection failed ({str(error).rstrip('.')})") from error
    except (httpx.RemoteProtocolError, httpcore.LocalProtocolError) as error:
        raise GivenUp(f"its server makes no sense ({str(error).rstrip('.')})") from error
