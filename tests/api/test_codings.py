"""Accept-Encoding, whatever clients put into it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.codings import CODINGS, IDENTITY, Choice, choose_coding

QUALITIES = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        *(("gzip", "gzip"), ("deflate, gzip;q=0.5", "gzip"), ("GZIP", "gzip"), ("gzip ; q=0.5", "gzip")),
        *(("*", CODINGS[0]), ("br", "br"), ("zstd", "zstd"), ("gzip;q=0.5, br;q=0.6", "br")),
        *(("", IDENTITY), ("compress", IDENTITY), ("identity", IDENTITY), ("*;q=0", IDENTITY)),
        *(("gzip;q=0", IDENTITY), ("gzip;q=0.0, zstd;q=0, *", "br"), ("gzip;q=0.1, identity;q=0.2", IDENTITY)),
        *(("gzip;q=1.5", IDENTITY), ("gzip;q=a, br", "br"), (",,gzip,", "gzip"), ("identity;q=1, gzip", "gzip")),
        ("gzip, deflate, br, zstd", CODINGS[0]),
    ],
)
def test_the_coding_the_client_likes_best_is_chosen(header: str, coding: str) -> None:
    assert choose_coding(header).coding == coding


@pytest.mark.parametrize("header", ["gzip, identity;q=0", "gzip, *;q=0", "gzip;q=0.1,*;q=0.000"])
def test_identity_may_be_refused(header: str) -> None:
    assert choose_coding(header) == Choice("gzip", identity_refused=True)


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "gzip", "*, identity;q=0.5"])
def test_identity_is_not_refused_where_nothing_else_is_left(header: str) -> None:
    assert not choose_coding(header).identity_refused


@given(st.dictionaries(st.sampled_from([*CODINGS, IDENTITY, "*", "deflate"]), QUALITIES), st.randoms())
def test_nothing_less_liked_is_ever_chosen(qualities: dict[str, float], order: Random) -> None:
    parts = [f"{coding};q={quality}" for coding, quality in qualities.items()]
    order.shuffle(parts)
    chosen = choose_coding(", ".join(parts)).coding

    def quality(coding: str) -> float:
        return qualities.get(coding, qualities.get("*", 0))

    assert chosen == IDENTITY or quality(chosen) > 0
    assert chosen == IDENTITY or all(quality(other) <= quality(chosen) for other in CODINGS)
    if chosen == IDENTITY:
        liked = qualities.get(IDENTITY, 0)
        assert all(quality(other) == 0 or quality(other) < liked for other in CODINGS)


@given(st.text(st.characters(max_codepoint=255)))
def test_no_header_is_a_mistake_of_ours(header: str) -> None:
    assert choose_coding(header).coding in (*CODINGS, IDENTITY)
