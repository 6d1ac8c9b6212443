from datetime import UTC, datetime

import pyarrow as pa
import pytest

from otn.etl.readers import osm_tags
from otn.model.codelists import FORM_OF_WAY, FUNCTIONAL_ROAD_CLASS, LINK_DIRECTION, ROAD_SURFACE_CATEGORY
from otn.model.collections import ROADS


@pytest.mark.parametrize(
    ("highway", "expected"),
    [
        ("motorway", "mainRoad"),
        ("trunk_link", "mainRoad"),
        ("primary", "firstClass"),
        ("secondary", "secondClass"),
        ("tertiary_link", "thirdClass"),
        ("residential", "fourthClass"),
        ("footway", "fifthClass"),
        ("construction", None),
        ("proposed", None),
        ("road", None),
        ("whatever", None),
        (None, None),
    ],
)
def test_the_functional_class_follows_the_kind_of_highway_and_is_never_guessed(
    highway: str | None, expected: str | None
) -> None:
    assert osm_tags.functional_road_class(highway) == expected


@pytest.mark.parametrize(
    ("highway", "junction", "oneway", "dual", "expected"),
    [
        ("motorway", None, None, None, "motorway"),
        ("motorway_link", None, None, None, "slipRoad"),
        ("primary", "roundabout", None, None, "roundabout"),
        ("primary", None, None, None, "singleCarriageway"),
        ("primary", None, "no", None, "singleCarriageway"),
        ("primary", None, "yes", None, None),
        ("trunk", None, "yes", "yes", "dualCarriageway"),
        ("trunk", None, "yes", "no", "singleCarriageway"),
        ("residential", None, "yes", None, "singleCarriageway"),
        ("service", None, None, None, "serviceRoad"),
        ("track", None, None, None, "tractorRoad"),
        ("steps", None, None, None, "walkway"),
        ("cycleway", None, None, None, "bicycleRoad"),
        ("pedestrian", None, None, None, "pedestrianZone"),
        ("construction", None, None, None, None),
        ("construction", "roundabout", None, None, None),
    ],
)
def test_the_form_of_way_is_what_the_tags_say(
    highway: str, junction: str | None, oneway: str | None, dual: str | None, expected: str | None
) -> None:
    assert osm_tags.form_of_way(highway, junction, oneway, dual) == expected


@pytest.mark.parametrize(
    ("oneway", "highway", "junction", "expected"),
    [
        (None, "residential", None, "bothDirections"),
        (None, "motorway", None, "inDirection"),
        (None, "primary", "roundabout", "inDirection"),
        (None, "motorway_link", None, "bothDirections"),
        (None, "primary", "circular", "bothDirections"),
        ("no", "motorway", None, "bothDirections"),
        ("yes", "residential", None, "inDirection"),
        ("1", "residential", None, "inDirection"),
        ("-1", "residential", None, "inOppositeDirection"),
        ("reversible", "residential", None, None),
        ("sometimes", "residential", None, None),
    ],
)
def test_direction_has_the_documented_defaults(
    oneway: str | None, highway: str, junction: str | None, expected: str | None
) -> None:
    assert osm_tags.direction(oneway, highway, junction) == expected


@pytest.mark.parametrize(
    ("maxspeed", "expected"),
    [
        ("50", 50),
        ("30 mph", 48),
        ("70mph", 113),
        ("50 km/h", 50),
        ("10 knots", 19),
        ("none", None),
        ("walk", None),
        ("BE:urban", None),
        ("50;30", None),
        ("", None),
        ("9" * 400, None),
        ("٥٠", None),
        (None, None),
    ],
)
def test_speed_limits_are_in_kilometres_per_hour(maxspeed: str | None, expected: int | None) -> None:
    assert osm_tags.speed_limit(maxspeed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", 3.5),
        ("3.5 m", 3.5),
        ("3.5m", 3.5),
        ("350 cm", 3.5),
        ("12'6\"", 3.81),
        ("12' 6''", 3.81),
        ("12′6″", 3.81),
        ("12'", 3.658),
        ("12 ft", 3.658),
        ("12 ft 6 in", 3.81),
        ("150 in", 3.81),
        ('150"', 3.81),
        ("default", None),
        ("below_default", None),
        ("3,5", None),
        ("'", None),
        ("", None),
        (None, None),
    ],
)
def test_heights_and_widths_are_in_metres(text: str | None, expected: float | None) -> None:
    assert osm_tags.length(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", 3.5),
        ("7.5 t", 7.5),
        ("3500 kg", 3.5),
        ("16000 lbs", 7.257),
        ("8 st", 7.257),
        ("unsigned", None),
        ("3.5;7.5", None),
        (None, None),
    ],
)
def test_weights_are_in_tonnes(text: str | None, expected: float | None) -> None:
    assert osm_tags.weight(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, 0), ("0", 0), (" 1 ", 1), ("-2", -2), ("+1", 1), ("1;2", None), ("0.5", None), ("up", None)],
)
def test_a_level_is_one_whole_number_and_the_ground_where_nothing_is_said(
    text: str | None, expected: int | None
) -> None:
    assert osm_tags.level(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("2", 2), (" 3 ", 3), ("2;3", None), ("1.5", None), (None, None)])
