"""Why closed ways and relations of an OpenStreetMap file make no area: cut off at the extract's border, or no rings."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.index import LocationTable
from osmium.osm import RELATION, WAY
from osmium.osm.types import Relation, Way

from otn.etl.rows import Reason

_VALID = "Valid Geometry"
_NAMED = 5  # nodes named in a sentence


@dataclass(frozen=True)
class Failure:
    """An object that cannot be loaded: why, and the whole of it."""

    source_id: str
    reason: Reason
    detail: str
    row: dict[str, Any]


@dataclass(frozen=True)
class _Member:
    """What a ring needs to know of a way: its two ends, and how many of its nodes have no location."""

    ends: tuple[int, int]
    missing: int


def failures(
    path: Path, ways: set[int], relations: dict[int, tuple[int, ...]], locations: LocationTable
) -> Iterator[Failure]:
    """Reads the file once more for closed `ways` and `relations` (with their ways) of which no area came.

    `locations` are those of all nodes of the file.
    """
    wanted = ways.union(*relations.values())
    members: dict[int, _Member] = {}
    rows: list[dict[str, Any]] = []
    for entity in osmium.FileProcessor(path, WAY | RELATION):
        if isinstance(entity, Way):
            if entity.id in wanted:
                missing = sum(not _is_known(node.ref, locations) for node in entity.nodes)
                members[entity.id] = _Member(_ends(entity), missing)
                if entity.id in ways:
                    yield _failed_way(entity, missing, locations)
        elif isinstance(entity, Relation) and entity.id in relations:
            rows.append(_relation_row(entity))
    # After all ways, for a file need not have them first.
    for row in rows:
        yield _failed_relation(row, relations[row["id"]], members)


def _failed_way(way: Way, missing: int, locations: LocationTable) -> Failure:
    nodes = [node.ref for node in way.nodes]
    row = {"type": "way", "id": way.id, "nodes": nodes, "tags": dict(way.tags)}
    if missing:
        reason, detail = Reason.INCOMPLETE, f"{missing} of {len(nodes)} nodes have no location in the extract"
    elif len(nodes) < 4:
        reason, detail = Reason.TOO_FEW_POINTS, "a ring needs three different points"
    else:
        reason, detail = Reason.INVALID, _what_is_wrong(nodes, locations)
    return Failure(f"way/{way.id}", reason, detail, row)


def _what_is_wrong(nodes: list[int], locations: LocationTable) -> str:
    points = [(location.lon, location.lat) for location in map(locations.get, nodes)]
    said = shapely.is_valid_reason(shapely.Polygon(points))
    return "its ring is no polygon" if said == _VALID else f"its ring is no polygon: {said}"


def _failed_relation(row: dict[str, Any], ways: tuple[int, ...], members: dict[int, _Member]) -> Failure:
    known = [members[way] for way in ways if way in members]
    missing, cut = len(ways) - len(known), sum(member.missing > 0 for member in known)
    ends = Counter(end for member in known for end in member.ends)
    loose = [str(end) for end, number in ends.items() if number % 2]
    if not ways:
        reason, detail = Reason.NO_GEOMETRY, "the relation has no ways"
    elif missing:
        reason, detail = Reason.INCOMPLETE, f"{missing} of {len(ways)} ways are not in the extract"
    elif cut:
        reason, detail = Reason.INCOMPLETE, f"{cut} of {len(ways)} ways have nodes without location in the extract"
    elif loose:
        named = ", ".join(loose[:_NAMED]) + (", ..." if len(loose) > _NAMED else "")
        reason, detail = Reason.INVALID, f"its ways close to no rings: loose ends at the nodes {named}"
    else:
        reason, detail = Reason.INVALID, "its rings cross or overlap, or are no polygon"
    return Failure(f"relation/{row['id']}", reason, detail, row)


def _relation_row(relation: Relation) -> dict[str, Any]:
    members = [{"type": member.type, "ref": member.ref, "role": member.role} for member in relation.members]
    return {"type": "relation", "id": relation.id, "members": members, "tags": dict(relation.tags)}


def _ends(way: Way) -> tuple[int, int]:
    nodes = way.nodes
    return (nodes[0].ref, nodes[-1].ref) if len(nodes) else (0, 0)


def _is_known(node: int, locations: LocationTable) -> bool:
    if node < 0:  # of an editor, never uploaded: libosmium keeps no location of it
        return False
    try:
        return bool(locations.get(node).valid())
    except KeyError:
        return False
