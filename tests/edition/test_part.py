"""A part gives back what was written into it, finds what lies in a box, and is never read once it is damaged."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.edition.part import Part
from otn.edition.part_format import Bounds, Identity
from otn.edition.part_writer import Rows, Written, write_part
from otn.errors import DamagedPart

IDENTITY = Identity("roads", "be/roads", 7, "2026-01-02T03:04:05+00:00", "recipe")
LINES = tuple(shapely.LineString([(x, 50), (x + 1, 51)]) for x in range(20))


def text(feature_id: int) -> bytes:
    return b'{"type":"Feature","id":%d,"properties":{"name":"\xc3\xa9"}}' % feature_id


def blocks(geometries: tuple[shapely.Geometry, ...], size: int = 7) -> Iterator[Rows]:
    """Ids descend while ranks ascend, so that their orders differ."""
    for start in range(0, len(geometries), size):
        some = geometries[start : start + size]
        ids = np.arange(1000 - start, 1000 - start - len(some), -1)
        yield Rows(
            ids, np.arange(start, start + len(some)), [text(id_) for id_ in ids.tolist()], [one.wkb for one in some]
        )


def written(folder: Path, geometries: tuple[shapely.Geometry, ...] = LINES, collection: str = "roads") -> Written:
    identity = replace(IDENTITY, collection=collection)
    return write_part(folder, identity, "CC0-1.0", {"fields": {}}, blocks(geometries))


def part(folder: Path, geometries: tuple[shapely.Geometry, ...] = LINES, collection: str = "roads") -> Part:
    file = folder / written(folder, geometries, collection).file
    # The clock of files is coarse: what changes now shall not seem to have been written at the same moment.
    os.utime(file, (0, 0))
    return Part(file)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    read = part(tmp_path)
    assert read.count == 20
    assert read.info.identity == IDENTITY
    assert read.info.licence == "CC0-1.0"
    assert read.info.bbox == (0, 50, 20, 51)
    assert read.ids.tolist() == list(range(1000, 980, -1))
    assert read.ranks.tolist() == list(range(20))
    assert read.boxes[3].tolist() == [3, 50, 4, 51]
    assert bytes(read.fragment(0)) == text(1000)
    assert bytes(read.fragment(19)) == text(981)
    assert read.geometries([2, 5]).tolist() == [LINES[2], LINES[5]]


def test_neighbours_are_one_slice_with_separators_between_them(tmp_path: Path) -> None:
    read = part(tmp_path)
    assert bytes(read.slice(5, 9)) == b",".join(map(text, (995, 994, 993, 992)))
    assert bytes(read.slice(18, 20)) == b",".join(map(text, (982, 981)))
    assert bytes(read.slice(4, 4)) == b""


def test_a_feature_is_found_by_its_id(tmp_path: Path) -> None:
    read = part(tmp_path)
    assert [read.position_of(feature_id) for feature_id in (1000, 990, 981)] == [0, 10, 19]
    assert [read.position_of(feature_id) for feature_id in (980, 1001, -(2**63), 2**63 - 1)] == [None] * 4


def test_lines_are_tested_exactly_not_by_their_box(tmp_path: Path) -> None:
    read = part(tmp_path, (shapely.LineString([(0, 0), (10, 10)]), shapely.LineString([(0, 0), (0, 1), (10, 1)])))
    assert sorted(read.positions_in([(5, 0, 6, 1)])) == [1]
    assert sorted(read.positions_in([(4, 4, 6, 6), (0, 0, 1, 1)])) == [0, 1]
    assert sorted(read.positions_in([(5, 5, 5, 5)])) == [0]
    assert sorted(read.positions_in([(5, 0, 5, 9)])) == [0, 1]
    assert sorted(read.positions_in([(50, 50, 60, 60)])) == []
    assert sorted(read.positions_in([(-180, -90, 180, 90)])) == [0, 1]


numbers = st.integers(-8, 8).map(lambda number: number / 2)
points = st.tuples(numbers, numbers)
shapes = st.one_of(
    points.map(shapely.Point),
    st.lists(points, min_size=2, max_size=4, unique=True).map(shapely.LineString),
    st.tuples(points, points).map(lambda ends: shapely.LineString(ends).envelope.buffer(0.5, quad_segs=1)),
)


@given(st.lists(shapes, min_size=1, max_size=30), points, points, st.sampled_from(["roads", "areas"]))
def test_a_box_finds_what_intersects_it(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[shapely.Geometry],
    one: Bounds,
    other: Bounds,
    collection: str,
) -> None:
    west, east = sorted((one[0], other[0]))
    south, north = sorted((one[1], other[1]))
    box = shapely.LineString([(west, south), (east, north)]).envelope
    read = part(tmp_path_factory.mktemp("parts"), tuple(found), collection)
    expected = [position for position, shape in enumerate(found) if box.intersects(shape)]
    assert read.positions_in([(west, south, east, north)]).tolist() == expected


def test_a_part_may_be_empty(tmp_path: Path) -> None:
    read = part(tmp_path, ())
    assert (read.count, read.info.bbox) == (0, None)
    assert sorted(read.positions_in([(-180, -90, 180, 90)])) == []
    assert read.position_of(1) is None
    assert bytes(read.slice(0, 0)) == b""


def test_nothing_is_left_beside_a_part(tmp_path: Path) -> None:
    name = written(tmp_path).file
    assert [file.name for file in tmp_path.iterdir()] == [name]


@given(st.data())
def test_a_part_of_which_any_byte_has_changed_is_not_opened(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    file = folder / written(folder).file
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    with pytest.raises(DamagedPart):
        Part(file)


@pytest.mark.parametrize("size", [0, 1, 40, 1000])
def test_a_part_that_was_cut_is_not_opened(tmp_path: Path, size: int) -> None:
    file = tmp_path / written(tmp_path).file
    os.truncate(file, size)
    with pytest.raises(DamagedPart):
        Part(file)


def test_a_missing_part_is_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(DamagedPart, match="cannot be read"):
        Part(tmp_path / "none.part")


def test_a_byte_that_changes_under_an_open_part_is_noticed(tmp_path: Path) -> None:
    read = part(tmp_path)
    read.check()
    with read.path.open("r+b") as file:
        file.seek(100)
        file.write(b"\x00")
    with pytest.raises(DamagedPart, match="is damaged"):
        read.check()
    with pytest.raises(DamagedPart):
        read.check()


def test_a_cut_under_an_open_part_is_noticed(tmp_path: Path) -> None:
    read = part(tmp_path)
    os.truncate(read.path, 64)
    # A look beyond the end of the file would end the process.
    assert (read.id_range, read.rank_range) == ((981, 1000), (0, 19))
    with pytest.raises(DamagedPart, match="has been cut"):
        read.check()


def test_a_part_that_was_only_touched_or_removed_is_read_on(tmp_path: Path) -> None:
    read = part(tmp_path)
    os.utime(read.path)
    read.check()
    read.path.unlink()
    read.check()
    assert bytes(read.fragment(0)) == text(1000)
