"""The way to a publisher's server: to public addresses only, to the very address that was checked, and within a time.

A name is resolved once for each connection. Every address it has is checked, and the connection goes to one of those
that were checked: a name server that changes its answer afterwards (DNS rebinding) changes nothing. Certificates are
checked against the name all the same, since only the dialling is replaced.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

from otn.etl.download_retry import GivenUp

# Addresses of a host, as numbers. Raises OSError when there are none.
Resolve = Callable[[str, int], list[str]]

# Addresses of IPv4 as networks without IPv4 see them (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host as this machine resolves it; numbers in any spelling resolve to themselves."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address can only be a server of the public internet, whatever IPv4 address it carries inside."""
    number = ip_address(address)
    if isinstance(number, IPv4Address):
        return number.is_global and not number.is_multicast
    inner = _carried(number)
    if inner is not None:
        return is_public(str(inner))
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_site_local)


def _carried(number: IPv6Address) -> IPv4Address | None:
    if number in _NAT64:
        return IPv4Address(int(number) & 0xFFFF_FFFF)
    return number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)


class Deadline:
    """The moment at which a download is given up; `monotonic` is a clock in seconds."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; none are left when it is not positive."""
        return self._end - self._monotonic()

    def bounded(self, timeout: float | None) -> float:
        """No longer than what is left. Raises httpcore.ReadTimeout when nothing is."""
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("The time for the download is over.")
        return left if timeout is None else min(left, timeout)


class GuardedBackend(httpcore.NetworkBackend):
    """Dials only what may be dialled; nothing on its connections lasts longer than the deadline."""

    def __init__(
        self, dial: httpcore.NetworkBackend, resolve: Resolve, *, allow_private: bool, deadline: Deadline
    ) -> None:
        self._dial = dial
        self._resolve = resolve
        self._allow_private = allow_private
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises GivenUp for a host that does not exist or must not be reached."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._checked(host, port):
            bounded = self._deadline.bounded(timeout)
            try:
                stream = self._dial.connect_tcp(address, port, bounded, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _GuardedStream(stream, self._deadline)
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except socket.gaierror as error:
            if error.errno == socket.EAI_NONAME:
                raise GivenUp(f"there is no host {host}") from error
            raise httpcore.ConnectError(f"{host} cannot be resolved ({error.strerror})") from error
        except (OSError, UnicodeError) as error:
            raise GivenUp(f"{host} is no name of a host") from error
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise GivenUp(
                        f"{host} has the address {address}, which is not on the public internet "
                        "(OTN_ALLOW_PRIVATE_DOWNLOADS=yes allows it)"
                    )
        return addresses


class _GuardedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.bounded(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.bounded(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Raises GivenUp when the certificate is not one of the server's."""
        bounded = self._deadline.bounded(timeout)
        try:
            return _GuardedStream(self._stream.start_tls(ssl_context, server_hostname, bounded), self._deadline)
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise GivenUp(
                    f"{server_hostname} cannot be trusted ({error.__cause__.verify_message.rstrip('.')})"
                ) from error
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """Lets an httpx client speak through a guarded backend; what fails on the way stays an error of httpcore."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request without a body."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
