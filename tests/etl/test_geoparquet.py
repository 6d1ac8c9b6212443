"""GeoParquet of both versions: whatever its encoding, its row groups and what pandas leaves in it."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.geometry import to_crs84
from otn.etl.readers.geoparquet import GeoParquetFile
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import ROADS
from tests.etl.declared import dataset, features

LINES = [shapely.LineString([(4, 51), (4.1, 51.1)]), shapely.LineString([(5, 52), (5, 53), (6, 53)])]
SHAPES = {
    "point": [shapely.Point(1, 2), None, shapely.Point(3, 4)],
    "linestring": [*LINES, None],
    "polygon": [shapely.box(0, 0, 1, 1), None, shapely.box(0, 0, 9, 9).difference(shapely.box(1, 1, 2, 2))],
    "multipoint": [shapely.MultiPoint([(1, 2), (3, 4)]), None],
    "multilinestring": [None, shapely.MultiLineString(LINES)],
    "multipolygon": [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)]), None],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.parquet"


def frame(geometry: list[Any], crs: str | None = "EPSG:31370", **columns: list[Any]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(columns, geometry=geometry, crs=crs)


def rows_of(path: Path, crs: CRS | None = None) -> SourceRows:
    (rows,) = GeoParquetFile(path, crs).read()
    return rows


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as raised:
        list(GeoParquetFile(path, None).read())
    assert str(path) in str(raised.value)
    return str(raised.value)


def with_geo(path: Path, table: pa.Table, geo: bytes | None) -> None:
    metadata = {key: value for key, value in (table.schema.metadata or {}).items() if key != b"geo"}
    pq.write_table(table.replace_schema_metadata(metadata | ({b"geo": geo} if geo is not None else {})), path)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_geometry_is_the_same_in_every_encoding(path: Path, kind: str, encoding: str) -> None:
    expected = SHAPES[kind]
    frame(expected, id=[f"n{row}" for row in range(len(expected))]).to_parquet(path, geometry_encoding=encoding)
    rows = rows_of(path)
    assert all(
        shapely.equals_exact(*pair) or pair == (None, None) for pair in zip(rows.geometry, expected, strict=True)
    )
    assert rows.source_id[0].as_py() == "n0"
    assert rows.crs.to_epsg() == 31370


def test_heights_are_left_to_harmonising(path: Path) -> None:
    frame([shapely.Point(1, 2, 3)], id=["a"]).to_parquet(path, geometry_encoding="geoarrow")
    assert to_crs84(rows_of(path, CRS.from_epsg(4326)).geometry, CRS.from_epsg(4326))[0] == shapely.Point(1, 2)


def test_row_groups_of_any_size_are_one_stream(path: Path) -> None:
    points = shapely.points(np.linspace(2, 3, 50_001), 51)
    frame(points.tolist(), id=[str(row) for row in range(50_001)]).to_parquet(path, row_group_size=30_000)
    batches = list(GeoParquetFile(path, None).read())
    assert max(len(rows) for rows in batches) <= 20_000
    assert np.concatenate([rows.position for rows in batches]).tolist() == list(range(1, 50_002))


def test_a_covering_and_an_index_without_a_name_are_no_attributes(path: Path) -> None:
    table = frame(LINES, id=["a", "b"], name=["x", None]).set_index(np.array([7, 9]))
    table["other"] = table.geometry.centroid
    table.to_parquet(path, write_covering_bbox=True, index=True)
    assert rows_of(path).attributes.column_names == ["id", "name"]


def test_columns_of_every_type_are_plain(path: Path) -> None:
    table = frame(LINES, id=[1, 2], f=[0.5, float("nan")], tags=[["a", "b"], None])
    table["when"] = np.array(["2020-01-02", "NaT"], "datetime64[us]")
    table["kind"] = table["id"].map({1: "x", 2: "y"}).astype("category")
    table.to_parquet(path)
    first, second = rows_of(path).attributes.to_pylist()
    assert first == {"id": 1, "f": 0.5, "tags": '["a", "b"]', "when": "2020-01-02 00:00:00.000000", "kind": "x"}
    assert (second["f"], second["tags"], second["when"]) == (None, None, None)


def test_without_a_system_it_is_that_of_the_web_and_an_unknown_one_is_asked_for(path: Path) -> None:
    frame(LINES, crs=None, id=["a", "b"]).to_parquet(path)
    assert "does not say what coordinate reference system it is in" in refusal(path)
    assert rows_of(path, CRS.from_epsg(3059)).crs.to_epsg() == 3059
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    del geo["columns"]["geometry"]["crs"]
    with_geo(path, table, json.dumps(geo).encode())
    assert rows_of(path).crs.to_authority() == ("OGC", "CRS84")
    geo["columns"]["geometry"]["crs"] = {"type": "NoCRS"}
    with_geo(path, table, json.dumps(geo).encode())
    assert "a coordinate reference system nobody knows" in refusal(path)


@pytest.mark.parametrize(
    ("geo", "sentence"),
    [
        (None, "is a Parquet file but no GeoParquet: it has no metadata `geo`"),
        (b"{", "has metadata `geo` that GeoParquet does not allow"),
        (b'{"primary_column": "a", "columns": {}}', "has metadata `geo` that GeoParquet does not allow"),
        (b"[]", "has metadata `geo` that GeoParquet does not allow"),
        (b'{"primary_column": "a", "columns": {"a": {"encoding": "WKB"}}}', "has no geometry as WKB in a column a"),
        (b'{"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKT"}}}', "in an encoding that"),
        (
            b'{"primary_column": "id", "columns": {"id": {"encoding": "point"}}}',
            "has no geometry as point in a column id",
        ),
        (b'{"primary_column": "id", "columns": {"id": {"encoding": "WKB"}}}', "has no geometry as WKB in a column id"),
    ],
)
def test_what_the_file_says_of_its_geometry_must_fit(path: Path, geo: bytes | None, sentence: str) -> None:
    frame(LINES, id=["a", "b"]).to_parquet(path)
    with_geo(path, pq.read_table(path), geo)
    assert sentence in refusal(path)


def test_geometry_that_cannot_be_read_is_a_reject(path: Path) -> None:
    frame(LINES, id=["a", "b"]).to_parquet(path)
    table = pq.read_table(path)
    broken = pa.array([b"\x01\x02", None], pa.binary())
    index = table.column_names.index("geometry")
    with_geo(path, table.set_column(index, "geometry", broken), table.schema.metadata[b"geo"])
    rows = rows_of(path)
    assert [(reject.source_id, reject.reason) for reject in rows.rejects] == [("a", Reason.UNREADABLE)]
    assert rows.geometry.tolist() == [None]


def test_files_that_are_cut_off_empty_or_something_else_are_refused(path: Path) -> None:
    frame(LINES, id=["a", "b"]).to_parquet(path)
    whole = path.read_bytes()
    for cut in (whole[:-9], whole[: len(whole) // 2], b"nothing of the kind"):
        path.write_bytes(cut)
        assert "is damaged, cut off or no Parquet file" in refusal(path)
    path.write_bytes(whole[:4] + bytes(60) + whole[64:])
    assert "is damaged, cut off or no Parquet file" in refusal(path)
    frame(LINES, id=["a", "b"]).head(0).to_parquet(path)
    assert "has no rows" in refusal(path)


def test_declared_columns_are_used_and_must_be_there(path: Path) -> None:
    frame(LINES, u=[1, 1], v=[2, 3], straat=["Dorp", None]).to_parquet(path)
    source = dataset("roads", "geoparquet", identifier=["u", "v"], fields={"name": "straat"}).source
    assert source is not None
    assert source.reader == "geoparquet"
    reader = GeoParquetFile(path, None, source)
    (rows,) = reader.read()
    assert rows.source_id.to_pylist() == ["1_2", "1_3"]
    assert features(reader, rows, ROADS) == [{"name": "Dorp"}, {}]
    frame(LINES, u=[1, 1]).to_parquet(path)
    with pytest.raises(SourceError, match="lacks the columns v, straat; it has u"):
        list(GeoParquetFile(path, None, source).read())


CITIES = {
    "aleppo_1133": 78_908,
    "auckland_869": 60_364,
    "bucaramanga_4617": 79_317,
    "douala_809": 84_819,
    "slc_4881": 50_917,
    "wuhan_8989": 92_667,
}


@pytest.mark.parametrize("city", CITIES)
def test_roads_of_cities_are_identified_by_both_ends_and_a_key(real_data: Path, city: str) -> None:
    source = dataset("roads", "geoparquet", identifier=["u", "v", "key"]).source
    assert source is not None
    assert source.reader == "geoparquet"
    file = real_data / "neatnet_city_roads" / f"{city}_original.parquet"
    reader = GeoParquetFile(file, None, source)
    identifiers: set[str] = set()
    for rows in reader.read():
        identifiers.update(rows.source_id.to_pylist())
        assert not rows.rejects
    assert len(identifiers) == CITIES[city]
    place = to_crs84(rows.geometry[:1], rows.crs)[0]
    assert abs(place.bounds[1]) < 90
    assert features(reader, rows, ROADS)[0]["functionalRoadClass"]
