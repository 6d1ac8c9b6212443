"""Waiting between attempts, and whatever a server answers in whatever order."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from otn.errors import DownloadError
from otn.etl.download import DownloadLimits, fetch
from otn.etl.download_retry import Backoff, retry_after
from otn.etl.progress import Silent
from tests.etl.publisher import HOST, NOON, Answer, Asked, Publisher, World, answer, file, http_date, publishing

CONTENT = bytes(range(256)) * 20
VERSIONS = [bytes(len(CONTENT)), CONTENT[::-1]]

chance = st.floats(0, 1)
seconds = st.floats(0, 1e6)


@given(failures=st.integers(1, 10_000), random=chance, asked=st.none() | seconds)
def test_a_wait_is_no_shorter_than_asked_and_else_never_longer_than_the_longest(
    failures: int, random: float, asked: float | None
) -> None:
    wait = Backoff(first=1, longest=60).wait(failures, random, asked)
    assert (asked or 0) <= wait <= max(60, asked or 0)
    assert Backoff().wait(failures, 0.0, None) == 0


@given(failures=st.integers(1, 100), random=chance)
def test_waits_may_get_longer_with_each_failure(failures: int, random: float) -> None:
    assert Backoff().wait(failures, random, None) <= Backoff().wait(failures + 1, random, None)
    assert [Backoff().wait(count, 1.0, None) for count in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@given(st.text() | st.from_regex(r"\d{1,400}") | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ \S{0,5}"))
def test_any_header_is_a_time_to_wait_or_none(text: str) -> None:
    asked = retry_after({"retry-after": text}, NOON)
    assert asked is None or asked >= 0


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_the_time_until_then(later: int) -> None:
    assert retry_after({"retry-after": http_date(NOON + timedelta(seconds=later))}, NOON) == max(0, later)


def cut(length: int) -> Answer:
    """Goes on where it is asked to, and breaks off after so many bytes."""

    def serve(asked: Asked) -> Iterable[bytes]:
        head, body = file(CONTENT)(asked)
        return [head, body[:length]]

    return serve


def anew(version: int, length: int) -> Answer:
    """The file in another version of the same size, whatever is asked; it breaks off after so many bytes."""
    return answer(VERSIONS[version][:length], "200 OK", len(CONTENT), ETag=f'"version {version}"')


def wrong(start: int) -> Answer:
    """The rest from another place than asked."""
    where = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
    return answer(CONTENT[start:], "206 Partial Content", Content_Range=where, ETag='"one"')


places = st.integers(0, len(CONTENT) - 1)
answers = st.one_of(
    st.builds(cut, places),
    st.builds(anew, st.integers(0, 1), places | st.just(len(CONTENT))),
    st.builds(wrong, places),
    st.just(file(CONTENT)),
    st.builds(lambda status: answer(b"no", f"{status} No"), st.integers(200, 599)),
    st.builds(lambda junk: lambda _: [junk], st.binary(max_size=40)),
)


@settings(max_examples=30)
@given(st.lists(answers, min_size=1, max_size=8), st.integers(1, 6))
def test_whatever_is_answered_the_file_comes_whole_or_not_at_all(script: list[Answer], attempts: int) -> None:
    with publishing() as publisher, TemporaryDirectory() as folder:
        publisher.answers(*script)
        for _ in range(2):
            _fetch(publisher, Path(folder), attempts)


def _fetch(publisher: Publisher, cache: Path, attempts: int) -> None:
    publisher.asked.clear()
    limits = DownloadLimits(attempts=attempts)
    outside = World(publisher.port).outside
    try:
        downloaded = fetch(f"http://{HOST}/x", cache=cache, progress=Silent(), limits=limits, outside=outside)
    except DownloadError:
        assert publisher.asked
    else:
        assert downloaded.path.read_bytes() in (CONTENT, *VERSIONS, b"no")
    assert len(publisher.asked) <= attempts
