"""FlatGeobuf files of as many lines as are wanted: real streets of six cities, and copies of them that lie beside.

`python -m bench.load.lines FILE NUMBER CHANGED` writes one, in a process of its own: the memory of a program that is
started counts as at least that of the one that starts it.
"""

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from bench.data import REAL_DATA, NoData

_SHIFT_DEGREES = 7.0
_CITIES = REAL_DATA / "neatnet_city_roads"


def lines(directory: Path, number: int, *, changed: float = 0.0) -> Path:
    """A file of `number` lines with ids and names; in a share of them, spread evenly, the name is another."""
    target = directory / f"lines-{number}-{changed:g}.fgb"
    if not target.exists():
        if not any(_CITIES.glob("*.parquet")):
            raise NoData(f"There are no streets in {_CITIES}; OTN_REAL_DATA names another folder.")
        unfinished = target.with_name("unfinished.fgb")
        command = [sys.executable, "-m", "bench.load.lines", str(unfinished), str(number), str(changed)]
        subprocess.run(command, check=True)
        unfinished.rename(target)
    return target


def _write(target: Path, number: int, changed: float) -> None:
    highway, geometry = _streets(number)
    ids = np.arange(number)
    names = np.char.add("Street ", (ids % 5_000).astype(str))
    if changed:
        names = np.where(ids % round(1 / changed) == 0, np.char.add(names, " (new)"), names)
    columns = {"id": ids, "name": names, "highway": highway}
    streets = gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")
    # Shuffled: a file in the order of its index would be sorted already.
    streets.sample(frac=1, random_state=1).to_file(target, engine="pyogrio", SPATIAL_INDEX="NO")


def _streets(number: int) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.object_]]:
    """So many kinds of highway, and so many lines in degrees."""
    paths = sorted(_CITIES.glob("*.parquet"))
    cities = [gpd.read_parquet(path, columns=["highway", "geometry"]).to_crs("EPSG:4326") for path in paths]
    highway = np.concatenate([city["highway"].astype(str).to_numpy(str) for city in cities])
    once = np.concatenate([city.geometry.to_numpy() for city in cities])
    copies = -(-number // len(once))
    shifts = [np.array([copy * _SHIFT_DEGREES, 0.0]) for copy in range(copies)]
    beside = [shapely.set_coordinates(once.copy(), shapely.get_coordinates(once) + shift) for shift in shifts]
    return np.tile(highway, copies)[:number], np.concatenate(beside)[:number]


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
