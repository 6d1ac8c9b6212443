"""Roads of OpenStreetMap as links between nodes."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium
import psycopg
import pytest
from osmium.osm import WAY
from osmium.osm.mutable import Node, Way

from otn.etl.harmonise import harmonised_geometry
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.readers.osm import OsmRoads
from otn.etl.wishes import Wishes
from otn.model.collections import ROAD_NODES, ROADS
from otn.model.datasets import Registry

# Links and nodes of each extract; that the ways are as many as its README says, test_osm tests.
NETWORKS = {
    "wechelderzande-be.osm.pbf": (452, 348),
    "monaco.osm.pbf": (3_510, 2_638),
    "liechtenstein-latest.osm.pbf": (12_280, 9_821),
    "liechtenstein-pyosmium.osm.pbf": (13_233, 10_579),
    "rnv-mannheim-heidelberg.osm.pbf": (58_327, 45_135),
}

# Two roads that cross in node 3, with something beside them:
#           5
#           |
#   1 - 2 - 3 - 4
#           |
#           6 - 7
PLACES = {
    1: (4.0, 51.0),
    2: (4.1, 51.0),
    3: (4.2, 51.0),
    4: (4.3, 51.0),
    5: (4.2, 51.1),
    6: (4.2, 50.9),
    7: (4.3, 50.9),
}
WEST_EAST = (1, 2, 3, 4)
NORTH_SOUTH = (5, 3, 6)


def road(number: int, *nodes: int, **tags: str) -> Way:
    return Way(id=number, version=1, nodes=list(nodes), tags={"highway": "residential"} | tags)


def rows_of(path: Path) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The links of a file as they would be loaded, and its nodes by localId."""
    reader, links, nodes = OsmRoads(path), list[dict[str, Any]](), dict[str, dict[str, Any]]()
    for rows in reader.read():
        collection = ROADS if rows.collection == ROADS.id else ROAD_NODES
        shapes = harmonised_geometry(rows, collection.geometry)
        geometry, part = shapes.geometry, shapes.part
        assert shapes.row.tolist() == list(range(len(rows)))
        fields = reader.harmonise(rows.attributes, collection)
        columns = {name: column.to_pylist() for name, column in fields.items()}
        for at in range(len(rows)):
            one = {name: column[at] for name, column in columns.items()} | {
                "id": rows.source_id[at].as_py(),
                "part": part[at].as_py(),
                "position": int(rows.position[at]),
                "coordinates": [tuple(place) for place in geometry[at].coords],
            }
            if collection == ROADS:
                links.append(one)
            else:
                nodes[one["id"]] = one
    return links, nodes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extract.osm.pbf"


