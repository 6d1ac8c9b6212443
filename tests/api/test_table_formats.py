"""The formats that are tables, read back by other programs: counts, types, geometry, reference system, licence."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from otn.api.crs import CRS84, parse_crs
from otn.api.encoders.arrow_schema import table_schema
from otn.api.encoders.gdal_file import FLATGEOBUF, GEOPACKAGE, GdalFile, GdalFormat
from otn.api.encoders.registry import FORMATS
from otn.api.encoders.table import TableFormat, table_sql
from otn.api.encoders.table_formats import ArrowStream, GeoParquet
from otn.api.encoders.view import View
from otn.errors import BadRequest, Unavailable
from otn.model.collections import COLLECTIONS, PORTS, ROADS, Collection
from otn.store.arrow_rows import ArrowRows
from tests.api.formats import (
    ANTIMERIDIAN,
    NASTY_TEXTS,
    NUMBER_OF_ROADS,
    PAGE_NOTICE,
    is_streamed,
    page_of,
    view_in,
    whole_view,
)

LAMBERT = parse_crs("EPSG:3035", "crs")
EPSG_4326 = parse_crs("EPSG:4326", "crs")
NAMES = [*NASTY_TEXTS, None, "Taveuni"]
IDS = [*range(1, NUMBER_OF_ROADS - 1), 2**40, 100]
FIRST_LINE = "LINESTRING(4.1234567 50.1, 4.2 51)"
SLOW_LATER = (
    "SELECT number AS id, repeat('x', 1000) || CASE WHEN number = 5000 THEN pg_sleep(30)::text ELSE '' END AS name"
    " FROM generate_series(1, 5000::bigint) AS number"
)


def written(url: str, table_format: TableFormat, view: View) -> bytes:
    sink = io.BytesIO()
    sql = table_sql(view, bounds=table_format.with_bounds)
    with ArrowRows(url, sql).batches(table_schema(view, bounds=table_format.with_bounds)) as batches:
        table_format.write(batches, page_of(view), sink)
    return sink.getvalue()


def write_file(url: str, gdal_format: GdalFormat, view: View, path: Path, **limits: int) -> None:
    GdalFile(gdal_format, page_of(view), path, **limits).write(ArrowRows(url, table_sql(view)).query)


def arrow_table(url: str, view: View) -> pyarrow.Table:
    return pyarrow.ipc.open_stream(written(url, ArrowStream(), view)).read_all()


def lines(wkb: Any) -> list[str]:
    return list(shapely.to_wkt(shapely.from_wkb(wkb.to_numpy()), rounding_precision=9))


def check_roads(read: geopandas.GeoDataFrame) -> None:
    """What GDAL and geopandas must find in a file of the nasty roads."""
    assert list(read["name"].dropna()) == [name for name in NAMES if name is not None]
    assert list(read["speedLimit"].dropna()) == [50 + number for number in range(1, len(NASTY_TEXTS) + 1)]
    assert list(read["bridge"].dropna()) == [number % 2 == 0 for number in range(1, len(NASTY_TEXTS) + 1)]
    assert read["validTo"].iloc[1].isoformat().startswith("2015-12-31T21:59:59.5")
    assert read["maximumHeight"].dtype == "float64"
    assert read["lanes"].isna().all()
    assert json.loads(read["sourceCodes"].iloc[0]) == {"highway": NASTY_TEXTS[0], "n": [1, None]}
    assert read.geometry.iloc[-1].equals(shapely.from_wkt(ANTIMERIDIAN))
    assert read.geometry.iloc[0].equals(shapely.from_wkt(FIRST_LINE))


@pytest.mark.parametrize("table_format", [ArrowStream(), GeoParquet()], ids=["arrow", "parquet"])
@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
def test_every_collection_has_every_table(nasty_url: str, table_format: TableFormat, collection: Collection) -> None:
    written(nasty_url, table_format, whole_view(collection))


@pytest.mark.parametrize("name", ["speedLimit", "maximumHeight", "validFrom"])
def test_arrow_shows_nothing_of_our_memory(name: str) -> None:
    view = replace(whole_view(ROADS), fields=(ROADS.by_name[name],), geometry=None)
    schema = table_schema(view)
    kind = schema.field(name).type
    one_and_null = [pyarrow.py_buffer(b"\x01"), pyarrow.py_buffer(b"\x01" * (kind.bit_width // 8) + b"in memory")]
    column = pyarrow.Array.from_buffers(kind, 2, one_and_null)
    batch = pyarrow.RecordBatch.from_arrays([pyarrow.array([1, 2]), column], schema=schema)
    sink = io.BytesIO()
    ArrowStream().write([batch], page_of(view), sink)
    assert pyarrow.ipc.open_stream(sink.getvalue()).read_all().column(name).to_pylist() == column.to_pylist()
    assert b"in m" not in sink.getvalue()


def test_arrow_has_the_types_of_the_model(nasty_url: str) -> None:
    table = arrow_table(nasty_url, whole_view(ROADS))
    assert table.column_names == ["id", *(field.name for field in ROADS.fields), "geometry"]
    types = {name: str(table.schema.field(name).type) for name in ("id", "speedLimit", "length", "bridge", "validFrom")}
    assert types == {
        "id": "int64",
        "speedLimit": "int32",
        "length": "double",
        "bridge": "bool",
        "validFrom": "timestamp[us, tz=UTC]",
    }
    assert not table.schema.field("licence").nullable
    assert table["id"].to_pylist() == IDS
    assert table["name"].to_pylist() == NAMES
    assert lines(table["geometry"])[0] == "LINESTRING (4.1234567 50.1, 4.2 51)"
    assert table.schema.metadata == {b"title": b"Roads & <more>", b"attribution": PAGE_NOTICE.encode()}


@pytest.mark.parametrize("crs", [CRS84, EPSG_4326, LAMBERT], ids=["CRS84", "4326", "3035"])
def test_arrow_says_its_reference_system_and_keeps_x_before_y(nasty_url: str, crs: Any) -> None:
    table = arrow_table(nasty_url, view_in(PORTS, crs))
    metadata = table.schema.field("geometry").metadata
    assert metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"
    identifier = json.loads(metadata[b"ARROW:extension:metadata"])["crs"]["id"]
    assert identifier == (
        {"authority": "OGC", "code": "CRS84"} if crs is CRS84 else {"authority": "EPSG", "code": crs.srid}
    )
    point = shapely.from_wkb(table["geometry"][0].as_py())
    assert (point.x, point.y) == pytest.approx(crs.from_wgs84.transform(179.5, 66.1234567), abs=1e-3)


def test_geopandas_reads_arrow(nasty_url: str) -> None:
    check_roads(geopandas.GeoDataFrame.from_arrow(arrow_table(nasty_url, whole_view(ROADS))))


def test_geoparquet_is_what_version_1_1_asks_for(nasty_url: str) -> None:
    file = pyarrow.parquet.ParquetFile(io.BytesIO(written(nasty_url, GeoParquet(), whole_view(ROADS))))
    metadata = {name: value.decode() for name, value in file.metadata.metadata.items()}
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["LineString"]
    assert column["crs"]["id"] == {"authority": "OGC", "code": "CRS84"}
    assert column["bbox"] == [-180, -17.2, 180, 52]
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert metadata[b"attribution"] == PAGE_NOTICE
    first = file.read().to_pylist()[0]
    assert first["bbox"] == {"xmin": 4.1234567, "ymin": 50.1, "xmax": 4.2, "ymax": 51}
    assert file.schema_arrow.field("speedLimit").type == pyarrow.int32()


def test_geopandas_reads_geoparquet(nasty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "roads.parquet"
    path.write_bytes(written(nasty_url, GeoParquet(), whole_view(ROADS)))
    read = geopandas.read_parquet(path)
    assert list(read["id"]) == IDS
    check_roads(read)
    assert list(geopandas.read_parquet(path, bbox=(170, -18, 180, -16))["id"]) == [100]


def test_geoparquet_of_nothing_is_a_table_without_rows(nasty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "airports.parquet"
    path.write_bytes(written(nasty_url, GeoParquet(), whole_view(COLLECTIONS["airports"])))
    assert geopandas.read_parquet(path).empty


@pytest.mark.parametrize("crs", [CRS84, LAMBERT], ids=["CRS84", "3035"])
def test_gdal_reads_flatgeobuf_with_its_index(nasty_url: str, tmp_path: Path, crs: Any) -> None:
    path = tmp_path / "roads.fgb"
    write_file(nasty_url, FLATGEOBUF, view_in(ROADS, crs), path)
    info = pyogrio.read_info(path)
    assert info["capabilities"]["fast_spatial_filter"]
    assert info["features"] == NUMBER_OF_ROADS
    assert info["geometry_type"] == "LineString"
    read = pyogrio.read_dataframe(path)
    assert sorted(read["id"]) == sorted(IDS)
    assert read.crs.to_epsg() == crs.srid
    if crs is CRS84:
        order = {identifier: place for place, identifier in enumerate(IDS)}
        check_roads(read.sort_values("id", key=lambda ids: ids.map(order)))
        assert list(pyogrio.read_dataframe(path, bbox=(170, -18, 180, -16))["id"]) == [100]


def test_gdal_reads_geopackage_with_ids_and_licence(nasty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "roads.gpkg"
    write_file(nasty_url, GEOPACKAGE, whole_view(ROADS), path)
    info = pyogrio.read_info(path)
    assert info["fid_column"] == "id"
    assert info["layer_metadata"]["attribution"] == PAGE_NOTICE
    assert info["layer_metadata"]["DESCRIPTION"] == PAGE_NOTICE
    assert info["geometry_type"] == "LineString"
    read = pyogrio.read_dataframe(path, fid_as_index=True)
    assert sorted(read.index) == sorted(IDS)
    assert read.crs.to_epsg() == 4326
    check_roads(read.loc[IDS])


@pytest.mark.parametrize(("gdal_format", "name"), [(FLATGEOBUF, "roads.fgb"), (GEOPACKAGE, "roads.gpkg")])
def test_a_file_may_have_no_geometry(nasty_url: str, tmp_path: Path, gdal_format: GdalFormat, name: str) -> None:
    path = tmp_path / name
    write_file(nasty_url, gdal_format, replace(whole_view(ROADS), geometry=None), path)
    assert pyogrio.read_info(path)["features"] == NUMBER_OF_ROADS
    assert pyogrio.read_info(path)["geometry_type"] in (None, "Unknown")


@pytest.mark.parametrize("gdal_format", [FLATGEOBUF, GEOPACKAGE], ids=["fgb", "gpkg"])
def test_a_file_has_a_limit(nasty_url: str, tmp_path: Path, gdal_format: GdalFormat) -> None:
    with pytest.raises(BadRequest, match="ask for less"):
        write_file(nasty_url, gdal_format, whole_view(ROADS), tmp_path / "roads", limit=1000)


def test_a_file_that_cannot_be_written_is_an_error_of_ours(nasty_url: str, tmp_path: Path) -> None:
    (tmp_path / "roads").mkdir()
    with pytest.raises(RuntimeError, match="Writing roads failed"):
        write_file(nasty_url, GEOPACKAGE, whole_view(ROADS), tmp_path / "roads")


def test_a_database_that_does_not_answer_is_unavailable(nasty_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer at the moment"):
        write_file(nasty_url.replace("///", "///nothing_of_this_name_"), GEOPACKAGE, whole_view(ROADS), tmp_path / "r")


@pytest.mark.parametrize(
    "slow", ["SELECT 1::bigint AS id, pg_sleep(30)::text AS name", SLOW_LATER], ids=["at once", "later"]
)
def test_a_file_that_takes_too_long_is_unavailable(nasty_url: str, tmp_path: Path, slow: str) -> None:
    view = replace(whole_view(ROADS), geometry=None)
    query = ArrowRows(nasty_url, slow, time_limit=0.5).query
    with pytest.raises(Unavailable, match="took too long"):
        GdalFile(GEOPACKAGE, page_of(view), tmp_path / "roads.gpkg").write(query)


def test_the_formats_on_offer() -> None:
    assert [output.name for output in FORMATS] == (
        ["geojson", "geojsonseq", "ndjson", "csv", "fgb", "parquet", "arrow", "gpkg", "jsonfg", "gml", "kml"]
    )
    assert {output.name for output in FORMATS if not is_streamed(output)} == {"fgb", "gpkg"}
