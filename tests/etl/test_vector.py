import gzip
import json
import re
import sqlite3
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import pytest
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.vector import VectorFile
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import AIRPORTS, PORTS, ROADS

LINES = [shapely.LineString([(4, 51 + row / 10), (4.1, 51)]) for row in range(3)]


def write(
    path: Path, geometry: list[Any], crs: str | None = "EPSG:4326", layer: str | None = None, **columns: list[Any]
) -> Path:
    fields: list[npt.NDArray[Any]] = [np.array(values) for values in columns.values()]
    kind = geometry[0].geom_type if geometry else "LineString"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(geometry, dtype=object)),
        fields,
        list(columns),
        crs=crs,
        geometry_type=kind,
        layer=layer,
        append=path.exists(),
    )
    return path


def write_without_crs(path: Path) -> Path:
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        return write(path, LINES, crs=None, name=["a", "b", "c"])


def write_geojson(path: Path, *features: dict[str, Any], **members: Any) -> Path:
    collection = {"type": "FeatureCollection", **members, "features": [{"type": "Feature", **f} for f in features]}
    path.write_text(json.dumps(collection))
    return path


def zipped(path: Path, *parts: Path, folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.write(part, folder + part.name)
    return path


def shapefile_parts(path: Path) -> list[Path]:
    return [path.with_suffix(suffix) for suffix in (".shp", ".shx", ".dbf", ".prj")]


def rows_of(path: Path, crs: str | None = None) -> SourceRows:
    (rows,) = VectorFile(path, CRS.from_user_input(crs) if crs else None).read()
    return rows


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as raised:
        list(VectorFile(path, None).read())
    assert str(path) in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "with space & ünï.fgb", "a.shp", "A.GPKG"])
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    rows = rows_of(write(tmp_path / name, LINES, id=["x", "y", "z"], naam=["Nieuwstraat", "Rue de l'Été", "Ο δρόμος"]))
    assert rows.position.tolist() == [1, 2, 3]
    assert sorted(rows.source_id.to_pylist()) == ["x", "y", "z"]
    order = np.argsort(rows.source_id.to_pylist())
    assert rows.geometry[order].tolist() == LINES
    assert rows.attributes["naam"].take(order).to_pylist() == ["Nieuwstraat", "Rue de l'Été", "Ο δρόμος"]
    assert rows.crs == CRS.from_epsg(4326)


def test_a_zip_with_one_shapefile_is_read_wherever_it_lies_in_it(tmp_path: Path) -> None:
    shapefile = write(tmp_path / "roads.shp", LINES, id=["x", "y", "z"])
    rows = rows_of(zipped(tmp_path / "a {b} c.zip", *shapefile_parts(shapefile), folder="some folder/"))
    assert rows.geometry.tolist() == LINES


