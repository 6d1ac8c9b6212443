"""Files that are joined by a key."""

from collections import Counter, defaultdict

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers.joined import Keyed, counted

KEYS = st.none() | st.text("abcé", max_size=4)
ROWS = st.lists(st.tuples(KEYS, st.sampled_from(["1", "2", "9", None])))


@given(batches=st.lists(ROWS), asked=st.lists(KEYS))
def test_codes_are_counted_for_each_key(
    batches: list[list[tuple[str | None, str | None]]], asked: list[str | None]
) -> None:
    expected: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for key, code in (row for batch in batches for row in batch):
        expected[key][code] += 1
    arrays = [
        (pa.array([key for key, _ in batch], pa.string()), pa.array([code for _, code in batch], pa.string()))
        for batch in batches
    ]
    answer = counted(arrays, {"1": "one", "2": "two"}).of(pa.array(asked, pa.string()))
    known = [key is not None and key in expected for key in asked]
    for code, name in (("1", "one"), ("2", "two")):
        wanted = [expected[key][code] if there else None for key, there in zip(asked, known, strict=True)]
        assert answer[name].to_pylist() == wanted


def test_keys_and_codes_are_counted_across_batches_with_keys_of_other_lengths() -> None:
    rows = [
        (pa.array(["a", "bbb", "a"]), pa.array(["1", "1", "1"])),
        (pa.array([], pa.string()), pa.array([], pa.string())),
        (pa.array(["long key", "a", None]), pa.array(["1", None, "1"])),
    ]
    answer = counted(rows, {"1": "one"}).of(pa.array(["a", "bbb", "long key", "long ke", "longer than any"]))
    assert answer["one"].to_pylist() == [2, 1, 1, None, None]


def test_of_several_rows_with_one_key_the_first_counts() -> None:
    keyed = Keyed.by_first(pa.array(["b", "a", "b", None]), pa.table({"value": ["first", "other", "second", "none"]}))
    assert keyed.of(pa.array(["a", "b", "c", None]))["value"].to_pylist() == ["other", "first", None, None]


def test_nothing_to_look_up_in_gives_nulls() -> None:
    keyed = Keyed.by_first(pa.array([], pa.string()), pa.table({"value": pa.array([], pa.string())}))
    assert keyed.of(pa.array(["a"]))["value"].to_pylist() == [None]
