import bz2
import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import osmium
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Way

from otn.errors import SourceError
from otn.etl.readers.osm import OsmRoads
from otn.etl.rows import Reason, Reject, SourceRows
from otn.model.collections import PORTS, ROAD_NODES, ROADS, Collection

NODES = {1: (4.0, 51.0), 2: (4.1, 51.0), 3: (4.1, 51.1), 4: (4.0, 51.0)}

XML = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="51.0" lon="4.0"/>
  <node id="2" lat="51.0" lon="4.1"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Kerkstraat"/></way>
  <way id="11"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/></way>
</osm>
"""

ENTITY = '<!DOCTYPE osm [<!ENTITY street SYSTEM "file:///etc/passwd">]>'

# What ../shared/data/README.md says of each extract, and how many of the ways have fewer than two located nodes.
EXTRACTS = {
    "wechelderzande-be.osm.pbf": (264, 4),
    "lebbeke-be-test_network_big.osm": (450, 0),
    "monaco.osm.pbf": (1_996, 0),
    "liechtenstein-latest.osm.pbf": (6_984, 0),
    "liechtenstein-pyosmium.osm.pbf": (7_506, 0),
    "andorra-latest.osm.pbf": (4_981, 0),
    "london.osm.pbf": (3_141, 0),
    "porto.osm.pbf": (4_656, 0),
    "paris_bss.osm.pbf": (1_219, 40),
    "prague-small.osm.pbf": (7_928, 83),
    "rnv-mannheim-heidelberg.osm.pbf": (37_344, 0),
}


def write(path: Path, *ways: Way, nodes: dict[int, tuple[float, float]] = NODES) -> Path:
    with osmium.SimpleWriter(path) as writer:
        for number, location in nodes.items():
            writer.add_node(Node(id=number, version=1, location=location))
        for way in ways:
            writer.add_way(way)
    return path


def road(number: int, *nodes: int, **tags: str) -> Way:
    return Way(id=number, version=1, nodes=list(nodes), tags={"highway": "residential"} | tags)


def rows_of(path: Path, collection: Collection = ROADS) -> SourceRows:
    (rows,) = (rows for rows in OsmRoads(path).read() if rows.collection == collection.id and len(rows))
    return rows


def rejects_of(path: Path) -> tuple[Reject, ...]:
    return tuple(reject for rows in OsmRoads(path).read() for reject in rows.rejects)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extract.osm.pbf"


def test_every_way_with_a_highway_is_a_row_and_nothing_else(path: Path) -> None:
    river = Way(id=7, version=1, nodes=[1, 2], tags={"waterway": "river"})
    rows = rows_of(write(path, road(5, 1, 2, name="Dorp"), river, road(9, 2, 3)))
    assert rows.source_id.to_pylist() == ["5", "9"]
    assert rows.position.tolist() == [1, 2]
    assert rows.attributes["name"].to_pylist() == ["Dorp", None]
    assert [geometry.wkt for geometry in rows.geometry] == [
        "LINESTRING (4 51, 4.1 51)",
        "LINESTRING (4.1 51, 4.1 51.1)",
    ]
    assert rows.crs.to_authority() == ("OGC", "CRS84")


def test_a_closed_area_stays_a_line(path: Path) -> None:
    rows = rows_of(write(path, road(5, 1, 2, 3, 1, highway="pedestrian", area="yes")))
    assert rows.geometry[0].geom_type == "LineString"
    assert rows.geometry[0].is_closed


@pytest.mark.parametrize("nodes", [(99, 1, 2), (1, 99, 2), (1, 2, 99)])
def test_a_way_cut_off_at_the_border_keeps_the_nodes_it_has_and_says_how_many_it_lacks(
    path: Path, nodes: tuple[int, ...]
) -> None:
    rows = rows_of(write(path, road(5, *nodes), road(6, 1, 2)))
    assert [geometry.wkt for geometry in rows.geometry] == ["LINESTRING (4 51, 4.1 51)"] * 2
    fields = OsmRoads(path).harmonise(rows.attributes, ROADS)
    codes = [json.loads(text) for text in fields["sourceCodes"].to_pylist()]
    assert codes == [{"highway": "residential", "nodesWithoutLocation": 1}, {"highway": "residential"}]


@pytest.mark.parametrize("nodes", [(1,), (1, 1), (1, 4), (1, 98), (98, 99), ()])
def test_a_way_without_two_distinct_locations_is_rejected_whole(path: Path, nodes: tuple[int, ...]) -> None:
    rows = rows_of(write(path, road(5, *nodes, name="Dorp"), road(6, 1, 2)))
    (reject,) = rejects_of(path)
    assert rows.source_id.to_pylist() == ["6"]
    assert (reject.position, reject.source_id, reject.reason) == (1, "5", Reason.TOO_FEW_POINTS)
    assert reject.row["nodes"] == list(nodes)
    assert reject.row["tags"] == {"highway": "residential", "name": "Dorp"}


def test_the_tags_become_fields_and_stay_as_source_codes(path: Path) -> None:
    rows = rows_of(write(path, road(5, 1, 2, name="Dorp", maxspeed="30 mph", ref="N153;E34", surface="sett")))
    fields = {name: column[0].as_py() for name, column in OsmRoads(path).harmonise(rows.attributes, ROADS).items()}
    codes = json.loads(fields.pop("sourceCodes"))
    assert codes == {"highway": "residential", "maxspeed": "30 mph", "ref": "N153;E34", "surface": "sett"}
    known = {name: value for name, value in fields.items() if value is not None}
    assert known == {
        "name": "Dorp",
        "functionalRoadClass": "fourthClass",
        "formOfWay": "singleCarriageway",
        "direction": "bothDirections",
        "speedLimit": 48,
        "surface": "paved",
        "bridge": False,
        "tunnel": False,
        "level": 0,
        "fromNode": "1",
        "toNode": "2",
        "nationalRoadCode": "N153",
        "europeanRoadNumber": "E 34",
    }


def test_an_extract_gives_roads_only(path: Path) -> None:
    reader = OsmRoads(write(path, road(5, 1, 2)))
    with pytest.raises(SourceError, match="gives roads, not ports"):
        reader.harmonise(rows_of(path).attributes, PORTS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm", XML.encode()),
        ("with space.osm.gz", gzip.compress(XML.encode(), mtime=0)),
        ("a.osm.bz2", bz2.compress(XML.encode())),
    ],
)
def test_xml_is_read_plain_and_compressed(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    rows = rows_of(tmp_path / name)
    assert rows.attributes["name"].to_pylist() == ["Kerkstraat"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm.pbf", b"", "is empty"),
        ("a.osm", b"", "is empty"),
        ("a.osm.pbf", b"no pbf at all, just a sentence", "is damaged or no OpenStreetMap file"),
        ("a.osm.pbf", XML.encode(), "is damaged or no OpenStreetMap file"),
        ("a.osm", b"<html>404</html>", "is damaged or no OpenStreetMap file"),
        ("a.osm", XML.encode()[:-30], "is cut off: it ends too early, after .* line 6"),
        ("a.osm", XML.encode()[: XML.index("<way")], "is cut off: it ends too early, after .* line 5"),
        ("a.osm.gz", gzip.compress(XML.encode(), mtime=0)[:-20], "is cut off: it ends too early"),
        ("a.osm.bz2", bz2.compress(XML.encode())[:-20], "is cut off: it ends too early"),
        ("a.osm", b"<osm version='0.6'></osm>", "has no way with a highway tag"),
        ("a.osm", XML.replace("<osm", "<!DOCTYPE osm>\n<osm").encode(), "declares a document type"),
        ("a.osm.gz", gzip.compress(XML.replace("<osm", ENTITY + "<osm").encode(), mtime=0), "declares a document type"),
        ("a.osm.bz2", bz2.compress(XML.replace("<osm", ENTITY + "<osm").encode()), "declares a document type"),
        ("a.osm", XML.replace("<osm", "<!--" + "-" * 70_000 + "-->" + ENTITY + "<osm").encode(), "is damaged"),
    ],
)
def test_a_bad_file_gets_one_sentence_that_names_it(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message) as raised:
        list(OsmRoads(tmp_path / name).read())
    assert str(tmp_path / name) in str(raised.value)


def test_a_missing_file_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.osm is not a file\."):
        list(OsmRoads(tmp_path / "gone.osm").read())


@pytest.mark.parametrize("missing", [1, 40])
def test_a_cut_off_pbf_is_noticed(path: Path, missing: int) -> None:
    content = write(path, road(5, 1, 2)).read_bytes()
    path.write_bytes(content[:-missing])
    with pytest.raises(SourceError, match=f"is cut off: it ends too early, after {len(content) - missing} bytes"):
        list(OsmRoads(path).read())


def test_a_file_without_the_nodes_of_its_ways_is_refused(path: Path) -> None:
    with pytest.raises(SourceError, match="has 1 roads but the locations of none"):
        list(OsmRoads(write(path, road(5, 1, 2), nodes={})).read())


@pytest.mark.parametrize("name", [b"D\xffrp", b"D\xf6rp", b"Dor\xe9", b"D\xfcrp"])
def test_text_that_is_not_utf8_is_refused(path: Path, name: bytes) -> None:
    write(path, road(5, 1, 2, name="Dorp"))
    plain = path.with_name("plain.osm.pbf")
    with osmium.SimpleWriter(osmium.io.File(plain, "pbf,pbf_compression=none")) as writer:
        for entity in osmium.FileProcessor(path):
            writer.add(entity)
    plain.write_bytes(plain.read_bytes().replace(b"Dorp", name))
    with pytest.raises(SourceError, match="way 5 holds text that is not UTF-8"):
        list(OsmRoads(plain).read())


@pytest.mark.parametrize(
    "name", ["a b,c=d%e@f", "%20%", "Čapkova — Ελλάδα 東京 😀", "\u00a0\u00ad\u200b", "tab\tand\nline"]
)
def test_a_name_is_what_it_is_in_the_file(path: Path, name: str) -> None:
    assert rows_of(write(path, road(5, 1, 2, name=name))).attributes["name"].to_pylist() == [name]


# libosmium writes the last plane, which is for private use, with a digit too few.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0", max_codepoint=0xFFFFF)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(characters, max_size=20), min_size=30, max_size=100))
def test_names_of_all_characters_are_what_they_are(names: list[str]) -> None:
    with TemporaryDirectory() as directory:
        ways = (road(number, 1, 2, name=name) for number, name in enumerate(names, 1))
        rows = rows_of(write(Path(directory) / "extract.osm.pbf", *ways))
    assert rows.attributes["name"].to_pylist() == names


def test_a_history_is_refused(path: Path) -> None:
    history = path.with_name("extract.osh.pbf")
    write(history, road(5, 1, 2)).rename(path)
    with pytest.raises(SourceError, match="is a history or a change file"):
        list(OsmRoads(path).read())


@pytest.mark.parametrize("name", EXTRACTS)
def test_no_road_of_a_real_extract_is_lost(real_data: Path, name: str) -> None:
    read, rejected = 0, 0
    reader = OsmRoads(real_data / "osm" / name)
    for rows in reader.read():
        if rows.collection == ROAD_NODES.id:
            continue
        read, rejected = read + rows.number_of_objects, rejected + len(rows.rejects)
        if len(rows):
            fields = reader.harmonise(rows.attributes, ROADS)
            assert fields["functionalRoadClass"].null_count < 0.02 * len(rows)
            assert {len(column) for column in fields.values()} == {len(rows)}
            assert not shapely.is_missing(rows.geometry).any()
    assert (read, rejected) == EXTRACTS[name]