def test_gzipped_geojson_is_read(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.geojson", LINES, id=["x", "y", "z"])
    path = tmp_path / "b!.geojson.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    assert rows_of(path).geometry.tolist() == LINES


def test_the_file_says_its_crs_and_the_caller_knows_better(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", LINES, crs="EPSG:31370", id=["x", "y", "z"])
    assert rows_of(path).crs.to_epsg() == 31370
    assert rows_of(path, "EPSG:3812").crs.to_epsg() == 3812


def test_geojson_may_name_a_crs(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}
    feature = {"properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [150000, 170000]}}
    rows = rows_of(write_geojson(tmp_path / "a.geojson", feature, crs=crs))
    assert rows.crs.to_epsg() == 31370
    assert rows.geometry[0] == shapely.Point(150000, 170000)


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.fgb"])
def test_a_file_that_names_no_crs_needs_to_be_told_one(tmp_path: Path, name: str) -> None:
    path = write_without_crs(tmp_path / name)
    assert "does not say what coordinate reference system it is in; tell it, as in --crs EPSG:31370" in refusal(path)
    assert rows_of(path, "EPSG:31370").crs.to_epsg() == 31370


def test_identifiers_come_from_a_column_then_from_the_format_then_from_the_position(tmp_path: Path) -> None:
    points = [shapely.Point(row, 0) for row in range(2)]
    assert rows_of(write(tmp_path / "a.gpkg", points, OBJECTID=[7, 8], b=["x", "y"])).source_id.to_pylist() == [
        "7",
        "8",
    ]
    assert rows_of(write(tmp_path / "b.gpkg", points, b=["x", "y"])).source_id.to_pylist() == ["1", "2"]
    assert rows_of(write(tmp_path / "c.shp", points, b=["x", "y"])).source_id.to_pylist() == ["1", "2"]
    features = [
        {"id": number, "properties": {}, "geometry": shapely.geometry.mapping(points[0])} for number in (70, 90)
    ]
    assert rows_of(write_geojson(tmp_path / "d.geojson", *features)).source_id.to_pylist() == ["70", "90"]


def test_features_without_any_attribute_are_rows_too(tmp_path: Path) -> None:
    feature = {"properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    rows = rows_of(write_geojson(tmp_path / "a.geojson", feature, feature))
    assert rows.geometry.tolist() == [shapely.Point(1, 2)] * 2


def test_attributes_are_plain_values(tmp_path: Path) -> None:
    properties = {
        "when": "2020-01-02T03:04:05+02:00",
        "day": "2020-01-02",
        "list": [1, 2],
        "object": {"a": 1},
        "flag": True,
        "count": 3,
    }
    feature = {"properties": properties, "geometry": None}
    (values,) = rows_of(write_geojson(tmp_path / "a.geojson", feature)).attributes.to_pylist()
    assert json.loads(values.pop("list")) == [1, 2]
    assert json.loads(values.pop("object")) == {"a": 1}
    assert values == {"when": "2020-01-02T03:04:05+02:00", "day": "2020-01-02", "flag": True, "count": 3}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-02-28", datetime(2023, 2, 28, tzinfo=UTC)),
        ("2023/02/28", datetime(2023, 2, 28, tzinfo=UTC)),
        ("2023/02/28 03:04:05", datetime(2023, 2, 28, 3, 4, 5, tzinfo=UTC)),
        ("2023-02-30", None),
        ("2023-02-30T01:00:00Z", None),
        ("02/03/2023", None),
    ],
)
def test_a_date_that_there_never_was_is_none(tmp_path: Path, text: str, moment: datetime | None) -> None:
    feature = {"properties": {"validFrom": text}, "geometry": {"type": "Point", "coordinates": [4, 51]}}
    reader = VectorFile(write_geojson(tmp_path / "a.geojson", feature), None)
    (rows,) = reader.read()
    assert reader.harmonise(rows.attributes, PORTS)["validFrom"].to_pylist() == [moment]


def test_of_several_layers_the_one_with_rows_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", LINES, layer="roads", id=["x", "y", "z"])
    write(path, [], layer="nothing", id=[])
    assert rows_of(path).geometry.tolist() == LINES
    write(path, LINES, layer="more", id=["x", "y", "z"])
    assert "must have one layer with rows, but has 2 of: roads, more; save the one to load" in refusal(path)


def test_a_table_without_geometry_is_no_layer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", LINES, layer="roads", id=["x", "y", "z"])
    pyogrio.raw.write(path, None, [np.array(["x"])], ["label"], layer="codes", append=True, geometry_type=None)
    assert rows_of(path).geometry.tolist() == LINES


def test_several_shapefiles_in_a_zip_are_refused_by_name(tmp_path: Path) -> None:
    parts = [write(tmp_path / name, LINES, id=["x", "y", "z"]) for name in ("a.shp", "b.shp")]
    path = zipped(tmp_path / "c.zip", *(part for shapefile in parts for part in shapefile_parts(shapefile)))
    assert "has 2 of: a, b" in refusal(path)


def test_a_zip_without_shapefile_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    assert "has no Shapefile (.shp) in it" in refusal(zipped(tmp_path / "a.zip", tmp_path / "a.txt"))


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", *shapefile_parts(write(tmp_path / "a.shp", LINES, id=["x", "y", "z"])))
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature)
        while start >= 0:
            content[start + flags] |= 1
            start = content.find(signature, start + 4)
    path.write_bytes(content)
    assert "is locked with a password" in refusal(path)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.shp", "a.zip"])
@pytest.mark.parametrize("content", [b"", b"hello, this is something else"])
def test_a_file_in_no_format_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.shp", "a.zip"])
@pytest.mark.parametrize("share", [0.4, 0.7, 0.99])
def test_a_cut_off_file_is_noticed(tmp_path: Path, name: str, share: float) -> None:
    many = [shapely.LineString([(row / 1000, 0), (row / 1000, 1), (1, row / 1000)]) for row in range(2000)]
    path = tmp_path / name
    source = write(path.with_suffix(".shp") if name == "a.zip" else path, many, id=[str(row) for row in range(2000)])
    if name == "a.zip":
        zipped(path, *shapefile_parts(source))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refusal(path)


def test_a_cut_off_table_of_a_shapefile_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", LINES, id=["x", "y", "z"])
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-2])
    with pytest.raises(SourceError, match=r"a\.dbf is cut off: it has .* of .* bytes"):
        list(VectorFile(path, None).read())


@pytest.mark.filterwarnings("ignore:GPKG. bad application_id:RuntimeWarning")
def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.gpkg") as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    refusal(tmp_path / "a.gpkg")


