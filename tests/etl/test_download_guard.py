"""No download leaves the public internet, whatever a URL, a redirect or a name server says."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from otn.errors import DownloadError
from otn.etl.download import Downloaded, DownloadLimits, Outside, fetch
from otn.etl.download_guard import is_public
from otn.etl.progress import Silent
from tests.etl.publisher import HOST, PUBLIC_ADDRESS, Publisher, World, file, publishing, redirect

CONTENT = b"id;name\n"

PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.251",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "100::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_it_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC_ADDRESS, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
)
def test_it_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_alike_inside_one_of_ipv6(address: IPv4Address) -> None:
    for network in ("::ffff:0:0", "64:ff9b::"):
        inside = IPv6Address(int(IPv6Address(network)) + int(address))
        assert is_public(str(inside)) == is_public(str(address))


@given(st.ip_addresses(network="fc00::/7") | st.ip_addresses(network="fe80::/9") | st.ip_addresses(network="ff00::/8"))
def test_no_address_of_a_network_of_ipv6_s_own_is_public(address: IPv6Address) -> None:
    assert not is_public(str(address))


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as publisher:
        publisher.answers(file(CONTENT))
        yield publisher


def get(url: str, world: World, cache: Path, *, allow_private: bool = False) -> Downloaded:
    limits = DownloadLimits(allow_private=allow_private)
    return fetch(url, cache=cache, progress=Silent(), limits=limits, outside=world.outside)


# Spelled in every way that a resolver takes for an address of this machine or its network.
SPELLINGS = [
    "localhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[fe80::1]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_url_that_leads_inside_is_refused(publisher: Publisher, tmp_path: Path, host: str) -> None:
    world = World(publisher.port)
    with pytest.raises(DownloadError, match=r"which is not on the public internet|is no URL|is no name of a host"):
        get(f"http://{host}/roads.csv", world, tmp_path)
    assert (world.dial.dialled, world.waits) == ([], [])


@pytest.mark.parametrize("host", SPELLINGS[:14])
def test_a_redirect_that_leads_inside_is_refused(publisher: Publisher, tmp_path: Path, host: str) -> None:
    world = World(publisher.port)
    publisher.answers(redirect(f"http://{host}/latest/meta-data"), file(CONTENT))
    with pytest.raises(DownloadError, match=r"which is not on the public internet|its server makes no sense"):
        get(f"http://{HOST}/roads.csv", world, tmp_path)
    assert world.dial.dialled == [PUBLIC_ADDRESS]
    assert len(publisher.asked) == 1


def test_one_private_address_among_public_ones_is_enough(publisher: Publisher, tmp_path: Path) -> None:
    world = World(publisher.port, names={HOST: [PUBLIC_ADDRESS, "10.0.0.1"]})
    with pytest.raises(DownloadError, match=f"{HOST} has the address 10.0.0.1, which is not on the public internet"):
        get(f"http://{HOST}/", world, tmp_path)
    assert world.dial.dialled == []


def test_the_address_that_was_checked_is_the_one_that_is_dialled(publisher: Publisher, tmp_path: Path) -> None:
    """A name server that says something else each time (DNS rebinding) is asked once for a connection."""
    world = World(publisher.port)
    replies = [[PUBLIC_ADDRESS], ["127.0.0.1"]]
    outside = Outside(resolve=lambda *_: replies.pop(0), dial=world.dial, sleep=world.wait)
    fetch(f"http://{HOST}/", cache=tmp_path, progress=Silent(), outside=outside)
    assert (world.dial.dialled, len(replies)) == ([PUBLIC_ADDRESS], 1)


def test_private_addresses_are_reached_where_that_is_allowed(publisher: Publisher, tmp_path: Path) -> None:
    limits = DownloadLimits(allow_private=True)
    downloaded = fetch(publisher.url, cache=tmp_path, progress=Silent(), limits=limits)
    assert downloaded.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "it is neither http nor https"),
        ("ftp://publisher.example/x", "it is neither http nor https"),
        ("roads.csv", "it is neither http nor https"),
        ("", "it is neither http nor https"),
        ("http:///x", "it names no host"),
        ("http://user:secret@publisher.example/x", "it holds a name or password"),
        ("http://publisher.example:65536/x", "it names a port that cannot be"),
        ("http://publisher.example:port/x", "is no URL"),
        ("http://[::1/x", "is no URL"),
        ("http://x" + "x" * 70 + ".example/", "is no"),
    ],
)
def test_a_url_that_is_not_to_be_asked(tmp_path: Path, url: str, reason: str) -> None:
    with pytest.raises(DownloadError, match=reason):
        fetch(url, cache=tmp_path, progress=Silent())


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "redirects to file://.*, which is neither http nor https"),
        ("ftp://publisher.example/x", "redirects to ftp://publisher.example, which is neither http nor https"),
        ("http://user:secret@publisher.example/x", "holds a name or password"),
        ("http://publisher.example:65536/", "names a port that cannot be"),
        ("http://publisher.example:port/", "its server makes no sense"),
    ],
)
def test_a_redirect_that_is_not_to_be_followed(
    publisher: Publisher, tmp_path: Path, location: str, reason: str
) -> None:
    publisher.answers(redirect(location))
    with pytest.raises(DownloadError, match=reason) as raised:
        get(f"http://{HOST}/", World(publisher.port), tmp_path)
    assert "secret" not in str(raised.value)


def test_encryption_is_not_given_up_on_the_way(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers(redirect(f"http://{HOST}/x"), file(CONTENT))
    with pytest.raises(DownloadError, match=f"{HOST} redirects to http://{HOST}, which is not encrypted"):
        get(f"https://{HOST}/", World(publisher.port), tmp_path)
    publisher.answers(redirect(f"https://{HOST}/x"), file(CONTENT))
    assert get(f"http://{HOST}/", World(publisher.port), tmp_path).bytes == len(CONTENT)


def no_such_name(*_: object) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def no_name_server(*_: object) -> list[str]:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def test_a_name_that_does_not_exist_is_not_asked_for_again(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=f"there is no host {HOST}"):
        fetch(f"http://{HOST}/", cache=tmp_path, progress=Silent(), outside=Outside(resolve=no_such_name))


def test_a_name_server_that_does_not_answer_is(tmp_path: Path) -> None:
    waits: list[float] = []
    outside = Outside(resolve=no_name_server, sleep=waits.append)
    with pytest.raises(DownloadError, match=r"cannot be resolved .*, and 5 attempts were made"):
        fetch(f"http://{HOST}/", cache=tmp_path, progress=Silent(), outside=outside)
    assert len(waits) == 4


@given(urls())
def test_no_url_and_no_location_ends_in_another_error(tmp_path_factory: pytest.TempPathFactory, url: str) -> None:
    with pytest.raises(
        DownloadError, match=r"there is no host|is no URL|a port that cannot be|names no host|neither http nor https"
    ):
        fetch(
            url,
            cache=tmp_path_factory.getbasetemp() / "urls",
            progress=Silent(),
            outside=Outside(resolve=no_such_name),
        )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of the publisher, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl")
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key").read_text() + (folder / "certificate").read_text())
    return both


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[Publisher]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with publishing(tls) as publisher:
        publisher.answers(file(CONTENT))
        yield publisher


def test_a_certificate_is_checked_against_the_name_although_an_address_is_dialled(
    encrypted: Publisher, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    world = World(encrypted.port, encrypted=True, names={HOST: [PUBLIC_ADDRESS], "other.example": [PUBLIC_ADDRESS]})
    assert get(f"https://{HOST}/", world, tmp_path).bytes == len(CONTENT)
    with pytest.raises(DownloadError, match=r"other\.example cannot be trusted \(Hostname mismatch.*\)\."):
        get("https://other.example/", world, tmp_path)
    assert world.waits == []


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: Publisher, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"cannot be trusted \(self-signed certificate\)"):
        get(f"https://{HOST}/", World(encrypted.port, encrypted=True), tmp_path)
