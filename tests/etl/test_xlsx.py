"""Excel workbooks as people make them: dates, merged cells, formulas, several sheets; and as attackers do."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from openpyxl.worksheet.worksheet import Worksheet

from otn.errors import SourceError
from otn.etl.readers.xlsx import XlsxFile
from otn.etl.rows import SourceRows
from tests.etl.declared import dataset

HEADER = ["id", "lon", "lat", "name"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def workbook(path: Path, *rows: list[Any], change: Callable[[Worksheet], object] | None = None) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    book.save(path)


def rows_of(path: Path, **source: Any) -> SourceRows:
    (rows,) = XlsxFile(path, None, dataset("ports", "xlsx", **source)).read()
    return rows


def refusal(path: Path, **source: Any) -> str:
    with pytest.raises(SourceError) as raised:
        rows_of(path, **source)
    assert str(path) in str(raised.value)
    return str(raised.value)


def with_member(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """The same workbook with one member changed, as no program for sheets would."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, change(content) if member == name else content)


def test_cells_of_every_kind_become_text(path: Path) -> None:
    header = [*HEADER, "date", "moment", "hour", "flag", "error", "whole", "code"]
    row = ["x", 4.5, "51,2", "Plzeň", date(2020, 1, 2), datetime(2020, 1, 2, 3, 4, 5), time(6, 7), True, "#N/A", 7.0]
    workbook(path, header, [*row, "007"])
    rows = rows_of(path)
    assert rows.geometry.tolist() == [shapely.Point(4.5, 51.2)]
    (values,) = rows.attributes.to_pylist()
    assert values["name"] == "Plzeň"
    assert (values["date"], values["moment"], values["hour"]) == ("2020-01-02", "2020-01-02T03:04:05", "06:07:00")
    assert (values["flag"], values["error"], values["whole"], values["code"]) == ("true", "", "7", "007")


def test_empty_rows_and_cells_around_the_table_do_not_count(path: Path) -> None:
    workbook(path, [], HEADER, [], ["a", 4, 51, None], [None, None, " "], ["b", 4, 51, "B", None])
    rows = rows_of(path)
    assert rows.source_id.to_pylist()[0] == "a"
    assert rows.position.tolist() == [1, 2, 3]


def test_titles_above_the_header_are_skipped_where_declared(path: Path) -> None:
    workbook(path, ["Ports of Somewhere"], ["2024"], HEADER, ["a", 4, 51, "A"])
    assert rows_of(path, options={"skip": 2}).source_id.to_pylist() == ["a"]
    assert "has no geometry" in refusal(path)


def test_a_row_with_cells_beyond_the_header_is_a_reject(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A", "more"], ["b", 4, 51])
    rows = rows_of(path)
    assert [reject.detail for reject in rows.rejects] == ["the row has 5 cells where the header has 4"]
    assert rows.attributes.to_pylist() == [{"id": "b", "lon": "4", "lat": "51", "name": None}]


def test_a_value_merged_downwards_is_that_of_every_row(path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("D2:D4")
        sheet.merge_cells("A1:A1")

    workbook(path, HEADER, ["a", 4, 51, "Antwerp"], ["b", 4, 51], ["c", 4, 51], ["d", 4, 51], change=merge)
    assert rows_of(path).attributes["name"].to_pylist() == ["Antwerp", "Antwerp", "Antwerp", None]


def test_formulas_have_the_values_stored_with_them_and_those_without_are_told(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "=1+1"], ["b", 4, 51, "=1+2"])
    cells = b"<v></v></c></row></sheetData>"

    def store(sheet: bytes) -> bytes:
        assert sheet.count(b"<v></v>") + sheet.count(b"<v />") + sheet.count(b"<v/>") == 2
        plain = sheet.replace(b"<v />", b"<v></v>").replace(b"<v/>", b"<v></v>")
        assert cells in plain
        return plain.replace(cells, cells.replace(b"<v></v>", b"<v>3</v>"))

    with_member(path, "xl/worksheets/sheet1.xml", store)
    reader = XlsxFile(path, None)
    (rows,) = reader.read()
    assert rows.attributes["name"].to_pylist() == [None, "3"]
    (remark,) = reader.remarks
    assert "1 formulas of the sheet Sheet have no stored value" in remark


def test_the_sheet_is_the_only_one_with_rows_or_the_one_declared(path: Path) -> None:
    book = openpyxl.Workbook()
    for name, state in (("Notes", "visible"), ("Ports", "visible"), ("Lists", "hidden")):
        book.create_sheet(name).sheet_state = state
    for name in ("Ports", "Lists"):
        book[name].append(HEADER)
        book[name].append([name, 4, 51])
    book.save(path)
    assert rows_of(path).source_id.to_pylist() == ["Ports"]
    assert rows_of(path, options={"sheet": "Lists"}).source_id.to_pylist() == ["Lists"]
    assert refusal(path, options={"sheet": "Havens"}).endswith(
        "has no sheet 'Havens'; it has Sheet, Notes, Ports, Lists."
    )
    book["Notes"].append(["read me"])
    book.save(path)
    assert "has rows in several sheets (Notes, Ports): save one as a workbook of its own, or declare it" in refusal(
        path
    )


def test_wrong_dimensions_hide_nothing(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A"])
    with_member(path, "xl/worksheets/sheet1.xml", lambda sheet: sheet.replace(b'ref="A1:D2"', b'ref="A1"'))
    assert rows_of(path).source_id.to_pylist() == ["a"]


def test_columns_that_are_declared_and_not_there_are_named(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A"])
    assert "lacks the columns naam" in refusal(path, fields={"name": "naam"})


def test_a_workbook_without_rows_is_refused(path: Path) -> None:
    workbook(path)
    assert "has no rows" in refusal(path)
    workbook(path, HEADER)
    assert "has no rows" in refusal(path)


def test_older_and_locked_workbooks_are_refused_with_what_to_do(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "save it as .xlsx, without a password" in refusal(path)


def test_what_is_damaged_or_something_else_is_refused(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A"])
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"id,lon,lat\n1,4,51\n"):
        path.write_bytes(content)
        assert "is damaged, cut off or no Excel workbook" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert "no Excel workbook" in refusal(path)
    path.write_bytes(whole)
    with_member(path, "xl/worksheets/sheet1.xml", lambda sheet: sheet[: len(sheet) // 2])
    assert "Excel workbook" in refusal(path)


def test_a_bomb_is_refused_before_it_is_opened(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A"])
    with_member(path, "xl/worksheets/sheet1.xml", lambda sheet: sheet + b" " * 60_000_000)
    assert "is refused: its" in refusal(path)
    assert "would unpack to 60," in refusal(path)


def test_entities_are_refused(path: Path) -> None:
    workbook(path, HEADER, ["a", 4, 51, "A"])
    document = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet>&e;</worksheet>'
    )
    with_member(path, "xl/worksheets/sheet1.xml", lambda _: document)
    assert "its part xl/worksheets/sheet1.xml declares a document type with entities" in refusal(path)


def test_a_long_sheet_comes_in_batches(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Long")
    sheet.append(HEADER)
    for row in range(20_500):
        sheet.append([row, 4, 51, "A"])
    book.save(path)
    assert [len(rows) for rows in XlsxFile(path, None).read()] == [20_000, 500]
