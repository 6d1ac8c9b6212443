"""Roads of OpenStreetMap as a network: ways are cut where they meet, and where links end are road nodes.

Every way with a highway tag takes part alike, also outlines of squares (`area=yes`), rings, and what is planned: what
is cut does not depend on tags that change. Ways meet at a node they share, whatever their layers; ways that cross
without one do not. The nodes of NODE_TAGS are road nodes too.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.etl.network import Integers, Links, cut, form_of_road_node, nodes, numbered, parts
from otn.etl.readers.osm_file import CRS84
from otn.etl.readers.osm_opl import TaggedNode
from otn.etl.readers.osm_ways import LocatedWays
from otn.etl.rows import SourceRows
from otn.model.collections import ROAD_NODES, ROADS

LEVEL_CROSSINGS = ("level_crossing", "crossing")
NODE_TAGS = (*(f"railway={value}" for value in LEVEL_CROSSINGS), "highway=mini_roundabout")
TAGS_OF_NODES = ("railway", "highway", "name")
# Counts the nodes of a link that its extract was cut off from, so that a shortened line can be told.
MISSING_NODES = "nodesWithoutLocation"
# Says of a node that a road goes on from it where the extract does not.
CUT_OFF = "cutOffByExtract"
_NODE_URI = "https://www.openstreetmap.org/node/"
_BATCH = 25_000


class RoadNetwork:
    """The network of all ways of a file: made of their nodes, then asked for the links, batch by batch, then the nodes.

    `node` are the nodes of all ways one after the other, `offsets` where each way begins in them, as in LocatedWays.
    """

    def __init__(self, offsets: Integers, node: Integers, tagged: Sequence[TaggedNode]) -> None:
        self._place, ids = numbered(node)
        self._is_node = nodes(offsets, self._place, len(ids), _places_of(ids, [one.id for one in tagged]))
        self._number = np.cumsum(self._is_node, dtype=np.int32) - np.int32(1)
        self._ids = ids[self._is_node]
        self._tags = {one.id: one.tags for one in tagged}
        self._done = 0
        self._location = np.zeros((len(self._ids), 2))
        self._number_of_links = np.zeros(len(self._ids), np.int64)
        self._on_roundabout = np.zeros(len(self._ids), np.bool_)
        self._cut_off = np.zeros(len(self._ids), np.bool_)

    def links(self, ways: LocatedWays) -> SourceRows:
        """The links of the next ways; batches must come in the order of `offsets`."""
        place = self._place[self._done : self._done + len(ways.node)]
        self._done += len(place)
        links = cut(ways.offsets, place, self._is_node)
        self._learn(ways, links)
        return self._rows(ways, links)

    def _learn(self, ways: LocatedWays, links: Links) -> None:
        """What the links say about the nodes they run between."""
        roundabout = np.asarray(pc.fill_null(pc.equal(ways.tags["junction"], "roundabout"), False))
        for place, vertex, missing in (
            (links.from_place, links.first, _missing_before(ways, links)),
            (links.to_place, links.last, _missing_after(ways, links)),
        ):
            number = self._number[place]
            self._location[number] = np.stack([ways.x[vertex], ways.y[vertex]], axis=1)
            self._number_of_links += np.bincount(number, minlength=len(self._ids))
            self._on_roundabout[number[roundabout[links.line]]] = True
            self._cut_off[number[missing > 0]] = True

    def _rows(self, ways: LocatedWays, links: Links) -> SourceRows:
        vertices, offsets = links.vertices
        between = ways.missing_before[links.last] - ways.missing_before[links.first]
        missing = between + _missing_before(ways, links) + _missing_after(ways, links)
        ends = [_texts(self._ids[self._number[place]]) for place in (links.from_place, links.to_place)]
        columns = {"fromNode": ends[0], "toNode": ends[1], MISSING_NODES: pa.array(missing, mask=missing == 0)}
        attributes = ways.tags.take(pa.array(links.line))
        for name, column in columns.items():
            attributes = attributes.append_column(name, column)
        return SourceRows(
            position=ways.position[links.line],
            source_id=_texts(ways.id[links.line]),
            geometry=shapely.from_ragged_array(
                shapely.GeometryType.LINESTRING, np.stack([ways.x[vertices], ways.y[vertices]], axis=1), (offsets,)
            ),
            attributes=attributes,
            crs=CRS84,
            part=parts(links, *ends),
            collection=ROADS.id,
        )

    def nodes(self) -> Iterator[SourceRows]:
        """The road nodes in the order of their ids, when all links have been asked for: nothing else is kept then."""
        del self._place, self._is_node, self._number
        tagged = np.zeros(len(self._ids), np.bool_)
        tagged[_places_of(self._ids, list(self._tags))] = True
        crossing = np.array([self._tags[one].get("railway") in LEVEL_CROSSINGS for one in self._ids[tagged].tolist()])
        level_crossing = np.zeros(len(self._ids), np.bool_)
        level_crossing[tagged] = crossing
        roundabout = self._on_roundabout | (tagged & ~level_crossing)
        forms = form_of_road_node(self._number_of_links, roundabout, level_crossing)
        for start in range(0, len(self._ids), _BATCH):
            rows = slice(start, start + _BATCH)
            yield self._node_rows(rows, forms[rows], tagged[rows])

    def _node_rows(self, rows: slice, forms: pa.Array, tagged: npt.NDArray[np.bool_]) -> SourceRows:
        ids = self._ids[rows]
        cut_off = self._cut_off[rows]
        attributes = {"formOfRoadNode": forms, "numberOfLinks": pa.array(self._number_of_links[rows])}
        attributes |= {tag: self._tag(ids, tagged, tag) for tag in TAGS_OF_NODES}
        attributes["inspireId"] = pc.binary_join_element_wise(_NODE_URI, _texts(ids), "")
        attributes[CUT_OFF] = pa.array(cut_off, mask=~cut_off)
        return SourceRows(
            position=np.arange(len(ids)) + rows.start + 1,
            source_id=_texts(ids),
            geometry=shapely.points(self._location[rows]),
            attributes=pa.table(attributes),
            crs=CRS84,
            part=pa.repeat("node", len(ids)),
            collection=ROAD_NODES.id,
        )

    def _tag(self, ids: Integers, tagged: npt.NDArray[np.bool_], tag: str) -> pa.Array:
        """The tag's value at each node; few nodes have any."""
        values = pa.array([self._tags[one].get(tag) for one in ids[tagged].tolist()], pa.string())
        return pc.replace_with_mask(pa.nulls(len(ids), pa.string()), pa.array(tagged), values)


def _missing_before(ways: LocatedWays, links: Links) -> Integers:
    """How many nodes are missing before the link where it is the first of its way, else 0."""
    return np.where(links.first == ways.offsets[links.line], ways.missing_before[links.first], 0)


def _missing_after(ways: LocatedWays, links: Links) -> Integers:
    """How many nodes are missing behind the link where it is the last of its way, else 0."""
    is_last = links.last + 1 == ways.offsets[links.line + 1]
    return np.where(is_last, ways.missing[links.line] - ways.missing_before[links.last], 0)


def _places_of(ids: Integers, wanted: Sequence[int]) -> Integers:
    """Where the wanted ones are among `ids`, which are in order; those that are not among them are left out."""
    some = np.array(wanted, np.int64)
    places = np.searchsorted(ids, some)
    found: Integers = places[np.take(ids, places, mode="clip") == some]
    return found


def _texts(ids: Integers) -> pa.Array:
    return pa.array(ids, pa.int64()).cast(pa.string())
