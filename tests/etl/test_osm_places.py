"""OpenStreetMap for more than roads: which objects each collection takes, from small files written here."""

import json
from pathlib import Path
from typing import Any

import pytest

from otn.errors import SourceError
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.osm_reader import reader_of
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import COLLECTIONS, PORTS
from otn.model.datasets import Dataset, Registry
from otn.model.place_codelists import PORT_FACILITY_KIND
from tests.etl.osm_extract import SQUARE, write_extract

TEMPLATE = Registry.read().dataset("be/ports")
RING = "1,2,3,4,1"


def dataset_of(collection: str, **options: str) -> Dataset:
    source = {"reader": "osm", "format": "OSM PBF", "options": options}
    return Dataset.model_validate(TEMPLATE.model_dump() | {"collection": collection, "source": source})


def rows_of(path: Path, collection: str) -> SourceRows:
    (rows,) = reader_of(path, Inputs((path,), dataset_of(collection))).read()
    return rows


def features_of(path: Path, collection: str, **options: str) -> dict[str, dict[str, Any]]:
    """The fields that are not null of what the file has for a collection, by identifier, and the geometry as WKT."""
    reader = reader_of(path, Inputs((path,), dataset_of(collection, **options)))
    features: dict[str, dict[str, Any]] = {}
    for rows in reader.read():
        fields = reader.harmonise(rows.attributes, COLLECTIONS[collection])
        for row, name in enumerate(rows.source_id.to_pylist()):
            values = {field: column[row].as_py() for field, column in fields.items()}
            features[name] = {field: value for field, value in values.items() if value is not None}
            features[name]["wkt"] = rows.geometry[row].wkt
    return features


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extract.osm.pbf"


def test_ports_are_points_whatever_they_are_drawn_as(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        "n5 4.3 51.3 harbour=yes name=Zandvliet harbour:LOCODE=BE%20ZVL addr:country=BE",
        f"w6 {RING} landuse=harbour name=Antwerpen unlocode=BEANR",
        "w7 1,2,3 industrial=port",
        "w8 1,2,3",
        "w9 3,4,1",
        "r10 w8@outer w9@outer type=multipolygon seamark:type=harbour",
    )
    ports = features_of(path, "ports")
    assert {name: (port["wkt"], port.get("name"), port.get("unLocode")) for name, port in ports.items()} == {
        "node/5": ("POINT (4.3 51.3)", "Zandvliet", "BEZVL"),
        "way/6": ("POINT (4.05 51.05)", "Antwerpen", "BEANR"),
        "way/7": ("POINT (4.1 51)", None, None),
        "relation/10": ("POINT (4.05 51.05)", None, None),
    }
    assert json.loads(ports["node/5"]["sourceCodes"]) == {"harbour:LOCODE": "BE ZVL", "addr:country": "BE"}
    assert ports["node/5"]["country"] == "BE"


@pytest.mark.parametrize(
    "tags",
    ["leisure=marina", "landuse=industrial", "harbour=no", "harbour=yes disused=yes", "landuse=port abandoned=yes"],
)
def test_marinas_and_what_is_out_of_use_are_no_ports(path: Path, tags: str) -> None:
    write_extract(path, "n1 4.0 51.0 harbour=yes", f"n2 4.0 51.0 {tags}")
    assert list(features_of(path, "ports")) == ["node/1"]


