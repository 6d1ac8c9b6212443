"""Areas and buildings of OpenStreetMap: what is put together, what they are, and why others are rejected."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from otn.etl.rows import Reason
from otn.model.place_codelists import AREA_KIND
from tests.etl.osm_extract import SQUARE, write_extract
from tests.etl.test_osm_places import RING, features_of, rows_of

INNER = ("n11 4.02 51.02", "n12 4.04 51.02", "n13 4.04 51.04")
ADMIN = "boundary=administrative"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extract.osm.pbf"


def test_buildings_are_ways_and_relations_with_their_holes(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        *INNER,
        "n20 4.3 51.3 building=yes",
        f"w30 {RING} building=yes name=Havenhuis height=46%20m building:levels=9 start_date=1922",
        "w31 11,12,13,11",
        f"w32 {RING} building=construction",
        f"w33 {RING} building=no",
        "r40 w30@outer w31@inner type=multipolygon building=warehouse height=10'6%22 building:levels=2.5",
        "r41 w30@outline type=building building=yes",
    )
    buildings = features_of(path, "buildings")
    codes = [json.loads(building.pop("sourceCodes")) for building in buildings.values()]
    assert buildings == {
        "way/30": {
            "wkt": "MULTIPOLYGON (((4 51, 4.1 51, 4.1 51.1, 4 51.1, 4 51)))",
            "name": "Havenhuis",
            "height": 46.0,
            "floors": 9,
            "validFrom": datetime(1922, 1, 1, tzinfo=UTC),
        },
        "relation/40": {
            "wkt": "MULTIPOLYGON (((4 51, 4.1 51, 4.1 51.1, 4 51.1, 4 51), "
            "(4.02 51.02, 4.04 51.04, 4.04 51.02, 4.02 51.02)))",
            "use": "warehouse",
            "height": 3.2,
        },
    }
    assert codes[0] == {"building": "yes", "height": "46 m", "building:levels": "9", "start_date": "1922"}
    assert codes[1] == {"building": "warehouse", "height": "10'6\"", "building:levels": "2.5"}


@pytest.mark.parametrize(
    ("way", "reason", "detail"),
    [
        ("w5 1,2,3 building=yes", Reason.INVALID, "the way is not closed: it encloses no area"),
        (f"w5 {RING} building=yes area=no", Reason.INVALID, "the way is tagged area=no"),
        ("w5 1,2,98,99,1 building=yes", Reason.INCOMPLETE, "2 of 5 nodes have no location in the extract"),
        ("w5 98,1,2,98 building=yes", Reason.INCOMPLETE, "2 of 4 nodes have no location in the extract"),
        ("w5 1,2,1 building=yes", Reason.TOO_FEW_POINTS, "a ring needs three different points"),
        ("w5 1,3,2,4,1 building=yes", Reason.INVALID, "its ring is no polygon: Self-intersection[4.05 51.05]"),
        ("w5 1,2,2,1 building=yes", Reason.INVALID, "its ring is no polygon: Too few points in geometry component"),
    ],
)
def test_a_way_that_is_no_area_is_rejected_whole(path: Path, way: str, reason: Reason, detail: str) -> None:
    write_extract(path, *SQUARE, way, f"w6 {RING} building=yes")
    rows = rows_of(path, "buildings")
    (reject,) = rows.rejects
    assert rows.source_id.to_pylist() == ["way/6"]
    assert (reject.source_id, reject.reason) == ("way/5", reason)
    assert reject.detail.startswith(detail)
    assert reject.row["nodes"] == [int(node) for node in way.split()[1].split(",")]
    assert reject.row["tags"]["building"] == "yes"


@pytest.mark.parametrize(
    ("ways", "members", "reason", "detail"),
    [
        (["w5 1,2,3", "w6 3,4,1"], "w5 w6 w99", Reason.INCOMPLETE, "1 of 3 ways are not in the extract"),
        (
            ["w5 1,2,98", "w6 98,4,1"],
            "w5 w6",
            Reason.INCOMPLETE,
            "2 of 2 ways have nodes without location in the extract",
        ),
        (["w5 1,2,3", "w6 3,4"], "w5 w6", Reason.INVALID, "its ways close to no rings: loose ends at the nodes 1, 4"),
        (["w5 1,3", "w6 3,2,4,1"], "w5 w6", Reason.INVALID, "its rings cross or overlap, or are no polygon"),
        ([], "n1@label", Reason.NO_GEOMETRY, "the relation has no ways"),
    ],
)
def test_a_relation_that_is_no_area_is_rejected_whole(
    path: Path, ways: list[str], members: str, reason: Reason, detail: str
) -> None:
    write_extract(
        path, *SQUARE, *ways, f"w7 {RING} building=yes", f"r8 {members} type=multipolygon building=yes name=X"
    )
    rows = rows_of(path, "buildings")
    (reject,) = rows.rejects
    assert rows.source_id.to_pylist() == ["way/7"]
    assert (reject.source_id, reject.reason, reject.detail) == ("relation/8", reason, detail)
    assert [f"{member['type']}{member['ref']}" for member in reject.row["members"]] == [
        member.partition("@")[0] for member in members.split()
    ]
    assert reject.row["tags"]["name"] == "X"


def test_an_unfinished_upload_has_no_locations(tmp_path: Path) -> None:
    nodes = [corner.replace("n", "n-") for corner in SQUARE]
    path = write_extract(tmp_path / "a.osm", *nodes, *SQUARE, "w5 -1,-2,-3,-1 building=yes", f"w6 {RING} building=yes")
    (reject,) = rows_of(path, "buildings").rejects
    assert reject.detail == "4 of 4 nodes have no location in the extract"


def test_positions_count_objects_and_rejects_alike(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} building=yes", "w6 1,2 building=yes", "w7 1,99,2,1 building=yes")
    rows = rows_of(path, "buildings")
    assert sorted([*rows.position.tolist(), *(reject.position for reject in rows.rejects)]) == [1, 2, 3]


def test_a_way_is_an_area_of_its_own_beside_a_relation_it_belongs_to(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        *INNER,
        f"w5 {RING} building=yes",
        "w6 11,12,13,11 building=shed",
        "r7 w5@outer w6@inner type=multipolygon building=yes",
        "r8 w6@outer w99@outer type=multipolygon building=yes",
    )
    assert set(features_of(path, "buildings")) == {"way/5", "way/6", "relation/7"}


@pytest.mark.parametrize(
    ("tags", "kind", "country", "code"),
    [
        ("aeroway=apron", "apron", None, None),
        ("aeroway=aerodrome icao=EBAW", "aerodromeArea", None, "EBAW"),
        ("aeroway=heliport", "aerodromeArea", None, None),
        ("landuse=harbour unlocode=BEANR", "portArea", None, "BEANR"),
        ("seamark:type=harbour leisure=marina", "portArea", None, None),
        (f"{ADMIN} name=België admin_level=2 ISO3166-1=BE", "country", "BE", "BE"),
        (f"{ADMIN} name=Vlaanderen admin_level=4 ISO3166-2=BE-VLG ref:NUTS=BE2", "region", "BE", "BE2"),
        (f"{ADMIN} name=Antwerpen admin_level=6 ISO3166-2=BE-VAN", "province", "BE", "BE-VAN"),
        (f"{ADMIN} name=Turnhout admin_level=7 ref:INS=13000", "district", "BE", "13000"),
        (f"{ADMIN} name=Lille admin_level=8 ref:INS=13019", "municipality", "BE", "13019"),
        (f"{ADMIN} name=Wechelderzande admin_level=9 ref:INS=13019B", "other", "BE", "13019B"),
        (f"{ADMIN} name=Islington admin_level=8 ISO3166-2=GB-ISL ref:gss=E09000019", "district", "GB", "E09000019"),
        (f"{ADMIN} name=Attika admin_level=5 ref:NUTS=EL30", "region", "GR", "EL30"),
        (f"{ADMIN} name=Porto admin_level=7 border_type=município", "municipality", None, None),
        (f"{ADMIN} name=Prosek admin_level=8", "other", None, None),
    ],
)
def test_an_area_is_what_its_tags_say_for_certain(
    path: Path, tags: str, kind: str, country: str | None, code: str | None
) -> None:
    write_extract(path, *SQUARE, f"w5 {RING}", f"w6 {RING} {tags}", f"r7 w5@outer type=boundary {tags}")
    areas = features_of(path, "areas")
    assert set(areas) == {"way/6", "relation/7"}
    for area in areas.values():
        assert (area["kind"], area.get("country"), area.get("code")) == (kind, country, code)
    assert kind in AREA_KIND.values


def test_the_country_of_an_extract_can_be_declared(path: Path) -> None:
    relation = f"r7 w5@outer type=boundary {ADMIN} population=1251933 admin_level"
    write_extract(path, *SQUARE, f"w5 {RING}", f"{relation}=8", f"{relation}=8 ref:INS=1".replace("r7", "r8"))
    areas = features_of(path, "areas", country="CZ")
    assert [(area["kind"], area["country"], area["population"]) for area in areas.values()] == [
        ("municipality", "CZ", 1251933),
        ("municipality", "BE", 1251933),
    ]


def test_the_pieces_of_boundaries_are_no_areas(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        f"w5 {RING} {ADMIN} admin_level=8",
        f"w6 1,2,3 {ADMIN} admin_level=8 name=Lille",
        f"w7 {RING} {ADMIN} admin_level=8 name=Malle",
        "w8 1,2,3 harbour=yes",
        f"w9 {RING} {ADMIN}",
        f"r10 w5 type=multilinestring {ADMIN} admin_level=2",
    )
    rows = rows_of(path, "areas")
    assert (rows.source_id.to_pylist(), rows.rejects) == (["way/7"], ())
