"""Files that are broken in one way each, and the good ones beside them."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import osmium
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from openpyxl.worksheet.worksheet import Worksheet
from osmium.osm.mutable import Node, Way

Build = Callable[[Path], Path]
"""Writes a file into a folder of its own, and says where."""

PLACES = [(4.4, 51.2), (4.3, 50.8), (3.7, 51.0)]
NAMES = ["antwerp", "brussels", "ghent"]


def text(name: str, *lines: str, encoding: str = "utf-8") -> Build:
    """A file of these lines."""
    return content(name, "".join(line + "\n" for line in lines).encode(encoding))


def content(name: str, data: bytes) -> Build:
    """A file of these bytes."""

    def build(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return build


def cut(whole: Build, share: float = 0.6) -> Build:
    """What arrives of a file whose download stops on the way."""

    def build(folder: Path) -> Path:
        path = whole(folder)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        return path

    return build


def renamed(whole: Build, name: str) -> Build:
    """A file under a name that says another format."""
    return lambda folder: whole(folder).rename(folder / name)


def gzipped(whole: Build) -> Build:
    def build(folder: Path) -> Path:
        path = whole(folder)
        packed = path.with_name(path.name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        return packed

    return build


def zipped(name: str, members: dict[str, bytes]) -> Build:
    """An archive of these members."""

    def build(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        return folder / name

    return build


def geojson(*features: dict[str, Any], name: str = "a.geojson", **members: Any) -> Build:
    """A collection of features, each `properties` with its `geometry`."""
    whole = {"type": "FeatureCollection", **members, "features": [{"type": "Feature", **one} for one in features]}
    return text(name, json.dumps(whole))


def feature(local_id: str, kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates} if kind else None
    return {"properties": {"localId": local_id, **properties}, "geometry": geometry}


def written(name: str, crs: str | None = "EPSG:4326", rows: int = 3) -> Build:
    """Points in the format that the name says: GeoPackage, FlatGeobuf, Shapefile, GeoParquet."""

    def build(folder: Path) -> Path:
        path = folder / name
        geometry = [shapely.Point(*PLACES[row % 3]) for row in range(rows)]
        frame = geopandas.GeoDataFrame({"localId": [str(row) for row in range(rows)]}, geometry=geometry, crs=crs)
        if name.endswith("parquet"):
            frame.to_parquet(path)
        else:
            pyogrio.write_dataframe(frame, path, geometry_type="Point")
        return path

    return build


def parquet(geo: bytes | None, **columns: list[Any]) -> Build:
    """A Parquet file that says `geo` of its geometry, or nothing."""

    def build(folder: Path) -> Path:
        table = pa.table(columns)
        pq.write_table(table.replace_schema_metadata({b"geo": geo} if geo else None), folder / "a.parquet")
        return folder / "a.parquet"

    return build


def workbook(*rows: list[Any], name: str = "a.xlsx") -> Build:
    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        for row in rows:
            sheet.append(row)
        book.save(folder / name)
        return folder / name

    return build


def extract(name: str, roads: int = 2000) -> Build:
    """Roads as OpenStreetMap publishes them."""

    def build(folder: Path) -> Path:
        with osmium.SimpleWriter(folder / name) as writer:
            for number in range(1, roads + 2):
                writer.add_node(Node(id=number, version=1, location=(4 + number / 10_000, 51 + number % 7 / 1000)))
            for number in range(1, roads + 1):
                tags = {"highway": "residential", "name": f"Street {number}"}
                writer.add_way(Way(id=number, version=1, nodes=[number, number + 1], tags=tags))
        return folder / name

    return build