def test_a_group_of_objects_is_none_itself(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} landuse=port", "r6 w5 type=site harbour=yes", "r7 w5 harbour=yes")
    rows = rows_of(path, "ports")
    assert (rows.source_id.to_pylist(), rows.rejects) == (["way/5"], ())


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("waterway=dock", "dock"),
        ("seamark:type=dry_dock", "dock"),
        ("dock=floating", "dock"),
        ("man_made=quay", "quay"),
        ("man_made=pier mooring=yes", "pier"),
        ("seamark:type=berth", "berth"),
        ("mooring=commercial", "berth"),
        ("lock=yes waterway=canal", "lock"),
        ("waterway=lock_gate", "lock"),
        ("amenity=ferry_terminal", "terminal"),
        ("industrial=container_terminal", "terminal"),
        ("seamark:type=harbour seamark:harbour:category=tanker", "terminal"),
        ("leisure=slipway", "slipway"),
        ("seamark:type=small_craft_facility seamark:small_craft_facility:category=slipway", "slipway"),
        ("water=harbour natural=water", "harbourBasin"),
        ("seamark:type=harbour_basin", "harbourBasin"),
    ],
)
def test_a_facility_is_what_its_tags_say(path: Path, tags: str, kind: str) -> None:
    write_extract(
        path, *SQUARE, f"n5 4.2 51.2 {tags}", f"w6 {RING} {tags}", f"w7 1,2,3 {tags}", f"w8 {RING} area=no {tags}"
    )
    facilities = features_of(path, "port-facilities")
    assert {facility["kind"] for facility in facilities.values()} == {kind}
    assert kind in PORT_FACILITY_KIND.values
    drawn = {name: facility["wkt"].split(" ")[0] for name, facility in facilities.items()}
    assert drawn == {"node/5": "POINT", "way/6": "MULTIPOLYGON", "way/7": "LINESTRING", "way/8": "LINESTRING"}


@pytest.mark.parametrize("tags", ["landuse=basin", "mooring=no", "seamark:type=mooring", "man_made=pier disused=yes"])
def test_other_basins_buoys_and_what_is_out_of_use_are_no_facilities(path: Path, tags: str) -> None:
    write_extract(path, "n1 4.0 51.0 man_made=pier", f"n2 4.0 51.0 {tags}")
    assert list(features_of(path, "port-facilities")) == ["node/1"]


def test_a_ferry_route_is_one_line_of_its_ways_and_they_are_not_there_twice(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        "n5 4.2 51.0 amenity=ferry_terminal",
        "w6 1,2 route=ferry",
        "w7 2,3 route=ferry",
        "w8 3,4 route=ferry name=Veer depth=3.5",
        "w9 4,1 man_made=pier",
        "r10 w6 w7 w9@platform w99 n5@stop type=route route=ferry name=Waterbus",
    )
    facilities = features_of(path, "port-facilities")
    assert list(facilities) == ["node/5", "way/9", "way/8", "relation/10"]
    assert facilities["relation/10"]["wkt"] == "LINESTRING (4 51, 4.1 51, 4.1 51.1)"
    assert facilities["relation/10"]["name"] == "Waterbus"
    assert json.loads(facilities["relation/10"]["sourceCodes"]) == {"membersWithoutLine": 1, "route": "ferry"}
    assert facilities["way/8"]["depth"] == 3.5


def test_a_ferry_route_without_any_of_its_ways_is_rejected(path: Path) -> None:
    write_extract(path, *SQUARE, "w6 1,2 route=ferry", "r10 w98 w99 type=route route=ferry")
    rows = rows_of(path, "port-facilities")
    (reject,) = rows.rejects
    assert rows.source_id.to_pylist() == ["way/6"]
    assert (reject.source_id, reject.reason) == ("relation/10", Reason.INCOMPLETE)
    assert reject.detail == "none of its 2 ways has a line in the extract"


