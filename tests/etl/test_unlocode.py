"""UN/LOCODE as UNECE publishes it and as others copy it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.errors import SourceError
from otn.etl.readers.unlocode import UnLocode
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import COLLECTIONS
from tests.etl.declared import features, inputs

ANTWERP = ',"BE","ANR","Antwerpen","Antwerpen","VAN","12345---","AI","0501",,"5113N 00425E",""'
LIEGE = ',"BE","LGG","Liège","Liege","WLG","1--45---","AF","9506",,"5038N 00534E",""'
PORT = COLLECTIONS["ports"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "locodes.csv"


def read(path: Path, *lines: str, collection: str = "ports", encoding: str = "latin-1") -> SourceRows:
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    (rows,) = UnLocode(inputs(path, collection=collection, reader="unlocode")).read()
    return rows


def ids(rows: SourceRows) -> list[str]:
    return list(rows.source_id.to_pylist())


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_files_of_unece_have_no_header_and_another_encoding(path: Path, encoding: str) -> None:
    rows = read(path, ',"BE",,".BELGIUM",,,,,,,,', ANTWERP, LIEGE, encoding=encoding)
    reader = UnLocode(inputs(path, collection="ports", reader="unlocode"))
    assert features(reader, rows, PORT) == [
        {"name": "Antwerpen", "country": "BE", "unLocode": "BEANR"},
        {"name": "Liège", "country": "BE", "unLocode": "BELGG"},
    ]
    assert rows.geometry[0].equals_exact(shapely.Point(4 + 25 / 60, 51 + 13 / 60), 1e-12)
    assert rows.attributes["country"].to_pylist() == ["BE", "BE"]
    assert len(rows.normalised) == 1


@pytest.mark.parametrize("order", ["Function,Status", "Status,Function"])
@pytest.mark.parametrize("header", [True, False])
def test_both_orders_of_columns_are_read_with_and_without_header(path: Path, order: str, header: bool) -> None:
    names = f"Change,Country,Location,Name,NameWoDiacritics,Subdivision,{order},Date,IATA,Coordinates,Remarks"
    cells = "1-------,AI" if order.startswith("Function") else "AI,1-------"
    rows = read(path, *[names] * header, f",GR,PIR,Piraeus,Piraeus,,{cells},0501,,3757N 02338E,")
    assert ids(rows) == ["GRPIR"]


def test_both_orders_in_one_file_with_the_header_between_and_every_row_twice(path: Path) -> None:
    rows = read(
        path,
        "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Status,Function,Date,IATA,Coordinates,Remarks",
        ",GR,JSY,Syra (Syros),Syra (Syros),,AI,1-------,9601,,3726N 02455E,",
        ",FR,LR7,L'Aiguillon,L'Aiguillon,61,,1----6--,2101,,4816N 00042E,",
        "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Function,Status,Date,IATA,Coordinates,Remarks",
        ",GR,JSY,Syros (Syra),Syros (Syra),,1-------,AI,9601,,3726N 02455E,",
        ",FR,LR7,L'Aiguillon,L'Aiguillon,61,1----6--,,2101,,4816N 00042E,",
    )
    assert ids(rows) == ["GRJSY", "FRLR7"]
    assert len(rows.normalised) == 2
    assert rows.attributes["Function"].to_pylist() == ["1-------", "1----6--"]


def test_one_code_for_two_places_is_left_to_the_check_of_identifiers(path: Path) -> None:
    elsewhere = ANTWERP.replace("5113N", "5013N")
    assert ids(read(path, ANTWERP, elsewhere)) == ["BEANR", "BEANR"]


def test_copies_with_country_names_and_padded_cells(path: Path) -> None:
    rows = read(
        path,
        "ISO 3166-1,Country Name,Ch,LOCODE,Name,NameWoDiacritics,SubDiv,Function,Status,Date,IATA,Coordinates,Remarks",
        "BE,Belgium,  ,BE  ANR  ,Antwerpen  ,Antwerpen  ,VAN  ,12345---  ,AI  ,501,  ,5113N 00425E  , ",
        "LV,Latvia,  ,LV RIX ,Riga,Riga, ,1234----,AF,501, ,5657N 02406E, ",
        "BE,Belgium,= ,BE  ,Antwerp = Antwerpen  ,Antwerp = Antwerpen  ,  ,  ,  ,,  ,  , ",
    )
    assert ids(rows) == ["BEANR", "LVRIX"]
    assert len(rows.normalised) == 1


def test_airports_are_places_with_function_four_under_the_code_that_iata_gives_another_than_theirs(path: Path) -> None:
    other = ',"CZ","PRG","Praha","Praha","PR","--34----","AI","0001","XYG","5005N 01425E",""'
    rows = read(path, LIEGE, other, ANTWERP.replace("12345", "12-5-"), collection="airports")
    reader = UnLocode(inputs(path, collection="airports", reader="unlocode"))
    assert ids(rows) == ["BELGG", "CZPRG"]
    assert [feature.get("iata") for feature in features(reader, rows, COLLECTIONS["airports"])] == [None, "XYG"]
    assert len(rows.normalised) == 1


def test_missing_coordinates_are_left_to_the_checks_and_wrong_ones_are_rejects(path: Path) -> None:
    rows = read(path, ANTWERP.replace("5113N 00425E", ""), LIEGE.replace("5038N 00534E", "5070N 14130E"))
    assert rows.geometry.tolist() == [None]
    (reject,) = rows.rejects
    assert (reject.position, reject.source_id, reject.reason) == (2, "BELGG", Reason.UNREADABLE)
    assert reject.detail == "the coordinates '5070N 14130E' are not like 5155N 00421E"
    assert reject.row["Name"] == "Liège"


def test_requests_that_were_rejected_are_no_places(path: Path) -> None:
    assert not ids(read(path, ANTWERP.replace('"AI"', '"RR"')))


PLAIN = ANTWERP.removesuffix('""')


@pytest.mark.parametrize("line", [PLAIN + "," + LIEGE, PLAIN + LIEGE, ANTWERP + LIEGE])
def test_two_records_on_one_line_are_taken_apart_where_that_is_certain(path: Path, line: str) -> None:
    rows = read(path, line)
    assert ids(rows) == ["BEANR", "BELGG"]
    assert rows.position.tolist() == [1, 2]


@pytest.mark.parametrize(
    "line",
    [
        PLAIN + "cf BEXYZ+" + LIEGE,
        ANTWERP.replace("12345---", "12345"),
        ANTWERP.replace("BE", "Belgium"),
        "nonsense",
    ],
)
def test_a_line_that_is_no_record_for_certain_is_a_reject_as_it_came(path: Path, line: str) -> None:
    rows = read(path, LIEGE, line)
    assert ids(rows) == ["BELGG"]
    (reject,) = rows.rejects
    assert (reject.position, reject.row) == (2, {"line": line})


def test_a_quotation_mark_that_is_never_closed_spoils_no_other_record(path: Path) -> None:
    rows = read(path, ANTWERP.removesuffix('""') + '"', '"', LIEGE)
    assert ids(rows) == ["BEANR", "BELGG"]
    assert not rows.rejects


def test_several_files_are_one_list(path: Path, tmp_path: Path) -> None:
    second = tmp_path / "part2.csv"
    path.write_text(ANTWERP)
    second.write_text(LIEGE, encoding="cp1252")
    (rows,) = UnLocode(inputs(path, second, collection="ports", reader="unlocode")).read()
    assert rows.position.tolist() == [1, 2]


@given(st.text(max_size=60))
def test_no_line_is_too_strange(text: str) -> None:
    with TemporaryDirectory() as directory:
        rows = read(Path(directory) / "a.csv", ANTWERP, text, LIEGE, encoding="utf-8")
    assert ids(rows) == ["BEANR", "BELGG"]


def test_what_is_no_list_is_refused(path: Path) -> None:
    with pytest.raises(SourceError, match="is no UN/LOCODE, whose columns are Change, Country, Location"):
        read(path, "id,lon,lat", "1,4,51")
    with pytest.raises(SourceError, match="is read for ports and airports, not for roads"):
        read(path, ANTWERP, collection="roads")
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        list(UnLocode(inputs(path, collection="ports", reader="unlocode")).read())


@pytest.mark.parametrize(("collection", "counts"), [("ports", (912, 844, 2, 2854)), ("airports", (73, 53, 0, 3695))])
def test_the_places_of_four_countries(real_data: Path, collection: str, counts: tuple[int, int, int, int]) -> None:
    file = real_data / "unlocode" / "un-locode_sample.csv"
    (rows,) = UnLocode(inputs(file, collection=collection, reader="unlocode")).read()
    placed = sum(place is not None for place in rows.geometry)
    assert (len(rows), placed, len(rows.rejects), len(rows.normalised)) == counts
    assert len(rows) + len(rows.rejects) + len(rows.normalised) == 3768
    assert len(set(ids(rows))) == len(rows)