def test_another_format_behind_the_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>{' ' * 200}")
    refusal(tmp_path / "a.json")


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg"])
def test_a_file_without_rows_is_refused(tmp_path: Path, name: str) -> None:
    if name == "a.gpkg":
        write(tmp_path / name, [], id=[])
    else:
        (tmp_path / name).write_text('{"type": "FeatureCollection", "features": []}')
    assert "has no rows" in refusal(tmp_path / name)


def test_a_missing_file_gets_one_sentence(tmp_path: Path) -> None:
    assert "is not a file" in refusal(tmp_path / "gone.gpkg")


@pytest.mark.parametrize("share", [0.5, 0.99, 0.9999])
def test_gzipped_content_that_is_cut_off_is_noticed(tmp_path: Path, share: float) -> None:
    plain = write(tmp_path / "a.geojson", LINES * 1000, id=[str(row) for row in range(3000)])
    content = gzip.compress(plain.read_bytes())
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(content[: int(len(content) * share)])
    assert "is damaged, cut off or no gzip file" in refusal(path)


def test_a_flatgeobuf_that_is_cut_off_in_its_index_is_noticed(tmp_path: Path) -> None:
    many = [shapely.Point(row / 1000, 0) for row in range(5000)]
    path = write(tmp_path / "a.fgb", many, id=[str(row) for row in range(5000)])
    path.write_bytes(path.read_bytes()[:20_000])
    assert "is cut off: it has 0 of 5,000 rows" in refusal(path)


def test_a_changed_byte_in_a_zip_is_noticed(tmp_path: Path) -> None:
    shapefile = write(tmp_path / "a.shp", LINES * 100, id=[str(row) for row in range(300)])
    path = zipped(tmp_path / "a.zip", *shapefile_parts(shapefile))
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    assert "Bad CRC-32" in refusal(path)


def test_a_shapefile_without_its_index_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", LINES, id=["x", "y", "z"])
    archive = zipped(tmp_path / "a.zip", path, path.with_suffix(".dbf"))
    path.with_suffix(".shx").unlink()
    for file in (path, archive):
        assert "cannot be read without its index, the file .shx" in refusal(file)


def test_a_cut_off_geojson_says_where_it_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", LINES, id=["x", "y", "z"])
    path.write_bytes(path.read_bytes()[:-20])
    assert re.search(r"Failed to read GeoJSON data: At line \d+, character \d+", refusal(path))


def test_one_curve_is_one_reject(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", LINES, id=["x", "y", "z"])
    arc = bytes.fromhex("47500001E6100000") + struct.pack("<BIIdddddd", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    with sqlite3.connect(path) as connection:
        connection.create_function("ST_IsEmpty", 1, lambda _: 0)
        for bound in ("MinX", "MaxX", "MinY", "MaxY"):
            connection.create_function(f"ST_{bound}", 1, lambda _: 1.0)
        connection.execute("UPDATE a SET geom = ? WHERE id = 'y'", [arc])
    connection.close()
    rows = rows_of(path)
    assert rows.source_id.to_pylist() == ["x", "z"]
    (reject,) = rows.rejects
    assert (reject.position, reject.reason) == (2, Reason.UNREADABLE)
    assert "it is a curve" in reject.detail


def test_rows_come_in_batches_with_positions_that_go_on(tmp_path: Path) -> None:
    many = [shapely.Point(row / 1000, 0) for row in range(45_000)]
    path = write(tmp_path / "a.gpkg", many, id=[str(row) for row in range(45_000)])
    batches = list(VectorFile(path, None).read())
    assert len(batches) > 1
    assert np.concatenate([rows.position for rows in batches]).tolist() == list(range(1, 45_001))


def test_the_road_register_of_flanders_is_read(real_data: Path) -> None:
    path = real_data / "wegenregister" / "flanders_2021-04-11_30b76365.geojson.gz"
    reader = VectorFile(path, None)
    batches = list(reader.read())
    assert sum(map(len, batches)) == 3_322
    fields = reader.harmonise(batches[0].attributes, ROADS)
    assert fields["functionalRoadClass"].null_count < len(batches[0])


def test_the_ports_and_airports_of_natural_earth_are_read(real_data: Path) -> None:
    folder = real_data / "natural_earth_ports_airports"
    ports = VectorFile(folder / "ne_10m_ports.geojson", None)
    (rows,) = ports.read()
    assert len(rows) == 1_081
    assert ports.harmonise(rows.attributes, PORTS)["name"].null_count == 0
    airports = VectorFile(folder / "ne_10m_airports.geojson", None)
    (rows,) = airports.read()
    assert len(rows) == 893
    assert airports.harmonise(rows.attributes, AIRPORTS)["iata"].null_count < 893