def test_lanes_are_one_whole_number(text: str | None, expected: int | None) -> None:
    assert osm_tags.lanes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asphalt", "paved"),
        ("concrete:plates", "paved"),
        ("sett", "paved"),
        ("compacted", "unpaved"),
        ("Gravel", "unpaved"),
        ("asphalt;concrete", "paved"),
        ("asphalt;gravel", None),
        ("moon_dust", None),
        (None, None),
    ],
)
def test_surfaces_are_paved_or_unpaved_or_unknown(text: str | None, expected: str | None) -> None:
    assert osm_tags.surface(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, False), ("no", False), ("yes", True), ("viaduct", True), ("building_passage", True), ("culvert", True)],
)
def test_any_kind_of_bridge_or_tunnel_is_one(text: str | None, expected: bool) -> None:
    assert osm_tags.structure(text) is expected


@pytest.mark.parametrize(
    ("ref", "nat_ref", "int_ref", "national", "european"),
    [
        ("A21", None, "E 34", "A21", "E 34"),
        ("E40;A10", None, None, "A10", "E 40"),
        ("E 40", None, "E40", None, "E 40"),
        ("D8", "D8;I/9", "E 55;E442", "D8;I/9", "E 55;E 442"),
        ("ER4", None, None, "ER4", None),
        (" ; ", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_road_numbers_are_told_apart(
    ref: str | None, nat_ref: str | None, int_ref: str | None, national: str | None, european: str | None
) -> None:
    assert osm_tags.national_road_code(ref, nat_ref) == national
    assert osm_tags.european_road_number(int_ref, ref, nat_ref) == european


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014-05-06", datetime(2014, 5, 6, tzinfo=UTC)),
        ("2014", None),
        ("2014-05", None),
        ("2014-02-30", None),
        ("~1900", None),
        (None, None),
    ],
)
def test_only_full_dates_are_instants(text: str | None, expected: datetime | None) -> None:
    assert osm_tags.instant(text) == expected


def test_a_table_of_tags_gives_every_field_its_column() -> None:
    tags = pa.table(
        {
            "name": ["Dorp", None],
            "highway": ["primary", "track"],
            "oneway": pa.array([None, "-1"], pa.string()),
            "bridge": pa.array([None, "yes"], pa.string()),
        }
    )
    fields = {name: column.to_pylist() for name, column in osm_tags.road_fields(tags).items()}
    assert fields == {
        "name": ["Dorp", None],
        "functionalRoadClass": ["firstClass", "fifthClass"],
        "formOfWay": ["singleCarriageway", "tractorRoad"],
        "direction": ["bothDirections", "inOppositeDirection"],
        "bridge": [False, True],
    }


def test_a_tag_that_no_column_holds_leaves_its_field_unknown() -> None:
    fields = osm_tags.road_fields(pa.table({"highway": ["primary"]}))
    assert "bridge" not in fields
    assert "direction" not in fields


def test_every_value_is_in_its_code_list() -> None:
    highways = [*osm_tags._CLASS_OF_HIGHWAY]
    assert {osm_tags.functional_road_class(highway) for highway in highways} <= {*FUNCTIONAL_ROAD_CLASS.values}
    forms = {osm_tags.form_of_way(highway, None, None, None) for highway in highways} - {None}
    assert forms <= {*FORM_OF_WAY.values}
    assert {*osm_tags._DIRECTION_OF_ONEWAY.values()} <= {*LINK_DIRECTION.values}
    assert {osm_tags.surface("paved"), osm_tags.surface("dirt")} == {*ROAD_SURFACE_CATEGORY.values}


def test_every_rule_names_a_field_of_roads() -> None:
    assert {rule.field for rule in osm_tags._RULES} <= ROADS.by_name.keys()
