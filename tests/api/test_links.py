"""Addresses in answers lead back to the service, whatever the request says."""

import pytest

from otn.api.links import Links, base_url, link, link_header
from otn.errors import BadRequest

SCOPE = {"scheme": "https", "server": ("10.0.0.1", 8000)}


@pytest.mark.parametrize(
    ("host", "public_url", "expected"),
    [
        (b"example.org", None, "https://example.org"),
        (b"example.org:8443", None, "https://example.org:8443"),
        (b"[::1]:8000", None, "https://[::1]:8000"),
        (b"", None, "https://10.0.0.1:8000"),
        (b"evil.example", "https://otn.example/data", "https://otn.example/data"),
        (b"<script>", "https://otn.example", "https://otn.example"),
    ],
)
def test_the_base(host: bytes, public_url: str | None, expected: str) -> None:
    assert base_url(SCOPE, host, public_url) == expected


@pytest.mark.parametrize("host", [b"<script>", b"a b", b"example.org/x", b"example.org:x", b"a@b", b'a"b', b"\xe9"])
def test_a_host_that_is_no_host_is_refused(host: bytes) -> None:
    with pytest.raises(BadRequest):
        base_url(SCOPE, host, None)


def test_links_keep_the_language_that_was_asked_for() -> None:
    links = Links("https://otn.example", "nl")
    assert links.href("/collections") == "https://otn.example/collections?lang=nl"
    assert links.href("/", (("lang", "de"),)) == "https://otn.example/?lang=de"
    assert links.plain("/collections/roads/items") == "https://otn.example/collections/roads/items"


def test_values_are_encoded() -> None:
    href = Links("https://otn.example").href("/a b", (("name", 'é&"<>'), ("bbox", "1,2,3,4")))
    assert href == "https://otn.example/a%20b?name=%C3%A9%26%22%3C%3E&bbox=1,2,3,4"


def test_an_address_is_linked_to_those_that_differ_in_a_parameter() -> None:
    address = Links("https://otn.example").address("/a", (("name", "é"), ("token", "x"), ("f", "json")))
    assert str(address) == "https://otn.example/a?name=%C3%A9&token=x&f=json"
    assert address.having("token", "y&z") == "https://otn.example/a?name=%C3%A9&f=json&token=y%26z"
    assert address.without("token") == "https://otn.example/a?name=%C3%A9&f=json"
    assert str(Links("https://otn.example").address("/a", ())) == "https://otn.example/a"
    assert str(Links("https://otn.example", "nl").address("/a", ())) == "https://otn.example/a?lang=nl"


def test_the_header_names_relation_and_type() -> None:
    links = [
        link("self", "https://otn.example/a"),
        link("next", "https://otn.example/b", "application/geo+json", "More"),
    ]
    assert link_header(links) == '<https://otn.example/b>; rel="next"; type="application/geo+json"'
    assert link_header(links[:1]) == ""