def test_airports_have_the_codes_that_are_codes(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        f"w5 {RING} aeroway=aerodrome name=Deurne icao=EBAW iata=ANR ele=12 city_served=Antwerpen",
        "n6 4.3 51.3 aeroway=heliport icao=EB1 ele=39%20ft",
        "n7 4.3 51.3 aeroway=aerodrome disused=yes",
        "n8 4.3 51.3 aeroway=aerodrome aerodrome=closed",
        "n9 4.3 51.3 aeroway=helipad",
    )
    airports = features_of(path, "airports")
    for airport in airports.values():
        del airport["sourceCodes"]
    assert airports == {
        "way/5": {
            "wkt": "POINT (4.05 51.05)",
            "name": "Deurne",
            "icao": "EBAW",
            "iata": "ANR",
            "elevation": 12,
            "municipality": "Antwerpen",
        },
        "node/6": {"wkt": "POINT (4.3 51.3)", "kind": "heliportOnly", "elevation": 11.887},
    }


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("railway=rail", "train"),
        ("railway=rail usage=main service=yard", "train"),
        ("railway=narrow_gauge", "train"),
        ("railway=narrow_gauge rack=abt", "cogRailway"),
        ("railway=tram", "tramway"),
        ("railway=subway", "metro"),
        ("railway=funicular", "funicular"),
        ("railway=monorail", "monorail"),
        ("railway=light_rail", None),
    ],
)
def test_tracks_in_use_are_railways(path: Path, tags: str, kind: str | None) -> None:
    others = ("disused", "abandoned", "construction", "proposed", "razed", "platform", "miniature", "preserved")
    ways = [f"w{number} 1,2 railway={value}" for number, value in enumerate(others, 20)]
    write_extract(
        path, *SQUARE, "n5 4 51 railway=rail", f"w6 1,2,3 {tags} name=L12", *ways, "w40 1,2 railway=rail disused=yes"
    )
    railways = features_of(path, "railways")
    assert list(railways) == ["way/6"]
    assert (railways["way/6"].get("railwayType"), railways["way/6"]["name"]) == (kind, "L12")
    assert railways["way/6"]["wkt"] == "LINESTRING (4 51, 4.1 51, 4.1 51.1)"


def test_a_line_cut_off_at_the_border_keeps_what_it_has_and_says_what_it_lacks(path: Path) -> None:
    write_extract(path, *SQUARE, "w5 1,2,99 railway=rail", "w6 98,99,1 railway=rail")
    rows = rows_of(path, "railways")
    (reject,) = rows.rejects
    assert [geometry.wkt for geometry in rows.geometry] == ["LINESTRING (4 51, 4.1 51)"]
    assert rows.attributes["nodesWithoutLocation"].to_pylist() == [1]
    assert (reject.source_id, reject.reason) == ("way/6", Reason.TOO_FEW_POINTS)


@pytest.mark.parametrize(
    "collection", ["ports", "port-facilities", "airports", "runways", "railways", "areas", "buildings"]
)
def test_a_file_without_such_objects_is_refused(path: Path, collection: str) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} natural=water")
    with pytest.raises(SourceError, match=r"extract\.osm\.pbf has no \w+"):
        rows_of(path, collection)


@pytest.mark.parametrize("collection", ["sea-lanes", "accidents", "traffic-counts"])
def test_what_openstreetmap_does_not_have_is_refused(path: Path, collection: str) -> None:
    write_extract(path, *SQUARE)
    with pytest.raises(SourceError, match=f"is an OpenStreetMap extract: it gives no {collection}"):
        rows_of(path, collection)


def test_a_reader_gives_the_fields_of_its_own_collection_only(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} building=yes")
    for collection in ("buildings", "runways"):
        reader = reader_of(path, Inputs((path,), dataset_of(collection)))
        with pytest.raises(SourceError, match=f"was read for {collection}: it gives no ports"):
            reader.harmonise(rows_of(path, "buildings").attributes, PORTS)


def test_xml_in_any_order_is_read(tmp_path: Path) -> None:
    path = write_extract(tmp_path / "edited.osm", f"w5 {RING} building=yes", "w3 2,3,4,2 building=hut", *SQUARE)
    assert set(features_of(path, "buildings")) == {"way/5", "way/3"}


def test_another_format_out_of_order_is_refused_with_what_to_do(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} building=yes", "w3 2,3,4,2 building=hut")
    with pytest.raises(SourceError, match=r"is not sorted by type and identifier, which areas need: `osmium sort`"):
        rows_of(path, "buildings")


def test_an_object_that_is_there_twice_is_refused(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} building=yes", f"w5 {RING} building=hut")
    with pytest.raises(SourceError, match="holds an object twice"):
        rows_of(path, "buildings")


def test_a_file_cut_off_or_empty_is_refused(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} building=yes")
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(SourceError, match="is cut off: it ends too early"):
        rows_of(path, "buildings")
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        rows_of(path, "buildings")
