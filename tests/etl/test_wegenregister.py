"""The Flemish road register: as published, with the codes of both versions, and in the extracts of others."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyogrio.raw import write as write_raw
from pyproj import CRS

from otn.etl.readers import wegenregister_codes as lists
from otn.model import codelists
from tests.etl.reader_samples import Sample, read, refusal

ROADS = ("roads", "wegenregister")
COLUMNS = {
    "WS_OIDN": 1,
    "WS_UIDN": "1_1",
    "WS_GIDN": "1_1",
    "B_WK_OIDN": 10,
    "E_WK_OIDN": 20,
    "STATUS": 4,
    "LBLSTATUS": "in gebruik",
    "MORF": 103,
    "LBLMORF": "weg bestaande uit één rijbaan",
    "WEGCAT": "L3",
    "LBLWEGCAT": "lokale weg type 3",
    "LSTRNMID": 5,
    "LSTRNM": "Dorp",
    "RSTRNMID": 5,
    "RSTRNM": "Dorp",
    "BEHEER": "38008",
    "LBLBEHEER": "Gemeente De Panne",
    "METHODE": 2,
    "LBLMETHOD": "ingemeten",
    "OPNDATUM": "20140220T143532",
    "BEGINTIJD": "20140220T143532",
    "BEGINORG": "AGIV",
    "TGBEP": 1,
    "LBLTGBEP": "openbare weg",
}
SECOND = {"TOEGANG": 1, "VERHARDING": 1, "AUTOHEEN": 1, "AUTOTERUG": 0}
LINE = "LINESTRING (152488 212063, 152500 212080)"
Row = tuple[dict[str, Any], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wegenregister")


def official(path: Path, *rows: Row, drop: Sequence[str] = (), crs: str = "EPSG:31370", layer: str = "") -> Path:
    """A file of the register's columns; a row says what is different from COLUMNS, and its geometry as WKT."""
    names = [name for name in {**COLUMNS, **rows[0][0]} if name not in drop]
    values = [{**COLUMNS, **changed} for changed, _ in rows]
    wkb = shapely.to_wkb(shapely.from_wkt([wkt for _, wkt in rows]), output_dimension=4, flavor="iso")
    kinds = {shapely.from_wkt(wkt).geom_type for _, wkt in rows}
    write_raw(
        path,
        np.array(wkb, dtype=object),
        [np.array([value[name] for value in values], dtype=_type(values[0][name])) for name in names],
        names,
        geometry_type=("Measured " if "M (" in rows[0][1] else "") + (kinds.pop() if len(kinds) == 1 else "Unknown"),
        crs=crs,
        layer=layer or "Wegsegment",
        append=path.exists() and path.suffix == ".gpkg",
        encoding="UTF-8",
    )
    return path


def _type(value: Any) -> Any:
    return np.int64 if isinstance(value, int) else object


def extract(folder: Path, *rows: Row, prefix: str = "original:") -> Sample:
    """What is read of a GeoJSON extract in degrees."""
    features = [
        {
            "type": "Feature",
            "properties": {prefix + name: value for name, value in {**COLUMNS, **changed}.items()} | {"highway": "x"},
            "geometry": json.loads(shapely.to_geojson(shapely.from_wkt(wkt))) if wkt else None,
        }
        for changed, wkt in rows
    ]
    path = folder / "extract.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return read(*ROADS, path)


@pytest.mark.parametrize("name", ["Wegsegment.shp", "register.gpkg"])
@pytest.mark.parametrize("crs", ["EPSG:31370", "EPSG:3812"])
def test_a_published_segment(tmp_path: Path, name: str, crs: str) -> None:
    line = LINE if name.endswith("gpkg") else "LINESTRING M (152488 212063 0, 152500 212080 20.8)"
    sample = read(*ROADS, official(tmp_path / name, ({}, line), crs=crs))
    fields = sample.only()
    codes = json.loads(fields.pop("sourceCodes"))
    assert shapely.equals_exact(shapely.force_2d(sample.places["1"]), shapely.from_wkt(LINE))
    assert fields == {
        "name": "Dorp",
        "formOfWay": "singleCarriageway",
        "functionalRoadClass": "fifthClass",
        "fromNode": "10",
        "toNode": "20",
    }
    assert codes.items() >= {"STATUS": "4", "MORF": "103", "WEGCAT": "L3", "TGBEP": "1", "BEHEER": "38008"}.items()
    assert codes.keys() >= {"OPNDATUM", "BEGINTIJD", "LBLBEHEER"}
    assert not codes.keys() & {"LBLMORF", "WS_OIDN", "B_WK_OIDN", "RSTRNM"}