def network(
    path: Path, *ways: Way, tags: dict[int, dict[str, str]] | None = None
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    with osmium.SimpleWriter(path) as writer:
        for number, location in PLACES.items():
            writer.add_node(Node(id=number, version=1, location=location, tags=(tags or {}).get(number, {})))
        for way in ways:
            writer.add_way(way)
    return rows_of(path)


def ends(links: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(link["id"], link["part"], link["fromNode"], link["toNode"]) for link in links]


def forms(nodes: dict[str, dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {name: (node["formOfRoadNode"], node["numberOfLinks"]) for name, node in nodes.items()}


def test_ways_are_cut_where_they_meet(path: Path) -> None:
    links, nodes = network(path, road(10, *WEST_EAST), road(11, *NORTH_SOUTH), road(12, 6, 7))
    assert ends(links) == [
        ("10", "1-3", "1", "3"),
        ("10", "3-4", "3", "4"),
        ("11", "5-3", "5", "3"),
        ("11", "3-6", "3", "6"),
        ("12", "", "6", "7"),
    ]
    assert [link["position"] for link in links] == [1, 1, 2, 2, 3]
    assert links[0]["coordinates"] == [PLACES[1], PLACES[2], PLACES[3]]
    assert forms(nodes) == {
        "1": ("roadEnd", 1),
        "3": ("junction", 4),
        "4": ("roadEnd", 1),
        "5": ("roadEnd", 1),
        "6": ("pseudoNode", 2),
        "7": ("roadEnd", 1),
    }
    assert {name: node["coordinates"] for name, node in nodes.items()} == {name: [PLACES[int(name)]] for name in nodes}
    assert {node["part"] for node in nodes.values()} == {"node"}
    assert nodes["3"]["inspireId"] == "https://www.openstreetmap.org/node/3"


def test_ways_that_cross_without_a_common_node_do_not_meet(path: Path) -> None:
    links, _ = network(path, road(10, 1, 4), road(11, 5, 6, bridge="yes", layer="1"))
    assert [(*end, link["level"]) for end, link in zip(ends(links), links, strict=True)] == [
        ("10", "", "1", "4", 0),
        ("11", "", "5", "6", 1),
    ]


def test_ways_of_different_layers_meet_at_the_node_they_share(path: Path) -> None:
    links, nodes = network(path, road(10, 1, 3), road(11, 3, 4, bridge="yes", layer="1"), road(12, 5, 3))
    assert forms(nodes)["3"] == ("junction", 3)
    assert [link["level"] for link in links] == [0, 1, 0]


def test_a_one_way_keeps_the_direction_of_its_way(path: Path) -> None:
    links, _ = network(path, road(10, *WEST_EAST, oneway="-1"), road(11, *NORTH_SOUTH, oneway="yes"))
    assert [(link["fromNode"], link["toNode"], link["direction"]) for link in links] == [
        ("1", "3", "inOppositeDirection"),
        ("3", "4", "inOppositeDirection"),
        ("5", "3", "inDirection"),
        ("3", "6", "inDirection"),
    ]


def test_a_roundabout_is_cut_where_roads_enter_and_its_nodes_say_so(path: Path) -> None:
    links, nodes = network(path, road(10, 3, 4, 7, 6, 3, junction="roundabout"), road(11, 5, 3), road(12, 7, 2))
    assert ends(links)[:2] == [("10", "3-7", "3", "7"), ("10", "7-3", "7", "3")]
    assert (forms(nodes)["3"], forms(nodes)["7"]) == (("roundabout", 3), ("roundabout", 3))


def test_the_outline_of_a_square_is_cut_like_any_way_and_an_untouched_ring_is_one_link(path: Path) -> None:
    square, ring = road(10, 3, 4, 7, 6, 3, area="yes"), road(11, 1, 2, 5, 1)
    links, nodes = network(path, square, ring, road(12, 4, 2))
    assert ends(links) == [
        ("10", "3-4", "3", "4"),
        ("10", "4-3", "4", "3"),
        ("11", "1-2", "1", "2"),
        ("11", "2-1", "2", "1"),
        ("12", "", "4", "2"),
    ]
    assert forms(nodes)["3"] == ("pseudoNode", 2)
    links, nodes = network(path.with_name("ring.osm.pbf"), ring)
    assert (ends(links), forms(nodes)) == ([("11", "", "1", "1")], {"1": ("pseudoNode", 2)})


def test_a_level_crossing_and_a_mini_roundabout_are_nodes_of_the_road_they_lie_on(path: Path) -> None:
    tags = {
        2: {"railway": "level_crossing", "name": "Overweg 7"},
        3: {"highway": "mini_roundabout"},
        7: {"railway": "level_crossing"},
    }
    links, nodes = network(path, road(10, *WEST_EAST), tags=tags)
    assert [link["part"] for link in links] == ["1-2", "2-3", "3-4"]
    assert forms(nodes) == {
        "1": ("roadEnd", 1),
        "2": ("levelCrossing", 2),
        "3": ("roundabout", 2),
        "4": ("roadEnd", 1),
    }
    assert (nodes["2"]["name"], json.loads(nodes["2"]["sourceCodes"])) == ("Overweg 7", {"railway": "level_crossing"})


def test_a_road_cut_off_by_the_extract_ends_there_and_its_last_node_says_why(path: Path) -> None:
    links, nodes = network(path, road(10, 98, 99, *WEST_EAST), road(11, *NORTH_SOUTH))
    codes = [json.loads(link["sourceCodes"]).get("nodesWithoutLocation") for link in links]
    assert codes == [2, None, None, None]
    assert forms(nodes)["1"] == ("roadEnd", 1)
    assert [name for name, node in nodes.items() if node["sourceCodes"]] == ["1"]
    assert json.loads(nodes["1"]["sourceCodes"]) == {"cutOffByExtract": True}


def test_a_node_twice_in_a_row_is_one(path: Path) -> None:
    links, _ = network(path, road(10, 1, 1, 2, 99, 2, 3))
    assert [(link["part"], link["coordinates"]) for link in links] == [("", [PLACES[1], PLACES[2], PLACES[3]])]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_real_extract_holds_together(real_data: Path, name: str) -> None:
    path = real_data / "osm" / name
    links, nodes = rows_of(path)
    assert (len(links), len(nodes)) == NETWORKS[name]
    assert len({(link["id"], link["part"]) for link in links}) == len(links)
    degree = Counter(link[end] for link in links for end in ("fromNode", "toNode"))
    assert degree == {name: node["numberOfLinks"] for name, node in nodes.items()}
    for link in links:
        places = (link["coordinates"][0], link["coordinates"][-1])
        assert places == (nodes[link["fromNode"]]["coordinates"][0], nodes[link["toNode"]]["coordinates"][0])


@pytest.mark.parametrize("name", ["wechelderzande-be.osm.pbf", "monaco.osm.pbf"])
def test_the_links_of_a_way_one_after_the_other_are_the_way(real_data: Path, name: str) -> None:
    path = real_data / "osm" / name
    links, _ = rows_of(path)
    by_way = defaultdict(list)
    for link in links:
        by_way[link["id"]].append(link)
    ways: Any = osmium.FileProcessor(path).with_locations().with_filter(osmium.filter.EntityFilter(WAY))
    for way in ways:
        if str(way.id) not in by_way:
            continue
        pieces = by_way[str(way.id)]
        assert all(before["toNode"] == after["fromNode"] for before, after in pairwise(pieces))
        found = [pieces[0]["coordinates"][0], *(place for piece in pieces for place in piece["coordinates"][1:])]
        located = [node for node in way.nodes if node.location.valid()]
        once = [
            node
            for node, before in zip(located, [None, *located], strict=False)
            if not before or node.ref != before.ref
        ]
        assert found == [(node.lon, node.lat) for node in once]


def test_most_roads_of_a_village_can_be_reached_from_one_another(real_data: Path) -> None:
    links, nodes = rows_of(real_data / "osm" / "wechelderzande-be.osm.pbf")
    root = {name: name for name in nodes}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for link in links:
        root[find(link["fromNode"])] = find(link["toNode"])
    largest = Counter(find(link["fromNode"]) for link in links).most_common(1)[0][1]
    assert largest > 0.9 * len(links)


def test_links_of_one_way_are_loaded_as_one_object_of_the_publisher(database_url: str, real_data: Path) -> None:
    registry = Registry.read()
    dataset = registry.dataset("be/wechelderzande-roads")
    summary = load_dataset(
        database_url,
        dataset,
        registry=registry,
        progress=Silent(),
        wishes=Wishes([real_data / "osm" / "wechelderzande-be.osm.pbf"]),
    )
    assert (summary.number_read, summary.number_added, summary.number_rejected) == (264, 452, 4)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT local_id, inspire_id, from_node, to_node FROM roads WHERE dataset = %s", [dataset.id]
        ).fetchall()
    assert (len({row[0] for row in rows}), len({row[1] for row in rows})) == (260, 452)
    local_id, inspire_id, from_node, to_node = next(row for row in rows if "#" in row[1])
    assert inspire_id == f"https://www.openstreetmap.org/way/{local_id}#{from_node}-{to_node}"


def test_a_clipped_network_has_the_nodes_of_its_links_and_no_others(database_url: str, path: Path) -> None:
    """From Antwerp into the sea off Zeeland, a road in Antwerp, and one in the Atlantic."""
    places = {1: (4.4, 51.2), 2: (4.41, 51.2), 3: (3.0, 51.6), 4: (-40.0, 40.0), 5: (-40.1, 40.0)}
    with osmium.SimpleWriter(path) as writer:
        for number, place in places.items():
            writer.add_node(Node(id=number, location=place))
        for number, nodes in {10: (1, 2), 11: (2, 3), 12: (4, 5)}.items():
            writer.add_way(road(number, *nodes))
    registry = Registry.read()
    load_dataset(
        database_url,
        registry.dataset("be/wechelderzande-roads"),
        registry=registry,
        progress=Silent(),
        wishes=Wishes([path], clip=True),
    )
    with psycopg.connect(database_url) as connection:
        links = connection.execute("SELECT local_id, from_node, to_node FROM roads ORDER BY 1").fetchall()
        nodes_there = connection.execute("SELECT local_id FROM road_nodes ORDER BY 1").fetchall()
    assert links == [("10", "1", "2"), ("11", "2", "3")]
    assert [name for (name,) in nodes_there] == ["1", "2", "3"]
