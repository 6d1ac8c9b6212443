"""Reading TopoJSON: outlines whose arcs are stored once, so that it shows which of them two countries share.

Source: The TopoJSON Format Specification (https://github.com/topojson/topojson-specification), 2.1.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

Places = npt.NDArray[np.float64]

_LEAST_PLACES = 4


class Topology:
    """The polygons of a quantised topology, longitude and latitude in degrees."""

    def __init__(self, file: Path) -> None:
        content = orjson.loads(file.read_bytes())
        scale, origin = np.array(content["transform"]["scale"]), np.array(content["transform"]["translate"])
        self._objects = content["objects"]
        self._arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in content["arcs"]]

    def geometries(self, name: str) -> Iterator[tuple[dict[str, Any], list[shapely.Polygon]]]:
        """The members `id` and `properties` of each geometry of an object, and its polygons on the globe."""
        for geometry in self._objects[name]["geometries"]:
            arcs = geometry.get("arcs", [])
            polygons = [arcs] if geometry["type"] == "Polygon" else arcs
            yield geometry, [polygon for rings in polygons if (polygon := self._polygon(rings)) is not None]

    def shared(self, name: str) -> Iterator[shapely.LineString]:
        """The arcs that several geometries of an object have in common."""
        users = Counter(
            arc for geometry in self._objects[name]["geometries"] for arc in _numbers(geometry.get("arcs", []))
        )
        for arc in sorted(arc for arc, count in users.items() if count > 1):
            yield shapely.LineString(self._arcs[arc])

    def _polygon(self, rings: list[list[int]]) -> shapely.Polygon | None:
        """None where the steps of the topology's grid are too coarse for it."""
        exterior, *interiors = (self._ring(arcs) for arcs in rings)
        return shapely.Polygon(exterior, interiors) if len(exterior) >= _LEAST_PLACES else None

    def _ring(self, arcs: list[int]) -> Places:
        """Arcs one after the other; each begins where the one before it ends."""
        places = [self._arcs[arc] if arc >= 0 else self._arcs[~arc][::-1] for arc in arcs]
        return np.concatenate([places[0], *(following[1:] for following in places[1:])])


def _numbers(nested: Any) -> Iterator[int]:
    """The numbers of the arcs of a geometry, however deep; ~n is arc n backwards."""
    for entry in nested:
        if isinstance(entry, int):
            yield entry if entry >= 0 else ~entry
        else:
            yield from _numbers(entry)