def test_the_layer_of_segments_is_found_among_the_tables_of_the_register(tmp_path: Path) -> None:
    path = official(tmp_path / "register.gpkg", ({}, LINE))
    official(path, ({"WS_OIDN": 2}, "POINT (152488 212063)"), layer="Wegknoop")
    assert {name for name, _ in pyogrio.list_layers(path)} == {"Wegsegment", "Wegknoop"}
    assert read(*ROADS, path).features.keys() == {"1"}


def test_the_files_of_a_shapefile_may_be_named_beside_it(tmp_path: Path) -> None:
    official(tmp_path / "Wegsegment.shp", ({}, LINE))
    assert read(*ROADS, *sorted(tmp_path.iterdir())).features.keys() == {"1"}


def test_a_crs_that_is_named_wins(tmp_path: Path) -> None:
    path = official(tmp_path / "a.gpkg", ({}, LINE))
    assert read(*ROADS, path, crs=CRS.from_epsg(3812)).places["1"] == shapely.from_wkt(LINE)


@pytest.mark.parametrize("prefix", ["original:", "orginal:", ""])
def test_a_prefix_is_taken_off(folder: Path, prefix: str) -> None:
    fields = extract(folder, ({}, "LINESTRING (4 51, 5 51)"), prefix=prefix).only()
    assert (fields["name"], fields["formOfWay"]) == ("Dorp", "singleCarriageway")
    assert "highway" not in json.loads(fields["sourceCodes"])


@given(code=st.sampled_from(["-8", "-9", "99", *lists.FORM_OF_WAY, "6", "11"]))
def test_the_morphology_of_both_versions_is_a_form_of_way(folder: Path, code: str) -> None:
    status = 2 if 0 < int(code) < 100 else 4
    fields = extract(folder, ({"MORF": code, "STATUS": status}, "LINESTRING (4 51, 5 51)")).only()
    assert fields.get("formOfWay") == lists.FORM_OF_WAY.get(code)
    assert json.loads(fields["sourceCodes"])["MORF"] == code


def test_every_meaning_is_a_value_of_its_list() -> None:
    assert set(lists.FORM_OF_WAY.values()) <= set(codelists.FORM_OF_WAY.values)
    assert set(lists.FUNCTIONAL_ROAD_CLASS.values()) <= set(codelists.FUNCTIONAL_ROAD_CLASS.values)


@pytest.mark.parametrize(
    ("category", "road_class"),
    [
        ("EHW", "mainRoad"),
        ("H", "mainRoad"),
        ("PII-4", "firstClass"),
        ("s3", "secondClass"),
        ("OW", "fourthClass"),
        ("L2", "fourthClass"),
        ("EW", "fifthClass"),
        ("L", None),
        ("-8", None),
        ("-9", None),
        ("X", None),
    ],
)
def test_old_and_new_categories_are_classes(folder: Path, category: str, road_class: str | None) -> None:
    fields = extract(folder, ({"WEGCAT": category}, "LINESTRING (4 51, 5 51)")).only()
    assert fields.get("functionalRoadClass") == road_class
    assert json.loads(fields["sourceCodes"])["WEGCAT"] == category


@pytest.mark.parametrize(
    ("morphology", "extra", "in_use"),
    [("103", {}, {"4", "-8"}), ("3", {}, {"2", "-8"}), ("-8", {}, {"4", "-8"}), ("-8", SECOND, {"2", "-8"})],
)
@pytest.mark.parametrize("status", ["1", "2", "3", "4", "5", "-8"])
def test_what_is_not_in_use_is_kept_without_form_and_class(
    folder: Path, morphology: str, extra: dict[str, Any], in_use: set[str], status: str
) -> None:
    changed = {"MORF": morphology, "STATUS": status, **extra}
    fields = extract(folder, (changed, "LINESTRING (4 51, 5 51)")).only()
    assert ("functionalRoadClass" in fields) == (status in in_use)
    assert ("formOfWay" in fields) == (status in in_use and morphology != "-8")
    assert json.loads(fields["sourceCodes"])["STATUS"] == status


