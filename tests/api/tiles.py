"""Vector tiles as GDAL reads them, and where in a tile matrix set a place lies."""

from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import pyogrio
from shapely.affinity import affine_transform

from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress, TileMatrixSet


class Drawn(NamedTuple):
    """A feature of a tile: its identifier, the properties it has there, its geometry in the CRS of the tile."""

    id: int
    properties: dict[str, Any]
    geometry: Any


def address(longitude: float, latitude: float, zoom: int, tile_matrix_set: TileMatrixSet = WEB_MERCATOR_QUAD) -> str:
    """The tile that holds a place, as matrix/row/column."""
    limits = tile_matrix_set.limits((longitude, latitude, longitude, latitude), zoom)
    return f"{zoom}/{limits.min_row}/{limits.min_column}"


def layers(content: bytes, folder: Path) -> list[str]:
    """The names of the layers of a tile."""
    return [str(name) for name, _ in pyogrio.list_layers(_file(content, folder))]


def read(
    content: bytes, address: str, folder: Path, layer: str, tile_matrix_set: TileMatrixSet = WEB_MERCATOR_QUAD
) -> list[Drawn]:
    """The features of one layer of a tile, with their geometry in the CRS of its set.

    GDAL knows the tiles of WebMercatorQuad alone: what it reads of others is moved from there.
    """
    matrix, row, column = address.split("/")
    tile = TileAddress(int(matrix), int(row), int(column))
    known, own = WEB_MERCATOR_QUAD.box(tile), tile_matrix_set.box(tile)
    scale = (own.east - own.west) / (known.east - known.west)
    moved = [scale, 0, 0, scale, own.west - scale * known.west, own.north - scale * known.north]
    file = _file(content, folder)
    frame: geopandas.GeoDataFrame = pyogrio.read_dataframe(file, layer=layer, Z=matrix, Y=row, X=column)
    drawn = []
    for _, feature in frame.iterrows():
        properties = feature.drop(["mvt_id", "geometry"]).dropna().to_dict()
        drawn.append(Drawn(int(feature["mvt_id"]), properties, affine_transform(feature["geometry"], moved)))
    return drawn


def _file(content: bytes, folder: Path) -> Path:
    file = folder / "tile.pbf"
    file.write_bytes(content)
    return file
