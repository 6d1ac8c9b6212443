"""CSV as publishers write it: nothing is lost without a word."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.csv import CsvFile
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import AIRPORTS, PORTS
from tests.etl.declared import dataset, features

POINT = shapely.Point(4, 51)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def rows_of(path: Path, content: str | bytes) -> SourceRows:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (rows,) = CsvFile(path, None).read()
    return rows


def refusal(path: Path, content: str | bytes) -> str:
    with pytest.raises(SourceError) as raised:
        rows_of(path, content)
    assert str(path) in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("header", ["lon;lat", "LNG;Latitude", "longitude;y", "x;y", "long;lat"])
def test_longitudes_and_latitudes_have_a_point_or_a_comma(path: Path, header: str) -> None:
    rows = rows_of(path, f"\ufeffid;{header}\n007;4.5;51.2\n008;4,5;51,2\n009;;\n")
    assert rows.geometry.tolist() == [shapely.Point(4.5, 51.2), shapely.Point(4.5, 51.2), None]
    assert rows.source_id.to_pylist() == ["007", "008", "009"]
    assert rows.crs.to_authority() == ("OGC", "CRS84")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_those_of_the_file(path: Path, delimiter: str, end: str) -> None:
    lines = [["id", '"name, or; what|not"', "lon", "lat"], ["1", '"a\nb"', "4", "51"], [], ["2", "", "4", "51"]]
    rows = rows_of(path, end.join(delimiter.join(cells) for cells in lines))
    assert rows.geometry.tolist() == [POINT, POINT]
    assert rows.attributes["name, or; what|not"].to_pylist() == ["a\nb", ""]
    assert rows.position.tolist() == [1, 2]


def test_the_caller_may_name_a_crs(path: Path) -> None:
    path.write_text("id,x,y\n1,152488,212063\n")
    (rows,) = CsvFile(path, CRS.from_epsg(31370)).read()
    assert rows.crs.to_epsg() == 31370


def test_gzipped_files_are_read_when_they_are_whole(path: Path) -> None:
    compressed = path.with_name("a.csv.gz")
    whole = gzip.compress(b"id,lon,lat\n" + b"1,4,51\n" * 1000)
    assert len(rows_of(compressed, whole)) == 1000
    for cut in (whole[:-1], whole[: len(whole) // 2], b"nothing of the kind"):
        assert "is damaged, cut off or no gzip file" in refusal(compressed, cut)


def test_columns_without_a_name_or_with_one_name_are_told_apart(path: Path) -> None:
    rows = rows_of(path, ",lon,lat,name,name\n0,4,51,a,b\n")
    assert rows.attributes.to_pylist() == [{"column 1": "0", "lon": "4", "lat": "51", "name": "a", "name 5": "b"}]


def test_short_rows_end_with_nulls_and_wide_rows_are_rejects(path: Path) -> None:
    rows = rows_of(path, "id,lon,lat,name\n1,4,51\n2,4,51,a,b\n3,4,51,c,\n")
    assert rows.attributes["name"].to_pylist() == [None, "c"]
    (reject,) = rows.rejects
    assert (reject.position, reject.reason) == (2, Reason.UNREADABLE)
    assert reject.detail == "the row has 5 cells where the header has 4"
    assert reject.row == {"id": "2", "lon": "4", "lat": "51", "name": "a", "cells beyond the header": "b"}


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row(path: Path) -> None:
    sentence = refusal(path, 'id,lon,lat,name\n1,4,51,a\n2,4,51,"b\n3,4,51,c\n')
    assert sentence.endswith("row 2 cannot be read: a quotation mark in it is never closed.")


def test_an_inch_mark_is_no_quotation_mark(path: Path) -> None:
    assert rows_of(path, 'id,lon,lat,name\n1,4,51,6" pipe\n2,4,51,b\n').attributes["name"].to_pylist() == [
        '6" pipe',
        "b",
    ]


def test_a_cell_of_ten_megabytes_is_a_cell(path: Path) -> None:
    rows = rows_of(path, f"id,lon,lat,name\n1,4,51,{'x' * 10_000_000}\n2,4,51,b\n")
    assert len(rows) == 2


def test_characters_that_no_database_takes_are_left_out(path: Path) -> None:
    assert rows_of(path, b"id,lon,lat,name\n1,4,51,a\0b\n").attributes["name"].to_pylist() == ["ab"]


def test_a_row_without_identifier_takes_no_other_rows(path: Path) -> None:
    rows = rows_of(path, "ident,lon,lat\nEBBR,4.48,50.9\n,4.4,51\n2,4.4,51\n")
    assert rows.source_id.to_pylist() == ["EBBR", "row 2", "2"]


def test_missing_geometries_are_left_to_the_checks_and_unreadable_values_to_rejects(path: Path) -> None:
    rows = rows_of(path, 'id,WKT\na,"POINT(4 51)"\nb,\nc,nonsense\nd,"CIRCULARSTRING (0 0, 1 1, 2 0)"\n')
    assert rows.geometry.tolist() == [POINT, None]
    nonsense, curve = rows.rejects
    assert (nonsense.position, nonsense.source_id, nonsense.reason) == (3, "c", Reason.UNREADABLE)
    assert "'nonsense'" in nonsense.detail
    assert nonsense.row == {"id": "c", "WKT": "nonsense"}
    assert (curve.position, curve.reason) == (4, Reason.UNREADABLE)


def test_cells_that_are_no_numbers_are_rejected(path: Path) -> None:
    (reject,) = rows_of(path, "id,lon,lat\na,east,51\n").rejects
    assert reject.detail == "the geometry cannot be read: 'east', '51'"


@pytest.mark.parametrize("rows", ["", "1,a\n"])
def test_without_geometry_the_columns_are_named(path: Path, rows: str) -> None:
    assert refusal(path, f"id,naam\n{rows}").endswith("it has id, naam.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_text_is_read_in_the_encoding_it_is_in(path: Path, encoding: str) -> None:
    path.write_text("id,lon,lat,naam\n1,4,51,Liège\n", encoding=encoding)
    reader = CsvFile(path, None)
    (rows,) = reader.read()
    assert rows.attributes["naam"].to_pylist() == ["Liège"]
    assert bool(reader.remarks) == (encoding == "latin-1")


def test_a_declared_encoding_is_kept_to(path: Path) -> None:
    path.write_bytes("id,lon,lat,naam\n1,4,51,Liège\n".encode("latin-1"))
    with pytest.raises(SourceError, match="holds text that is not UTF-8; save it as UTF-8"):
        list(CsvFile(path, None, dataset("ports", "csv", encoding="utf-8")).read())
    path.write_bytes("id,lon,lat,naam\n1,4,51,Plzeň\n".encode("cp1250"))
    (rows,) = CsvFile(path, None, dataset("ports", "csv", encoding="cp1250")).read()
    assert rows.attributes["naam"].to_pylist() == ["Plzeň"]


def test_what_is_declared_wins_over_what_the_file_looks_like(path: Path) -> None:
    path.write_text(
        "Ports of Somewhere; 2024; a; b; c\n\nnr|key|naam|y|x\n7|a|één|51,2|4,4\n8||twee|1.051,2|4,4\n|| |51|4\n"
    )
    declared = dataset(
        "ports",
        "csv",
        delimiter="|",
        decimal=",",
        options={"skip": 2},
        identifier=["nr", "key"],
        geometry={"x": "x", "y": "y"},
        fields={"name": "naam", "harbourSize": {"constant": "small"}},
    )
    reader = CsvFile(path, None, declared)
    (rows,) = reader.read()
    assert rows.source_id.to_pylist() == ["7_a", "8_", "row 3"]
    assert rows.geometry.tolist() == [shapely.Point(4.4, 51.2), shapely.Point(4.4, 1051.2), POINT]
    assert features(reader, rows, PORTS)[0] == {"name": "één", "harbourSize": "small"}


def test_a_file_without_the_declared_delimiter_is_refused_for_that(path: Path) -> None:
    path.write_text("id,lon,lat\n1,4,51\n")
    with pytest.raises(SourceError, match=r"a\.csv has ',' between .*, where ';' is declared as the delimiter"):
        list(CsvFile(path, None, dataset("ports", "csv", delimiter=";")).read())
    path.write_text("wkt\nPOINT(4 51)\n")
    (rows,) = CsvFile(path, None, dataset("ports", "csv", delimiter=";")).read()
    assert rows.geometry.tolist() == [shapely.Point(4, 51)]


def test_columns_that_are_declared_and_not_there_are_named(path: Path) -> None:
    path.write_text("id,lon,lat\n1,4,51\n")
    declared = dataset("ports", "csv", identifier=["nr"], fields={"name": "naam", "country": "land"})
    with pytest.raises(SourceError, match=r"a\.csv lacks the columns nr, naam, land; it has id, lon, lat\."):
        list(CsvFile(path, None, declared).read())


@pytest.mark.parametrize("header", ["lat_lon", "geo_point_2d", "Lat,Lon"])
def test_a_place_in_one_cell_is_told_by_the_name_of_its_column(path: Path, header: str) -> None:
    rows = rows_of(path, f'id;"{header}"\na;51.2, 4.5\nb;51,2 4,5\nc;\nd;here\n')
    assert rows.geometry.tolist() == [shapely.Point(4.5, 51.2), shapely.Point(4.5, 51.2), None]
    assert [reject.detail for reject in rows.rejects] == ["the geometry cannot be read: 'here'"]


@pytest.mark.parametrize(
    "header", ["Nr;Naam;Breedtegraad;Lengtegraad", "Nr;Bezeichnung;Breitengrad;Längengrad", "Nr;Název;lat;lon"]
)
def test_columns_may_be_named_in_languages_of_the_partners(path: Path, header: str) -> None:
    path.write_bytes(f"{header}\r\n1;Brugge – haven;51;4\r\n".encode())
    reader = CsvFile(path, None)
    (rows,) = reader.read()
    assert rows.geometry.tolist() == [POINT]
    assert features(reader, rows, PORTS)[0]["name"] == "Brugge – haven"


def test_a_name_that_does_not_tell_which_comes_first_is_no_place(path: Path) -> None:
    assert "source.geometry" in refusal(path, "id;coordinates\na;51.2, 4.5\n")


def test_excel_says_what_stands_between_the_cells(path: Path) -> None:
    rows = rows_of(path, "sep=;\r\nid;lon;lat;a,b,c,d,e\r\n1;4;51;x\r\n")
    assert rows.attributes.column_names == ["id", "lon", "lat", "a,b,c,d,e"]


@pytest.mark.parametrize(
    ("content", "sentence"), [("", "is empty"), ("id,lon,lat\n", "has no rows"), ("?", "geometry")]
)
def test_a_file_without_content_is_refused(path: Path, content: str, sentence: str) -> None:
    assert sentence in refusal(path, content)


def test_rows_come_in_batches_with_positions_that_go_on(path: Path) -> None:
    path.write_text("id,lon,lat\n" + "".join(f"n{row},4,51\n" for row in range(1, 45_001)))
    batches = list(CsvFile(path, None).read())
    assert len(batches) > 1
    assert np.concatenate([rows.position for rows in batches]).tolist() == list(range(1, 45_001))
    assert batches[-1].source_id[-1].as_py() == "n45000"


def test_the_airports_of_the_world_are_read(real_data: Path) -> None:
    reader = CsvFile(real_data / "ourairports" / "airports.csv.gz", None)
    batches = list(reader.read())
    assert sum(len(rows) for rows in batches) == 57_921
    fields = reader.harmonise(batches[0].attributes, AIRPORTS)
    assert {"name", "icao", "iata", "elevation", "country", "municipality"} <= fields.keys()
