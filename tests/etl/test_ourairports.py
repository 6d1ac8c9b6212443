"""Airports and runways of OurAirports: two files, told apart by their columns."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely

from otn.errors import SourceError
from otn.etl.readers.ourairports import OurAirports
from otn.etl.readers.runway_surface import surface
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import COLLECTIONS
from tests.etl.declared import features, inputs

AIRPORTS = """\
"id","ident","type","name","latitude_deg","longitude_deg","elevation_ft","continent","iso_country","iso_region",\
"municipality","scheduled_service","gps_code","iata_code","local_code","home_link","wikipedia_link","keywords"
2180,"EBAW","medium_airport","Antwerp International Airport",51.1894,4.46028,39,"EU","BE","BE-VAN",\
"Antwerp","yes","EBAW","ANR",,,,
6523,"00A","heliport","Total Rf Heliport",40.07,-74.93,11,"NA","US","US-PA","Bensalem","no","00A",,"00A",,,
2900,"FYWE","seaplane_base","Eros",-22.6,17.08,,"AF","NA","NA-KH","Windhoek","no","FYWE","-",,,,
7159,"0E9","closed","Gone",40.1,-75.1,,"NA","US","US-PA",,"no",,,,,,
8264,"1E2","balloonport","Field",40.2,-75.2,1e9,"NA","US","US-PA",,"no",,,,,,
9,"X","blimp","Somewhere",north,-75.2,,"NA","US","US-PA",,"no",,,,,,
"""
RUNWAYS = """\
"id","airport_ref","airport_ident","length_ft","width_ft","surface","lighted","closed","le_ident","le_latitude_deg",\
"le_longitude_deg","le_elevation_ft","le_heading_degT","le_displaced_threshold_ft","he_ident","he_latitude_deg",\
"he_longitude_deg","he_elevation_ft","he_heading_degT","he_displaced_threshold_ft"
1,2180,"EBAW",4954,148,"ASPH",1,0,"11",51.1911,4.4501,,,,"29",51.1877,4.4711,,,
2,8264,"1.00E+02",2000,0,"TURF-G",0,0,"N",40.2,-75.2,,,,"S",40.21,-75.2,,,
3,6523,"00A",80,80,"CONC",1,0,"H1",,,,,,,,,,,
4,7159,"0.00E+00",2000,50,"TURF",0,0,"1",40.1,-75.1,,,,"19",40.11,-75.1,,,
5,2180,"EBAW",,,"X",0,1,"01",51.19,4.46,,,,"19",,,,,
6,2180,"EBAW",2000,50,"ASPH-TURF",0,0,"02",51.19,4.46,,,,"20",51.19,-4.46,,,
7,1,"EBZZ",2000,50,"WATER",0,0,"",51.19,4.46,,,,"",51.19,4.46,,,
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    airports, runways = tmp_path / "airports.csv", tmp_path / "runways.csv.gz"
    airports.write_text(AIRPORTS)
    runways.write_bytes(gzip.compress(RUNWAYS.encode()))
    return airports, runways


def read(collection: str, *files: Path) -> tuple[SourceRows, list[dict[str, Any]], OurAirports]:
    reader = OurAirports(inputs(*files, collection=collection, reader="ourairports"))
    (rows,) = reader.read()
    return rows, features(reader, rows, COLLECTIONS[collection]), reader


def test_airports_are_those_that_are_not_closed(files: tuple[Path, Path]) -> None:
    rows, (antwerp, heliport, eros, field), _ = read("airports", files[0])
    assert rows.source_id.to_pylist() == ["2180", "6523", "2900", "8264"]
    assert rows.normalised.tolist() == [shapely.Point(-75.1, 40.1)]
    assert rows.geometry[0] == shapely.Point(4.46028, 51.1894)
    codes = json.loads(antwerp.pop("sourceCodes"))
    assert codes == {"type": "medium_airport", "elevation_ft": "39", "scheduled_service": "yes"}
    assert antwerp == {
        "name": "Antwerp International Airport",
        "icao": "EBAW",
        "iata": "ANR",
        "kind": "aerodromeOnly",
        "elevation": 11.89,
        "municipality": "Antwerp",
        "scheduledService": True,
        "country": "BE",
    }
    assert (heliport["kind"], heliport.get("icao")) == ("heliportOnly", None)
    assert (eros["kind"], eros["country"], eros.get("iata")) == ("aerodromeOnly", "NA", None)
    assert field["kind"] == "landingSite"


def test_every_row_says_its_country(files: tuple[Path, Path]) -> None:
    assert read("airports", files[0])[0].attributes["country"].to_pylist() == ["BE", "US", "NA", "US"]
    assert read("runways", *files)[0].attributes["country"].to_pylist() == ["BE", "US", "BE", None]


def test_a_place_that_is_none_is_a_reject_with_its_row(files: tuple[Path, Path]) -> None:
    (reject,) = read("airports", files[0])[0].rejects
    assert (reject.position, reject.source_id, reject.reason) == (6, "9", Reason.UNREADABLE)
    assert (reject.row["latitude_deg"], reject.row["type"]) == ("north", "blimp")


