"""If-None-Match and If-Modified-Since, compared with what an endpoint is about to send."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.conditional import etag_in_coding, is_conditional, is_not_modified, strong_etag

TAG = strong_etag("roads", 7)
UPDATED = datetime(2024, 5, 1, 12, 0, 0, 900000, tzinfo=UTC)
SINCE = "Wed, 01 May 2024 12:00:00 GMT"
LATER = "Thu, 02 May 2024 12:00:00 GMT"
EARLIER = "Wed, 01 May 2024 11:59:59 GMT"


def scope(**headers: str) -> dict[str, object]:
    """A request with these headers."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "headers": named}


def test_tags_are_those_of_the_parts_and_of_how_they_are_parted() -> None:
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("ab", "c", ""), ("1:a",), ("a", 1), ("a", 2), ("é".encode(),)]
    assert len({strong_etag(*made) for made in parts}) == len(parts)
    assert strong_etag("a", 1) == strong_etag(b"a", "1")
    assert TAG.startswith('"')
    assert TAG.endswith('"')


@pytest.mark.parametrize(
    "known", [TAG, f"W/{TAG}", f'"a,b" , {TAG}', f'"other",{TAG}', "*", " * ", f'W/"", {TAG},', f'"\xe9" {TAG}']
)
def test_who_has_it_is_told_so(known: str) -> None:
    assert is_not_modified(scope(if_none_match=known), TAG)


@pytest.mark.parametrize("known", ['"other"', 'W/"other"', TAG.strip('"'), f'{TAG[:-1]},"', '"*"', "x*", f"{TAG[:-1]}"])
def test_who_has_something_else_is_not(known: str) -> None:
    assert not is_not_modified(scope(if_none_match=known), TAG)


def test_tags_in_several_headers_count_together() -> None:
    headers = [(b"if-none-match", b'"other"'), (b"if-none-match", TAG.encode())]
    assert is_not_modified({"type": "http", "headers": headers}, TAG)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_an_answer_in_another_coding_is_another_one(coding: str) -> None:
    coded = etag_in_coding(TAG, coding)
    assert coded != TAG
    assert is_not_modified(scope(if_none_match=coded, accept_encoding=coding), TAG)
    assert not is_not_modified(scope(if_none_match=coded), TAG)
    assert not is_not_modified(scope(if_none_match=TAG, accept_encoding=coding), TAG)


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_weak_tag_is_the_same_in_every_coding(coding: str) -> None:
    assert is_not_modified(scope(if_none_match=TAG, accept_encoding=coding), f"W/{TAG}")


@pytest.mark.parametrize(("since", "held"), [(SINCE, True), (LATER, True), (EARLIER, False)])
def test_the_date_counts_to_the_second(since: str, held: bool) -> None:
    assert is_not_modified(scope(if_modified_since=since), TAG, UPDATED) is held
    assert not is_not_modified(scope(if_modified_since=since), TAG)


def test_the_date_does_not_count_beside_a_tag() -> None:
    assert not is_not_modified(scope(if_none_match='"other"', if_modified_since=LATER), TAG, UPDATED)
    assert is_not_modified(scope(if_none_match=TAG, if_modified_since=EARLIER), TAG, UPDATED)


@pytest.mark.parametrize("since", ["", "yesterday", "2024-05-01", "Wed, 99 May 2024 12:00:00 GMT", "0" * 400])
def test_what_is_no_date_is_ignored(since: str) -> None:
    assert not is_not_modified(scope(if_modified_since=since), TAG, UPDATED)


def test_a_request_without_conditions_is_known_by_its_headers() -> None:
    assert not is_conditional(scope(accept="*/*"))
    assert is_conditional(scope(if_none_match="*"))
    assert is_conditional(scope(if_modified_since=SINCE))


TEXTS = st.text(st.characters(max_codepoint=255))


@given(TEXTS, TEXTS, TEXTS)
def test_no_header_is_a_mistake_of_ours(known: str, since: str, accepted: str) -> None:
    is_not_modified(scope(if_none_match=known, if_modified_since=since, accept_encoding=accepted), TAG, UPDATED)
    is_not_modified(scope(if_modified_since=since), TAG, UPDATED)


OPAQUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=255, exclude_characters='"\x7f'))


@given(st.lists(st.tuples(st.sampled_from(["", "W/"]), OPAQUE)), OPAQUE)
def test_a_list_holds_what_was_put_into_it(tags: list[tuple[str, str]], wanted: str) -> None:
    known = ", ".join(f'{weak}"{opaque}"' for weak, opaque in tags)
    assert is_not_modified(scope(if_none_match=known), f'"{wanted}"') is (wanted in [opaque for _, opaque in tags])