@pytest.mark.parametrize(
    ("changed", "surface", "direction"),
    [
        ({"VERH": 1}, "paved", None),
        ({"VERH": 2}, "unpaved", None),
        ({**SECOND, "MORF": 3, "STATUS": 2}, "paved", "inDirection"),
        ({**SECOND, "MORF": 3, "STATUS": 2, "VERHARDING": 2, "AUTOTERUG": 1}, None, "bothDirections"),
        ({**SECOND, "MORF": 8, "STATUS": 2, "VERHARDING": 3, "AUTOHEEN": 0}, "unpaved", None),
        ({**SECOND, "MORF": 8, "STATUS": 2, "AUTOHEEN": 0, "AUTOTERUG": 1}, "paved", "inOppositeDirection"),
    ],
)
def test_surface_and_direction_where_the_register_has_them(
    folder: Path, changed: dict[str, Any], surface: str | None, direction: str | None
) -> None:
    fields = extract(folder, (changed, "LINESTRING (4 51, 5 51)")).only()
    assert (fields.get("surface"), fields.get("direction")) == (surface, direction)


@pytest.mark.parametrize(
    ("left", "right", "name", "kept"),
    [
        ("A", "A", "A", None),
        ("A", "B", "A", "B"),
        ("nvt", "B", "B", "B"),
        (None, " ", None, None),
        ("-8", "ng", None, None),
    ],
)
def test_the_name_is_that_of_the_left_side_or_else_of_the_right(
    folder: Path, left: str | None, right: str, name: str | None, kept: str | None
) -> None:
    fields = extract(folder, ({"LSTRNM": left, "RSTRNM": right}, "LINESTRING (4 51, 5 51)")).only()
    assert (fields.get("name"), json.loads(fields["sourceCodes"]).get("RSTRNM")) == (name, kept)


@pytest.mark.parametrize("morphology", ["116", "130", "12"])
def test_tramways_and_ferries_are_no_roads(folder: Path, morphology: str) -> None:
    line = "LINESTRING (4 51, 5 51)"
    sample = extract(folder, ({"WS_OIDN": 7, "MORF": morphology}, line), ({}, line))
    assert (list(sample.features), sample.normalised, sample.rejects) == (["1"], 1, [])


def test_pieces_of_a_segment_become_one_line_and_equal_pieces_count_once(folder: Path) -> None:
    sample = extract(
        folder,
        ({}, "LINESTRING (5 51, 6 51)"),
        ({"WS_OIDN": 2}, "LINESTRING (1 50, 2 50)"),
        ({}, "LINESTRING (4 51, 5 51)"),
        ({}, "LINESTRING (5 51, 6 51)"),
    )
    assert sample.places["1"] == shapely.from_wkt("LINESTRING (4 51, 5 51, 6 51)")
    assert (sample.positions, sample.normalised) == ([2, 1], 2)
    assert sample.features["1"]["fromNode"] == "10"


def test_pieces_that_do_not_meet_stay_apart_and_begin_at_no_node(folder: Path) -> None:
    pieces = ["LINESTRING (7 51, 8 51)", "LINESTRING (4 51, 5 51)"]
    samples = [extract(folder, *(({}, piece) for piece in order)) for order in (pieces, pieces[::-1])]
    assert samples[0].places == samples[1].places
    assert shapely.get_num_geometries(samples[0].places["1"]) == 2
    fields = samples[0].only()
    assert not {"fromNode", "toNode"} & fields.keys()
    assert json.loads(fields["sourceCodes"]).items() >= {"B_WK_OIDN": "10", "E_WK_OIDN": "20"}.items()


CUTS = st.lists(st.integers(1, 9), unique=True).map(sorted)


@given(cuts=CUTS, data=st.data())
def test_however_a_segment_is_cut_it_is_the_same_again(folder: Path, cuts: list[int], data: st.DataObject) -> None:
    places = [(4 + step / 10, 51 + (step % 3) / 10) for step in range(11)]
    ends = [0, *cuts, 10]
    pieces = [places[start : end + 1] for start, end in pairwise(ends)]
    rows = data.draw(st.permutations([*pieces, *data.draw(st.lists(st.sampled_from(pieces), max_size=2))]))
    sample = extract(folder, *(({}, shapely.LineString(piece).wkt) for piece in rows))
    assert sample.places == {"1": shapely.LineString(places)}
    assert len(sample.features) + sample.normalised == len(rows)


