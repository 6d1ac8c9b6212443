"""GeoJSON by the record: every record becomes a row or a reject, whatever GDAL makes of it."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.errors import SourceError
from otn.etl.readers.geojson_records import records_of
from otn.etl.readers.vector import VectorFile
from otn.etl.rows import Reason, SourceRows


def feature(number: int) -> str:
    point = {"type": "Point", "coordinates": [4 + number / 100, 51]}
    return json.dumps({"type": "Feature", "id": number, "properties": {"name": f"n{number}"}, "geometry": point})


def rows_of(path: Path) -> SourceRows:
    (rows,) = VectorFile(path, None).read()
    return rows


@pytest.mark.parametrize("name", ["a.geojsonl", "a.ndjson", "a.geojsonseq", "a.geojson", "a.geojsonl.gz"])
def test_a_feature_a_line(tmp_path: Path, name: str) -> None:
    text = "".join(f"{feature(number)}\n" for number in range(3)).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    rows = rows_of(tmp_path / name)
    assert rows.attributes["name"].to_pylist() == ["n0", "n1", "n2"]
    assert [point.x for point in rows.geometry] == [4, 4.01, 4.02]


def test_a_text_sequence_whose_records_run_over_lines(tmp_path: Path) -> None:
    records = [json.dumps(json.loads(feature(number)), indent=1) for number in range(3)]
    (tmp_path / "a.geojsonseq").write_text("".join(f"\x1e{record}\n" for record in records))
    assert rows_of(tmp_path / "a.geojsonseq").attributes["name"].to_pylist() == ["n0", "n1", "n2"]


def test_records_that_are_no_features_are_rejects_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    lines = [feature(1), '{"type": "Feature", "properties":', "", "[1, 2]", '{"name": "x"}', feature(5)]
    (tmp_path / "a.geojsonl").write_text("\n".join(lines) + "\n")
    rows = rows_of(tmp_path / "a.geojsonl")
    assert rows.position.tolist() == [1, 5]
    assert [(reject.position, reject.reason) for reject in rows.rejects] == [(n, Reason.UNREADABLE) for n in (2, 3, 4)]
    assert [reject.row["record"] for reject in rows.rejects] == [lines[1], lines[3], lines[4]]
    assert "is no JSON" in rows.rejects[0].detail
    assert rows.rejects[1].detail == "the record is no feature"


def test_a_file_that_ends_within_a_record_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "a.geojsonl").write_text(f"{feature(1)}\n{feature(2)}\n{feature(3)[:40]}")
    with pytest.raises(SourceError, match="is cut off: it ends within record 3"):
        list(VectorFile(tmp_path / "a.geojsonl", None).read())


def test_the_last_record_needs_no_line_end(tmp_path: Path) -> None:
    (tmp_path / "a.geojsonl").write_text(f"{feature(1)}\n{feature(2)}")
    assert len(rows_of(tmp_path / "a.geojsonl")) == 2


def test_a_coordinate_that_is_no_number_is_left_to_the_checks(tmp_path: Path) -> None:
    bad = '{"type": "Feature", "properties": {"name": "n2"}, "geometry": {"type": "Point", "coordinates": [NaN, 51]}}'
    (tmp_path / "a.geojsonl").write_text(f"{feature(1)}\n{bad}\n")
    rows = rows_of(tmp_path / "a.geojsonl")
    assert (rows.position.tolist(), rows.rejects) == ([1, 2], ())


@given(
    st.lists(st.sampled_from([feature(1), "{", "null", '"Feature"', "", " "])), st.sampled_from(["{}\n", "\x1e{}\n"])
)
def test_every_record_counts(tmp_path_factory: pytest.TempPathFactory, records: list[str], form: str) -> None:
    path = tmp_path_factory.mktemp("records") / "a"
    path.write_text("".join(form.format(record) for record in records))
    there = [record for record in records if record.strip()]
    found = records_of(path)
    assert found.number == len(there)
    assert [reject.position for reject in found.rejects] == [
        number for number, record in enumerate(there, 1) if record != feature(1)
    ]
