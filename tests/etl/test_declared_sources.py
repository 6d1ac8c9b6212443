"""Files of places and networks loaded whole, as a region declares them: what stands in the database afterwards."""

import json
from pathlib import Path
from typing import Any, LiteralString

import geopandas
import openpyxl
import psycopg
import pytest
import shapely

from otn.errors import LoadError
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Dataset
from tests.etl.declared import dataset, registry


def load(url: str, declared: Dataset, *files: Path, crs: str | None = None) -> LoadSummary:
    wishes = Wishes(files=files, crs=crs)
    return load_dataset(url, declared, registry=registry(declared), progress=Silent(), wishes=wishes)


def query(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_a_czech_file_of_excel_is_loaded_as_declared(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "letiste.csv"
    lines = [
        "Letiště České republiky;;;",
        "KÓD;NÁZEV;PLOCHA;POLOHA",
        "LKPL;Plzeň-Líně;2;49,675 13,275",
        "LKXX;Příbram;9;",
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1250"))
    declared = dataset(
        "airports",
        "csv",
        region="cz",
        identifier=["KÓD"],
        geometry={"lat_lon": "POLOHA"},
        options={"skip": 1},
        fields={
            "name": "NÁZEV",
            "icao": "KÓD",
            "kind": {"column": "PLOCHA", "codes": {2: "aerodromeOnly"}},
            "country": {"constant": "CZ"},
        },
    )
    summary = load(database_url, declared, file)
    assert (summary.number_added, summary.rejects_by_reason) == (1, {"geometry/missing": 1})
    assert query(database_url, "SELECT local_id, name, icao, kind, country, ST_X(geom), ST_Y(geom) FROM airports") == [
        ("LKPL", "Plzeň-Líně", "LKPL", "aerodromeOnly", "CZ", 13.275, 49.675)
    ]
    assert query(database_url, "SELECT source_id, row ->> 'NÁZEV' FROM reject") == [("LKXX", "Příbram")]


def test_a_workbook_is_loaded_like_text(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "ports.xlsx"
    book = openpyxl.Workbook()
    book.create_sheet("Havens").append(["nr", "x", "y", "haven", "diepte"])
    book["Havens"].append([1, 152488, 212063, "Antwerpen", 50])
    book.save(file)
    fields = {"name": "haven", "channelDepth": {"column": "diepte", "unit": "ft"}}
    declared = dataset("ports", "xlsx", identifier=["nr"], fields=fields)
    load(database_url, declared, file, crs="EPSG:31370")
    assert query(database_url, "SELECT local_id, name, channel_depth, source_codes FROM ports") == [
        ("1", "Antwerpen", 15.24, {"diepte": "50"})
    ]
    assert query(
        database_url, "SELECT ST_DWithin(geom::geography, 'POINT(4.4 51.2)'::geography, 20000) FROM ports"
    ) == [(True,)]


def test_geoparquet_is_loaded_in_its_own_system(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "roads.parquet"
    lines = [shapely.LineString([(152488, 212063), (152588, 212163)]), shapely.LineString([(0, 0), (0, 0)])]
    geopandas.GeoDataFrame({"u": [1, 2], "highway": ["tertiary"] * 2}, geometry=lines, crs="EPSG:31370").to_parquet(
        file
    )
    summary = load(database_url, dataset("roads", "geoparquet", identifier=["u", "highway"]), file)
    assert summary.rejects_by_reason == {"geometry/too-few-points": 1}
    assert query(database_url, "SELECT local_id, functional_road_class, round(length) FROM roads") == [
        ("1_tertiary", "thirdClass", 141)
    ]


AREAS = {
    "antwerp": ("district", "be", 62),
    "riga": ("district", "lv", 58),
    "prague": ("district", "cz", 57),
    "athens": ("municipality", "gr", 34),
    "greece-regions": ("region", "gr", 13),
}


@pytest.mark.parametrize("name", AREAS)
def test_areas_are_of_the_kind_that_is_declared(database_url: str, real_data: Path, name: str) -> None:
    kind, region, number = AREAS[name]
    declared = dataset(
        "areas",
        "vector",
        region=region,
        identifier=["cartodb_id"],
        fields={"kind": {"constant": kind}, "country": {"constant": region.upper()}},
    )
    summary = load(database_url, declared, real_data / "areas" / f"{name}.geojson")
    assert (summary.number_added, summary.number_rejected) == (number, 0)
    counted = query(
        database_url, "SELECT count(*), count(name), min(kind), min(country), count(DISTINCT local_id) FROM areas"
    )
    assert counted == [(number, number, kind, region.upper(), number)]


def test_ports_and_airports_of_natural_earth(database_url: str, real_data: Path) -> None:
    folder = real_data / "natural_earth_ports_airports"
    # The file says NAD83, where all others of Natural Earth say WGS 84.
    ports = dataset("ports", "vector", identifier=["ne_id"])
    summary = load(database_url, ports, folder / "ne_10m_ports.geojson", crs="OGC:CRS84")
    assert (summary.number_added, summary.number_rejected) == (1081, 0)
    types = {"column": "type", "codes": {"small": "aerodromeOnly", "mid": "aerodromeOnly", "major": "aerodromeOnly"}}
    airports = dataset("airports", "vector", identifier=["ne_id"], fields={"kind": types})
    summary = load(database_url, airports, folder / "ne_10m_airports.geojson")
    assert (summary.number_added, summary.number_rejected) == (893, 0)
    [(kinds, known, others)] = query(
        database_url,
        "SELECT count(kind), count(icao), count(*) FILTER (WHERE source_codes ->> 'kind' IS NOT NULL) FROM airports",
    )
    assert kinds > 600
    assert known > 700
    assert kinds + others == 893


def test_airports_of_the_world_without_those_that_are_closed(database_url: str, real_data: Path) -> None:
    summary = load(database_url, dataset("airports", "ourairports"), real_data / "ourairports" / "airports.csv.gz")
    assert (summary.number_added, summary.number_rejected, summary.number_normalised) == (53_331, 0, 4_590)
    assert query(
        database_url,
        "SELECT name, icao, iata, kind, elevation, scheduled_service, country FROM airports WHERE icao = 'EBAW'",
    ) == [("Antwerp International Airport (Deurne)", "EBAW", "ANR", "aerodromeOnly", 11.89, True, "BE")]
    [(namibia,)] = query(database_url, "SELECT count(*) FROM airports WHERE country = 'NA'")
    assert namibia > 200


def test_runways_of_the_world_that_have_two_ends(database_url: str, real_data: Path) -> None:
    files = [real_data / "ourairports" / name for name in ("runways_2021.csv.gz", "airports.csv.gz")]
    summary = load(database_url, dataset("runways", "ourairports"), *files)
    assert (summary.number_added, summary.number_normalised) == (14_128, 7_643)
    assert summary.rejects_by_reason == {
        "geometry/missing": 19_884,
        "geometry/too-few-points": 9,
        "row/unreadable": 11,
    }
    assert query(
        database_url, "SELECT name, kind, surface, declared_length, lighted, closed FROM runways WHERE airport = 'EBAW'"
    ) == [("11/29", "runway", "paved", 1509.98, True, False)]


def test_ports_of_the_code_list_and_of_the_index(database_url: str, real_data: Path) -> None:
    codes = dataset("ports", "unlocode")
    summary = load(database_url, codes, real_data / "unlocode" / "un-locode_sample.csv")
    assert summary.rejects_by_reason == {"geometry/missing": 68, "row/unreadable": 2}
    assert (summary.number_added, summary.number_normalised) == (844, 2854)
    index = dataset("ports", "world-port-index", region="gb")
    summary = load(database_url, index, real_data / "world_port_index" / "wpi_sample.csv")
    assert (summary.number_added, summary.number_rejected) == (476, 0)


def test_an_index_of_rasters_is_served_as_areas(database_url: str, real_data: Path) -> None:
    declared = dataset("areas", "raster")
    assert load(database_url, declared, real_data / "srtm_dem" / "N43E007.tif").number_added == 1
    [(name, kind, codes, west)] = query(database_url, "SELECT name, kind, source_codes, ST_XMin(geom) FROM areas")
    assert (name, kind, codes["width"]) == ("N43E007.tif", "other", 1201)
    assert west == pytest.approx(6.99958, abs=1e-5)


BROKEN = [b"", b"\0" * 100, b"\xff\xfe\xfd nothing of the kind", b"PK\x03\x04 and no more"]
READERS = ["csv", "geoparquet", "xlsx", "raster", "ourairports", "unlocode", "world-port-index"]


@pytest.mark.parametrize("reader", READERS)
def test_what_cannot_be_read_is_refused_and_the_old_data_stays(database_url: str, tmp_path: Path, reader: str) -> None:
    before = tmp_path / "before.geojson"
    point = {"type": "Point", "coordinates": [4.4, 51.2]}
    before.write_text(json.dumps({"type": "Feature", "properties": {"id": "old"}, "geometry": point}))
    load(database_url, dataset("ports", "vector"), before)
    collection = {"raster": "areas", "ourairports": "airports"}.get(reader, "ports")
    file = tmp_path / {"raster": "a.tif"}.get(reader, "a.bin")
    for content in BROKEN:
        file.write_bytes(content)
        with pytest.raises(LoadError, match=file.name):
            load(database_url, dataset(collection, reader), file)
    assert query(database_url, "SELECT local_id FROM ports") == [("old",)]
