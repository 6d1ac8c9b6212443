"""What the real extracts hold beside roads, against a count that knows neither the readers nor libosmium's areas."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import osmium
import pytest
import shapely
from osmium.filter import EmptyTagFilter, EntityFilter
from osmium.osm import NODE, RELATION, WAY
from osmium.osm.types import Relation, Way

from otn.errors import SourceError
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.osm_reader import reader_of
from otn.model.collections import COLLECTIONS
from tests.etl.test_osm_places import dataset_of

# Per extract and collection how many objects are read, and how many are rejected because the extract cuts them off.
EXTRACTS = {
    "andorra-latest.osm.pbf": {"areas": (11, 25), "buildings": (5030, 0)},
    "lebbeke-be-test_network_big.osm": {"railways": (1, 0), "areas": (0, 4), "buildings": (960, 0)},
    "liechtenstein-latest.osm.pbf": {
        "airports": (1, 0),
        "railways": (34, 0),
        "areas": (16, 25),
        "buildings": (15834, 0),
    },
    "liechtenstein-pyosmium.osm.pbf": {
        "airports": (1, 0),
        "railways": (34, 0),
        "areas": (16, 25),
        "buildings": (17638, 0),
    },
    "london.osm.pbf": {"port-facilities": (47, 0), "railways": (84, 0), "areas": (1, 7), "buildings": (2154, 0)},
    "monaco.osm.pbf": {
        "ports": (1, 0),
        "port-facilities": (31, 0),
        "airports": (1, 0),
        "railways": (13, 0),
        "areas": (8, 15),
        "buildings": (1149, 0),
    },
    "paris_bss.osm.pbf": {"buildings": (7, 0)},
    "porto.osm.pbf": {"port-facilities": (31, 0), "railways": (186, 0), "areas": (4, 17), "buildings": (11401, 0)},
    "prague-small.osm.pbf": {
        "port-facilities": (1, 0),
        "airports": (0, 2),
        "runways": (9, 2),
        "railways": (220, 1),
        "areas": (6, 16),
        "buildings": (9901, 140),
    },
    "rnv-mannheim-heidelberg.osm.pbf": {"port-facilities": (8, 0), "railways": (5, 0)},
    "wechelderzande-be.osm.pbf": {"areas": (0, 6), "buildings": (1794, 9)},
}

TRACKS = ("rail", "narrow_gauge", "tram", "subway", "funicular", "monorail", "light_rail")
HARBOURS = {"harbour": ("yes",), "landuse": ("harbour", "port"), "industrial": ("port",), "seamark:type": ("harbour",)}
FACILITIES = {
    "lock": ("yes",),
    "waterway": ("lock_gate", "dock"),
    "man_made": ("quay", "pier"),
    "amenity": ("ferry_terminal",),
    "route": ("ferry",),
    "leisure": ("slipway",),
    "seamark:small_craft_facility:category": ("slipway",),
    "mooring": ("yes",),
}
Tags = Mapping[str, str]


@dataclass(frozen=True)
class PlainWay:
    closed: bool
    whole: bool
    places: int


@dataclass
class Plain:
    """An extract in memory: its ways, the members of its relations, and the tags of all objects."""

    ways: dict[int, PlainWay] = field(default_factory=dict)
    relations: dict[int, list[tuple[str, int, str]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def drawn_as(self, name: str) -> str:
        """`node`, `line`, `ring`, `area` or another type of relation."""
        kind, number = name.split("/")
        if kind == "way":
            return "ring" if self.ways[int(number)].closed else "line"
        if kind == "relation":
            kind = self.tags[name].get("type", "none")
            return "area" if kind in ("multipolygon", "boundary") else kind
        return kind

    def whole(self, name: str) -> bool:
        """Whether nothing of it lies beyond the border; a line may lose nodes, as long as two places are left."""
        kind, number = name.split("/")
        if kind == "way":
            way = self.ways[int(number)]
            return way.whole if way.closed else way.places > 1
        ways = [self.ways.get(ref) for type_, ref, _ in self.relations.get(int(number), []) if type_ == "w"]
        if self.drawn_as(name) == "route":
            return any(ways)
        return kind == "node" or (bool(ways) and all(way is not None and way.whole for way in ways))


def plain(path: Path) -> Plain:
    extract = Plain()
    tagged_nodes = osmium.FileProcessor(path, NODE).with_filter(EmptyTagFilter())
    others = osmium.FileProcessor(path).with_locations().with_filter(EntityFilter(WAY | RELATION))
    for entity in chain(tagged_nodes, others):
        match entity:
            case Way():
                known = [node.location for node in entity.nodes if node.location.valid()]
                places = len({(location.x, location.y) for location in known})
                extract.ways[entity.id] = PlainWay(entity.is_closed(), len(known) == len(entity.nodes), places)
            case Relation():
                extract.relations[entity.id] = [(member.type, member.ref, member.role) for member in entity.members]
        if len(entity.tags):
            name = {"n": "node", "w": "way", "r": "relation"}[entity.type_str()]
            extract.tags[f"{name}/{entity.id}"] = dict(entity.tags)
    return extract


def any_of(table: Mapping[str, tuple[str, ...]]) -> Callable[[str, Tags], bool]:
    return lambda _, tags: any(tags.get(key) in values for key, values in table.items())


def is_area(drawn: str, tags: Tags) -> bool:
    if drawn in ("node", "line") and not tags.get("aeroway"):
        return False
    boundary = (
        tags.get("boundary") == "administrative" and "admin_level" in tags and (drawn == "area" or "name" in tags)
    )
    return boundary or tags.get("aeroway") in ("apron", "aerodrome", "heliport") or any_of(HARBOURS)(drawn, tags)


def is_building(drawn: str, tags: Tags) -> bool:
    return drawn in ("line", "ring", "area") and tags.get("building", "no") not in ("no", "construction")


WANTED: dict[str, Callable[[str, Tags], bool]] = {
    "ports": any_of(HARBOURS),
    "port-facilities": any_of(FACILITIES),
    "airports": any_of({"aeroway": ("aerodrome", "heliport")}),
    "runways": lambda drawn, tags: drawn in ("line", "ring") and tags.get("aeroway") in ("runway", "taxiway"),
    "railways": lambda drawn, tags: drawn in ("line", "ring") and tags.get("railway") in TRACKS,
    "areas": is_area,
    "buildings": is_building,
}


def counted(extract: Plain, collection: str) -> tuple[int, int]:
    """How many objects of the collection are whole, and how many are not."""
    in_routes = {
        f"way/{ref}"
        for number, members in extract.relations.items()
        if extract.tags.get(f"relation/{number}", {}).get("route") == "ferry"
        for type_, ref, role in members
        if type_ == "w" and not role.startswith(("platform", "stop"))
    }
    found = Counter(
        extract.whole(name)
        for name, tags in extract.tags.items()
        if WANTED[collection](extract.drawn_as(name), tags)
        and extract.drawn_as(name) in ("node", "line", "ring", "area", "route")
        and not (tags.get("route") == "ferry" and name in in_routes)
        and (collection == "buildings" or "yes" not in (tags.get("disused"), tags.get("abandoned")))
    )
    return found[True], found[False]


@pytest.mark.parametrize("name", EXTRACTS)
def test_nothing_of_a_real_extract_is_lost(real_data: Path, name: str) -> None:
    path = real_data / "osm" / name
    there = {collection: read(path, collection) for collection in WANTED}
    assert {collection: numbers for collection, numbers in there.items() if any(numbers)} == EXTRACTS[name]
    extract = plain(path)
    assert there == {collection: counted(extract, collection) for collection in WANTED}


def read(path: Path, collection: str) -> tuple[int, int]:
    """How many objects the reader gives and rejects; an extract without any is refused, and counts as none."""
    reader = reader_of(path, Inputs((path,), dataset_of(collection)))
    loaded, rejected = 0, 0
    try:
        for rows in reader.read():
            loaded, rejected = loaded + len(rows), rejected + len(rows.rejects)
            fields = reader.harmonise(rows.attributes, COLLECTIONS[collection])
            assert {len(column) for column in fields.values()} == {len(rows)}
            assert shapely.is_valid(rows.geometry).all()
    except SourceError as error:
        if " has no " not in str(error):
            raise
    return loaded, rejected
