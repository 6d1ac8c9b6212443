"""Delimited files of a known layout: every row is read, or kept as a reject with its number."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.errors import SourceError
from otn.etl.readers import delimited
from otn.etl.readers.delimited import Delimited
from otn.etl.rows import Reject

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delimited") / "a.csv"


def rows(file: Delimited) -> tuple[dict[int, list[str]], list[Reject]]:
    """The cells by the number of their row, and the rejects."""
    cells: dict[int, list[str]] = {}
    rejects: list[Reject] = []
    for lines in file.lines():
        texts = [list(row.values()) for row in lines.cells.to_pylist()]
        cells |= dict(zip(lines.position.tolist(), texts, strict=True))
        rejects += lines.rejects
    return cells, rejects


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(table=st.lists(st.tuples(CELLS, CELLS.map(lambda text: text + "x")), min_size=1, max_size=20))
def test_what_is_written_is_read(path: Path, delimiter: str, table: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([("a", "b"), *table])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    file = Delimited(path)
    assert file.delimiter == delimiter
    assert rows(file) == ({number: list(row) for number, row in enumerate(table, 1)}, [])


def test_rows_that_do_not_fit_are_rejects_wherever_they_are(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 100)
    lines = [f"{number}" if number % 7 == 0 else f"{number},x" for number in range(1, 100)]
    path.write_text("\n".join(["a,b", *lines]) + "\n")
    cells, rejects = rows(Delimited(path))
    assert cells == {number: [str(number), "x"] for number in range(1, 100) if number % 7}
    assert {reject.position: reject.row for reject in rejects} == {n: {"line": str(n)} for n in range(7, 100, 7)}
    assert rejects[0].detail == "the row has 1 cells where the header has 2"


def test_a_block_of_narrow_rows_comes_in_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_MOST_ROWS", 40)
    path.write_text("\n".join(["a,b", *(f"{number}" if number == 50 else f"{number},x" for number in range(1, 101))]))
    assert [len(lines.position) for lines in Delimited(path).lines()] == [40, 40, 19, 0]
    cells, rejects = rows(Delimited(path))
    assert cells == {number: [str(number), "x"] for number in range(1, 101) if number != 50}
    assert [reject.position for reject in rejects] == [50]


def test_cells_with_line_ends_and_nul_are_rejects(path: Path) -> None:
    path.write_bytes(b'a,b\n1,"x\ny"\n2,z\n3,\0\n')
    cells, rejects = rows(Delimited(path))
    assert cells == {2: ["2", "z"]}
    assert [(reject.position, reject.row) for reject in rejects] == [
        (1, {"a": "1", "b": "x\ny"}),
        (3, {"a": "3", "b": ""}),
    ]


@pytest.mark.parametrize("rest", [20, 2_000_000])
def test_a_quotation_mark_that_is_never_closed_is_said(path: Path, rest: int) -> None:
    path.write_text('a,b\n1,"x\n' + "2,y\n" * rest)
    with pytest.raises(SourceError, match="quotation mark"):
        rows(Delimited(path))


def test_names_are_trimmed_and_told_apart(path: Path) -> None:
    path.write_bytes("\ufeff id ;id;;\r\n1;2;3;4\r\n".encode())
    file = Delimited(path)
    assert file.header == ("id", "id 2", "column 3", "column 4")
    assert rows(file) == ({1: ["1", "2", "3", "4"]}, [])


def test_text_that_is_not_utf8_is_refused_unless_a_fallback_is_known(path: Path) -> None:
    path.write_bytes("n,a\n1,été\n".encode("latin-1"))
    with pytest.raises(SourceError, match="not in the encoding that was expected"):
        rows(Delimited(path))
    assert rows(Delimited(path, fallback="cp1252")) == ({1: ["1", "été"]}, [])
    assert rows(Delimited(path, encoding="cp1252")) == ({1: ["1", "été"]}, [])


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert rows(Delimited(path)) == ({1: ["1", "2"]}, [])
    path.write_bytes(gzip.compress(b"a,b\n1,2\n")[:-9])
    with pytest.raises(SourceError, match="cut off"):
        rows(Delimited(path))


@pytest.mark.parametrize("content", ["a,b", "a,b\n", "a,b\r\n"])
def test_a_header_alone_has_no_rows(path: Path, content: str) -> None:
    path.write_text(content)
    assert rows(Delimited(path)) == ({}, [])


@pytest.mark.parametrize(("content", "said"), [("", "is empty"), ("\n1,2\n", "has no header")])
def test_without_a_header_a_file_is_refused(path: Path, content: str, said: str) -> None:
    path.write_text(content)
    with pytest.raises(SourceError, match=said):
        rows(Delimited(path))


def test_only_the_columns_asked_for_are_read(path: Path) -> None:
    path.write_text("a,b,c\n1,2,3\n")
    (lines,) = Delimited(path).lines(("c",))
    assert lines.cells.to_pylist() == [{"c": "3"}]
