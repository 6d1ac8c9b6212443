"""FlatGeobuf files of as many lines as are wanted: real streets of six cities, and copies of them that lie beside."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from bench.data import REAL_DATA, NoData

_SHIFT_DEGREES = 7.0


def lines(directory: Path, number: int, *, changed: float = 0.0) -> Path:
    """A file of `number` lines with ids and names; in a share of them, spread evenly, the name is another."""
    target = directory / f"lines-{number}-{changed:g}.fgb"
    if target.exists():
        return target
    highway, geometry = _streets(number)
    ids = np.arange(number)
    names = np.char.add("Street ", (ids % 5_000).astype(str))
    if changed:
        names = np.where(ids % round(1 / changed) == 0, np.char.add(names, " (new)"), names)
    columns = {"id": ids, "name": names, "highway": highway}
    streets = gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")
    unfinished = target.with_name("unfinished.fgb")
    # Shuffled: a file in the order of its index would be sorted already.
    streets.sample(frac=1, random_state=1).to_file(unfinished, engine="pyogrio", SPATIAL_INDEX="NO")
    unfinished.rename(target)
    return target


def _streets(number: int) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.object_]]:
    """So many kinds of highway, and so many lines in degrees."""
    paths = sorted(REAL_DATA.glob("neatnet_city_roads/*.parquet"))
    if not paths:
        raise NoData(f"There are no streets in {REAL_DATA}/neatnet_city_roads; OTN_REAL_DATA names another folder.")
    cities = [gpd.read_parquet(path, columns=["highway", "geometry"]).to_crs("EPSG:4326") for path in paths]
    highway = np.concatenate([city["highway"].astype(str).to_numpy(str) for city in cities])
    once = np.concatenate([city.geometry.to_numpy() for city in cities])
    copies = -(-number // len(once))
    shifts = [np.array([copy * _SHIFT_DEGREES, 0.0]) for copy in range(copies)]
    beside = [shapely.set_coordinates(once.copy(), shapely.get_coordinates(once) + shift) for shift in shifts]
    return np.tile(highway, copies)[:number], np.concatenate(beside)[:number]