def test_newer_files_have_a_column_of_icao_codes(files: tuple[Path, Path]) -> None:
    newer = [line.replace('"iata_code"', '"icao_code","iata_code"') for line in AIRPORTS.splitlines()[:1]]
    newer += [line.replace('"ANR"', '"EBAX","ANR"') for line in AIRPORTS.splitlines()[1:2]]
    files[0].write_text("\n".join(newer))
    assert read("airports", files[0])[1][0]["icao"] == "EBAX"
    assert read("runways", *files)[1][0]["airport"] == "EBAX"


def test_an_unknown_type_is_null_and_kept(files: tuple[Path, Path]) -> None:
    files[0].write_text(AIRPORTS.replace("balloonport", "spaceport"))
    _, rows, _ = read("airports", files[0])
    assert "kind" not in rows[3]
    codes = json.loads(rows[3]["sourceCodes"])
    assert (codes["kind"], codes["type"]) == ("spaceport", "spaceport")


@pytest.mark.parametrize("order", [1, -1])
def test_runways_run_from_end_to_end_whatever_the_order_of_the_files(files: tuple[Path, Path], order: int) -> None:
    rows, (antwerp, grass, unknown, water), _ = read("runways", *files[::order])
    assert rows.source_id.to_pylist() == ["1", "2", "5", "7"]
    assert rows.geometry[0] == shapely.LineString([(4.4501, 51.1911), (4.4711, 51.1877)])
    assert json.loads(antwerp.pop("sourceCodes"))["surface"] == "ASPH"
    assert antwerp == {
        "name": "11/29",
        "kind": "runway",
        "airport": "EBAW",
        "surface": "paved",
        "declaredLength": 1509.98,
        "width": 45.11,
        "lighted": True,
        "closed": False,
    }
    assert (grass["surface"], grass["airport"]) == ("unpaved", "1E2")
    assert (unknown["closed"], unknown.get("surface")) == (True, None)
    assert (water["airport"], water.get("name"), water.get("surface")) == ("EBZZ", None, None)


def test_helipads_and_runways_of_closed_airports_are_left_out_and_counted(files: tuple[Path, Path]) -> None:
    assert len(read("runways", *files)[0].normalised) == 2


def test_a_runway_without_an_end_has_no_geometry_and_one_that_is_too_long_is_a_reject(files: tuple[Path, Path]) -> None:
    rows, _, _ = read("runways", *files)
    assert rows.geometry[2] is None
    (reject,) = rows.rejects
    assert (reject.position, reject.source_id, reject.reason) == (6, "6", Reason.UNREADABLE)
    assert "its ends lie 62" in reject.detail
    assert "said to be 610 m long" in reject.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASPH-G", "paved"),
        ("Concrete", "paved"),
        ("ASPH/ CONC", "paved"),
        ("PEM", "paved"),
        ("TURF", "unpaved"),
        ("GRASS / SOD", "unpaved"),
        ("Grassed brown clay", "unpaved"),
        ("GRVL-F", "unpaved"),
        ("ASPH-TURF", None),
        ("WATER", None),
        ("G", None),
        ("UNK", None),
        ("", None),
    ],
)
def test_a_surface_is_paved_or_not_or_not_told(text: str, expected: str | None) -> None:
    assert surface(text) == expected


def test_files_that_are_missing_or_something_else_are_named(files: tuple[Path, Path], tmp_path: Path) -> None:
    airports, runways = files
    with pytest.raises(SourceError, match=r"needs airports\.csv of OurAirports; given: runways\.csv\.gz"):
        read("runways", runways)
    with pytest.raises(SourceError, match=r"needs runways\.csv of OurAirports; given: airports\.csv"):
        read("runways", airports)
    countries = tmp_path / "countries.csv"
    countries.write_text("id,code,name\n1,BE,Belgium\n")
    with pytest.raises(SourceError, match=r"countries\.csv is neither airports\.csv nor runways\.csv: it has id, code"):
        read("airports", countries)
    with pytest.raises(SourceError, match="is read for airports and runways, not for roads"):
        read("roads", airports)
    airports.write_text(AIRPORTS.replace("gps_code", "gps").replace("elevation_ft", "elevation"))
    with pytest.raises(SourceError, match=r"airports\.csv lacks the columns elevation_ft, gps_code"):
        read("airports", airports)
    airports.write_text(AIRPORTS.splitlines()[0])
    with pytest.raises(SourceError, match="has no rows"):
        read("airports", airports)


def test_the_airports_and_runways_of_the_world(real_data: Path) -> None:
    files = [real_data / "ourairports" / name for name in ("runways_2021.csv.gz", "airports.csv.gz")]
    airports = list(OurAirports(inputs(*files, collection="airports", reader="ourairports")).read())
    assert sum(map(len, airports)) == 53_331
    assert sum(len(rows.normalised) for rows in airports) == 57_921 - 53_331
    countries = Counter(code for rows in airports for code in rows.attributes["country"].to_pylist())
    assert countries["NA"] > 200
    assert None not in countries
    runways = list(OurAirports(inputs(*files, collection="runways", reader="ourairports")).read())
    read_, left_out = sum(map(len, runways)), sum(len(rows.normalised) for rows in runways)
    rejects = [reject for rows in runways for reject in rows.rejects]
    assert (read_, left_out, len(rejects)) == (34_021, 7_643, 11)
    assert read_ + left_out + len(rejects) == 41_675
    assert sum(place is not None for rows in runways for place in rows.geometry) == 14_137
    idents = [code for rows in runways for code in rows.attributes["airport"].to_pylist()]
    assert not [code for code in idents if "E+" in code]