def test_parts_of_a_segment_that_say_different_things_are_told_apart(folder: Path) -> None:
    sample = extract(folder, ({}, "LINESTRING (4 51, 5 51)"), ({"MORF": 114}, "LINESTRING (5 51, 6 51)"))
    assert {name: fields["formOfWay"] for name, fields in sample.features.items()} == {
        "1": "singleCarriageway",
        "1/2": "walkway",
    }


@pytest.mark.parametrize("identifier", [None, "", "-8", "x"])
def test_a_row_without_its_identifier_is_a_reject(folder: Path, identifier: str | None) -> None:
    line = "LINESTRING (4 51, 5 51)"
    sample = extract(folder, ({"WS_OIDN": "3"}, line), ({"WS_OIDN": identifier}, line), ({"WS_OIDN": identifier}, line))
    assert sample.features.keys() == {"3"}
    assert [reject.position for reject in sample.rejects] == [2, 3]
    assert sample.rejects[0].row["geometry"] == "LINESTRING (4 51, 5 51)"
    assert sample.rejects[0].row["original:LSTRNM"] == "Dorp"


@pytest.mark.parametrize("node", [None, "-8", "0"])
def test_a_segment_that_was_only_sketched_runs_between_places(folder: Path, node: str | None) -> None:
    sketched = {"WS_OIDN": 2, "B_WK_OIDN": node, "E_WK_OIDN": node}
    sample = extract(
        folder, (sketched, "LINESTRING (4 51, 5 51)"), (sketched | {"WS_OIDN": 3}, "LINESTRING (5 51, 6 51)")
    )
    first, second = sample.features["2"], sample.features["3"]
    assert first["toNode"] == second["fromNode"] != first["fromNode"]
    assert sample.nodes[first["toNode"]] == {"formOfRoadNode": "pseudoNode", "numberOfLinks": 2}
    assert len(sample.nodes) == 3


def test_nodes_are_those_of_the_register(folder: Path) -> None:
    ways = {"1": (10, 20), "2": (20, 30), "3": (20, 40)}
    places = {10: "4 51", 20: "5 51", 30: "6 51", 40: "5 52"}
    sample = extract(
        folder,
        *(
            ({"WS_OIDN": way, "B_WK_OIDN": begin, "E_WK_OIDN": end}, f"LINESTRING ({places[begin]}, {places[end]})")
            for way, (begin, end) in ways.items()
        ),
    )
    assert {node: fields["formOfRoadNode"] for node, fields in sample.nodes.items()} == {
        "10": "roadEnd",
        "20": "junction",
        "30": "roadEnd",
        "40": "roadEnd",
    }


def test_a_segment_without_geometry_or_with_another_is_left_to_the_checks(folder: Path) -> None:
    sample = extract(folder, ({}, ""), ({"WS_OIDN": 2}, "POINT (4 51)"), ({"WS_OIDN": 2}, "LINESTRING (4 51, 5 51)"))
    assert sample.places["1"] is None
    assert {part.geom_type for part in shapely.get_parts(sample.places["2"])} == {"Point", "LineString"}


def test_what_is_no_file_of_segments_is_refused(tmp_path: Path) -> None:
    path = official(tmp_path / "a.gpkg", ({}, LINE), drop=("WS_OIDN", "MORF"))
    assert "lacks the columns WS_OIDN, MORF; it has WS_UIDN, " in refusal(*ROADS, path)
    assert "is read from the one file of road segments, not from a.gpkg, a.gpkg" in refusal(*ROADS, path, path)
    assert "gives roads, not ports" in refusal("ports", "wegenregister", path)


@pytest.mark.parametrize(
    ("name", "rows", "roads"),
    [
        ("flanders_2021-04-11_30b76365", 3_322, 3_182),
        ("flanders_2021-04-18_53136f02", 3_107, 2_977),
        ("flanders_2021-04-25_f4bac93e", 2_969, 2_842),
        ("missing_in_osm_2016", 18_935, 17_282),
    ],
)
def test_no_segment_of_the_real_extracts_is_lost(real_data: Path, name: str, rows: int, roads: int) -> None:
    """Two tramways of each, and a ferry and two tramways of the last (two of these one segment), are no roads."""
    sample = read(*ROADS, real_data / "wegenregister" / f"{name}.geojson.gz")
    assert (len(sample.features), len(sample.features) + sample.normalised, sample.rejects) == (roads, rows, [])
    assert len(set(sample.positions)) == roads
