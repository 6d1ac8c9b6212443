"""The objects of one theme in an OpenStreetMap file, as a stream: points, lines, areas, and routes made of lines.

Areas are put together by libosmium, which needs two passes: the first finds the relations, the second reads the rest.
What grows with the file is its index of node locations (flex_mem) and the members of the relations that are wanted.
A third pass is made only where areas failed, to tell why (osm_failures).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.filter import KeyFilter, TagFilter
from osmium.geom import WKBFactory
from osmium.osm.types import Area, Node, OSMEntity, Relation, Way

from otn.errors import SourceError
from otn.etl.readers.osm_failures import Failure, failures
from otn.etl.readers.osm_file import check_file, in_order, troubles_named
from otn.etl.readers.osm_rules import Tags
from otn.etl.rows import Reason, Reject

_AREAS = frozenset({"multipolygon", "boundary"})
# Where one gets on a ferry is no part of its way.
_STOPS = ("platform", "stop")


class Element(Enum):
    """What an object is made of. A closed way may be a line or an area; a relation of another type is no object."""

    NODE = auto()
    OPEN_WAY = auto()
    CLOSED_WAY = auto()
    AREA_RELATION = auto()
    ROUTE_RELATION = auto()


class Shape(Enum):
    """What is wanted of an object: ROUTE of a relation whose ways are its line, and of such a way of its own."""

    POINT = auto()
    LINE = auto()
    AREA = auto()
    ROUTE = auto()


@dataclass(frozen=True)
class Theme:
    """Which objects are wanted, and what of them.

    `sieve` makes the filter that lets through all that may be wanted; `shape` says what is wanted of an object, None
    where it is no object of the theme; `tags` are those whose values are kept; `what` names the objects in messages.
    """

    what: str
    sieve: Callable[[], KeyFilter | TagFilter]
    tags: tuple[str, ...]
    shape: Callable[[Element, Tags], Shape | None]


@dataclass(frozen=True)
class OsmObject:
    """An object as it came: its geometry as WKB in hexadecimal digits, its values of the theme's tags, what it lacks.

    `source_id` is `node/1`, `way/2` or `relation/3`.
    """

    position: int
    source_id: str
    wkb: str
    tags: list[str | None]
    missing_nodes: int | None = None
    missing_members: int | None = None


def objects(path: Path, theme: Theme) -> Iterator[OsmObject | Reject]:
    """What the file has of the theme. Raises SourceError for a file that cannot be read.

    Lines keep the nodes that have a location, for extracts cut ways at their border; areas must be whole.
    """
    check_file(path)
    yield from _Pass(path, theme).run()


@dataclass(frozen=True)
class _Route:
    id: int
    ways: tuple[int, ...]
    tags: list[str | None]
    row: dict[str, Any]


class _Pass:
    """One reading of a file: what is still waited for, and the number of objects so far."""

    def __init__(self, path: Path, theme: Theme) -> None:
        self._path = path
        self._theme = theme
        self._factory = WKBFactory()
        self._position = 0
        # Areas that were announced and have not come: closed ways, and relations with their ways.
        self._ways: set[int] = set()
        self._relations: dict[int, tuple[int, ...]] = {}
        self._made: set[int] = set()
        self._lines: dict[int, OsmObject] = {}
        self._routes: list[_Route] = []

    def run(self) -> Iterator[OsmObject | Reject]:
        with troubles_named(self._path), in_order(self._path) as path:
            locations = osmium.index.create_map("flex_mem")
            processor = osmium.FileProcessor(path).with_locations(locations)  # type: ignore[arg-type]  # says its text
            for entity in processor.with_areas(self._theme.sieve()).with_filter(self._theme.sieve()):
                found = self._found(entity)
                if found is not None:
                    yield found
            yield from self._whole_routes()
            if self._ways or self._relations:
                yield from map(self._reject, failures(path, self._ways, self._relations, locations))

    def _found(self, entity: OSMEntity) -> OsmObject | Reject | None:
        try:
            match entity:
                case Area():
                    return self._area(entity)
                case Way():
                    return self._way(entity)
                case Node():
                    return self._node(entity)
                case Relation():
                    self._await(entity)
        except UnicodeDecodeError as error:
            kind = type(entity).__name__.lower()
            raise SourceError(f"{self._path}: {kind} {entity.id} holds text that is not UTF-8 ({error}).") from error
        return None

    def _node(self, node: Node) -> OsmObject | Reject | None:
        if self._theme.shape(Element.NODE, node.tags) is not Shape.POINT:
            return None
        source_id = f"node/{node.id}"
        if not node.location.valid():
            row = {"type": "node", "id": node.id, "tags": dict(node.tags)}
            return self._reject(Failure(source_id, Reason.NO_GEOMETRY, "the node has no location", row))
        return self._object(source_id, self._factory.create_point(node), self._values(node.tags))

    def _way(self, way: Way) -> OsmObject | Reject | None:
        closed = way.is_closed()
        shape = self._theme.shape(Element.CLOSED_WAY if closed else Element.OPEN_WAY, way.tags)
        if shape is Shape.AREA:
            if closed and way.tags.get("area") != "no":
                self._ways.add(way.id)
                return None
            return self._reject(_no_area(way))
        if shape is Shape.LINE:
            return self._line(way)
        if shape is Shape.ROUTE:
            line = self._line(way)
            if isinstance(line, Reject):
                return line
            self._lines[way.id] = line
        return None

    def _line(self, way: Way) -> OsmObject | Reject:
        wkb, missing = _whole_line(self._factory, way), 0
        if wkb is None:
            points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            wkb, missing = _line_of(points), len(way.nodes) - len(points)
        if wkb is None:
            detail = f"{missing} of {len(way.nodes)} nodes have no location in the extract; the rest make no line"
            return self._reject(Failure(f"way/{way.id}", Reason.TOO_FEW_POINTS, detail, _row(way)))
        return self._object(f"way/{way.id}", wkb, self._values(way.tags), missing_nodes=missing or None)

    def _area(self, area: Area) -> OsmObject | None:
        """The area of a way that was asked for, or of a relation, which may come before its relation does.

        One without rings is libosmium's word for what could not be put together: it stays awaited, and so fails.
        """
        number = area.orig_id()
        if area.num_rings()[0] == 0:
            return None
        if area.from_way():
            if number not in self._ways:
                return None
            self._ways.remove(number)
            source_id = f"way/{number}"
        else:
            if self._theme.shape(Element.AREA_RELATION, area.tags) is not Shape.AREA:
                return None
            self._made.add(number)
            self._relations.pop(number, None)
            source_id = f"relation/{number}"
        return self._object(source_id, self._factory.create_multipolygon(area), self._values(area.tags))

    def _await(self, relation: Relation) -> None:
        """Notes that an area or a route is to come of it."""
        kind = relation.tags.get("type")
        if kind in _AREAS and relation.id not in self._made:
            if self._theme.shape(Element.AREA_RELATION, relation.tags) is Shape.AREA:
                self._relations[relation.id] = tuple(way_members(relation))
        elif kind == "route" and self._theme.shape(Element.ROUTE_RELATION, relation.tags) is Shape.ROUTE:
            ways = tuple(dict.fromkeys(way_members(relation, without=_STOPS)))
            row = {"type": "relation", "id": relation.id, "ways": ways, "tags": dict(relation.tags)}
            self._routes.append(_Route(relation.id, ways, self._values(relation.tags), row))

    def _whole_routes(self) -> Iterator[OsmObject | Reject]:
        """Routes as they are served, and the ways that belong to none: others would be there twice."""
        parts = {way for route in self._routes for way in route.ways}
        yield from (line for way, line in self._lines.items() if way not in parts)
        for route in self._routes:
            lines = [shapely.from_wkb(self._lines[way].wkb) for way in route.ways if way in self._lines]
            missing = len(route.ways) - len(lines)
            if lines:
                wkb = shapely.to_wkb(shapely.line_merge(shapely.MultiLineString(lines)), hex=True)
                yield self._object(f"relation/{route.id}", wkb, route.tags, missing_members=missing or None)
            else:
                detail = f"none of its {missing} ways has a line in the extract"
                yield self._reject(Failure(f"relation/{route.id}", Reason.INCOMPLETE, detail, route.row))

    def _values(self, tags: Tags) -> list[str | None]:
        return [tags.get(tag) for tag in self._theme.tags]

    def _object(self, source_id: str, wkb: str, tags: list[str | None], **missing: int | None) -> OsmObject:
        self._position += 1
        return OsmObject(self._position, source_id, wkb, tags, **missing)

    def _reject(self, failure: Failure) -> Reject:
        self._position += 1
        return Reject(self._position, failure.source_id, failure.reason, failure.detail, failure.row)


def way_members(relation: Relation, without: Iterable[str] = ()) -> Iterator[int]:
    """The ways of a relation, but for those whose role begins with one of `without`."""
    return (
        member.ref for member in relation.members if member.type == "w" and not member.role.startswith(tuple(without))
    )


def _whole_line(factory: WKBFactory, way: Way) -> str | None:
    """The line of a way all of whose nodes have a location, else None.

    The first node is looked at because the factory skips missing ones at the start without a word.
    """
    nodes = way.nodes
    if len(nodes) == 0 or not nodes[0].location.valid():
        return None
    try:
        return factory.create_linestring(way)
    except (osmium.InvalidLocationError, RuntimeError):
        return None


def _line_of(points: list[tuple[float, float]]) -> str | None:
    distinct = [point for point, previous in zip(points, [None, *points], strict=False) if point != previous]
    return shapely.to_wkb(shapely.LineString(distinct), hex=True) if len(distinct) > 1 else None


def _no_area(way: Way) -> Failure:
    detail = "the way is tagged area=no" if way.is_closed() else "the way is not closed: it encloses no area"
    return Failure(f"way/{way.id}", Reason.INVALID, detail, _row(way))


def _row(way: Way) -> dict[str, Any]:
    return {"type": "way", "id": way.id, "nodes": [node.ref for node in way.nodes], "tags": dict(way.tags)}
