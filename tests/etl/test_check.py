"""Every row that is not loaded has a reason and is kept whole."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.check import check_crs, check_geometry
from otn.etl.geometry import CRS84
from otn.etl.harmonise import harmonised_geometry
from otn.etl.rows import Reason, SourceRows
from otn.model.collections import PORTS, ROADS, Collection


def source_rows(*wkt: str | None, crs: CRS = CRS84) -> SourceRows:
    geometry = np.array([shapely.from_wkt(text) if text else None for text in wkt], dtype=object)
    return SourceRows(
        position=np.arange(1, len(wkt) + 1),
        source_id=pa.array([f"row-{number}" for number in range(1, len(wkt) + 1)]),
        geometry=geometry,
        attributes=pa.table({"name": [f"name {number}" for number in range(len(wkt))]}),
        crs=crs,
    )


def reasons(rows: SourceRows, collection: Collection) -> list[tuple[int, Reason]]:
    _, rejects = check_geometry(harmonised_geometry(rows, collection.geometry), rows, collection)
    return [(reject.position, reject.reason) for reject in rejects]


@pytest.mark.parametrize(
    ("wkt", "reason"),
    [
        (None, Reason.NO_GEOMETRY),
        ("LINESTRING EMPTY", Reason.EMPTY_GEOMETRY),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0))", Reason.WRONG_GEOMETRY_TYPE),
        ("POINT (1 1)", Reason.WRONG_GEOMETRY_TYPE),
        ("LINESTRING (1 1, 1 1)", Reason.TOO_FEW_POINTS),
        ("LINESTRING (0 0, 0 91)", Reason.OUT_OF_RANGE),
        ("LINESTRING (0 0, 361 1)", Reason.OUT_OF_RANGE),
    ],
)
def test_a_road_is_rejected_for(wkt: str | None, reason: Reason) -> None:
    assert reasons(source_rows("LINESTRING (0 0, 1 1)", wkt), ROADS) == [(2, reason)]


def test_a_coordinate_that_is_no_number_is_a_reason() -> None:
    rows = source_rows("LINESTRING (0 0, 1 1)", "POINT (0 0)")
    with np.errstate(invalid="ignore"):
        rows.geometry[1] = shapely.linestrings([[0, 0], [np.nan, 1]])
    assert reasons(rows, ROADS) == [(2, Reason.NOT_FINITE)]


def test_points_are_what_ports_are() -> None:
    assert reasons(source_rows("POINT (1 1)", "LINESTRING (0 0, 1 1)"), PORTS) == [(2, Reason.WRONG_GEOMETRY_TYPE)]


def test_one_bad_part_of_a_multi_geometry_leaves_the_others() -> None:
    rows = source_rows("MULTILINESTRING ((0 0, 1 1), (2 2, 2 2), (3 3, 4 4))")
    shapes, rejects = check_geometry(harmonised_geometry(rows, ROADS.geometry), rows, ROADS)
    assert [one.wkt for one in shapes.geometry] == ["LINESTRING (0 0, 1 1)", "LINESTRING (3 3, 4 4)"]
    assert (shapes.row.tolist(), shapes.part.to_pylist()) == ([0, 0], ["0", "2"])
    assert [reject.reason for reject in rejects] == [Reason.TOO_FEW_POINTS]


def test_a_reject_keeps_the_row_as_it_came() -> None:
    rows = source_rows("POINT (1.123456789 2)", "LINESTRING (0 0, 1 1)")
    [reject] = check_geometry(harmonised_geometry(rows, ROADS.geometry), rows, ROADS)[1]
    assert (reject.position, reject.source_id) == (1, "row-1")
    assert reject.detail == "the collection does not take this type of geometry: Point"
    assert reject.row == {"name": "name 0", "geometry": "POINT (1.123456789 2)"}


def test_an_identifier_longer_than_any_is_a_reason() -> None:
    rows = replace(source_rows("POINT (1 1)", "POINT (1 1)"), source_id=pa.array(["a", "b" * 501]))
    assert reasons(rows, PORTS) == [(2, Reason.ID_TOO_LONG)]


@pytest.mark.parametrize("wkt", ["POINT (1e308 1)", "POINT (1 -1e300)"])
def test_a_number_however_large_is_out_of_range(wkt: str) -> None:
    assert reasons(source_rows("POINT (1 1)", wkt), PORTS) == [(2, Reason.OUT_OF_RANGE)]


def test_metres_declared_as_degrees_stop_the_load() -> None:
    with pytest.raises(SourceError, match=r"152488, 212063 do not lie where WGS 84 .* is used: .* --crs"):
        check_crs(source_rows("LINESTRING (152488 212063, 152500 212100)", crs=CRS84))


def test_degrees_declared_as_lambert_stop_the_load() -> None:
    with pytest.raises(SourceError, match=r"4\.4, 51\.2 do not .*EPSG:31370.* --crs"):
        check_crs(source_rows("POINT (4.4 51.2)", crs=CRS.from_epsg(31370)))


@pytest.mark.parametrize("others", [(None,), ("POINT (152488 212063)",), ("POINT (190 10)", None)])
def test_one_row_that_lies_where_it_can_is_enough(others: tuple[str | None, ...]) -> None:
    check_crs(source_rows("POINT (4.4 51.2)", *others))
    check_crs(source_rows(*others, "POINT (4.4 51.2)"))


def test_rows_without_any_place_say_nothing_about_the_crs() -> None:
    check_crs(source_rows(None, "POINT EMPTY"))
