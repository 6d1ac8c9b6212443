"""Files with broken rows: what is wrong is a reject with its reason, what is right is loaded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from otn.model.sources import Checks
from tests.conftest import clone
from tests.etl.broken_files import content, feature, geojson, parquet, text, workbook
from tests.etl.broken_loads import Case, Served
from tests.etl.test_broken_inputs import POINT, WKB

PLACE = [4.4, 51.2]
GOOD = feature("good", "Point", PLACE)
ROAD = feature("good", "LineString", [PLACE, [4.5, 51.2]])
SQUARE = [[4.0, 51.0], [4.1, 51.0], [4.1, 51.1], [4.0, 51.1], [4.0, 51.0]]
AREA = feature("good", "Polygon", [SQUARE])
BOW_TIE = [[4.0, 51.0], [4.1, 51.1], [4.1, 51.0], [4.0, 51.1], [4.0, 51.0]]
KEPT = ("good",)
LINES = ("localId,lon,lat", "good,4.4,51.2")
TEN_MEGABYTES = "x" * 10_000_000


def ports(*broken: dict[str, Any]) -> Any:
    return geojson(GOOD, *broken)


REJECTED = [
    Case("no-geometry", ports(feature("b", "", None)), rejects={"geometry/missing": 1}, kept=KEPT),
    Case("no-coordinates", text("a.csv", *LINES, "b,,"), rejects={"geometry/missing": 1}, kept=KEPT),
    Case("null-island", ports(feature("b", "Point", [0, 0])), rejects={"geometry/null-island": 1}, kept=KEPT),
    Case("swapped-axes", ports(feature("b", "Point", [51.2, 4.4])), rejects={"geometry/swapped-axes": 1}, kept=KEPT),
    Case("out-of-range", ports(feature("b", "Point", [4, 91])), rejects={"geometry/out-of-range": 1}, kept=KEPT),
    Case("huge", ports(feature("b", "Point", [1e300, 1e300])), rejects={"geometry/out-of-range": 1}, kept=KEPT),
    Case("metres", ports(feature("b", "Point", [152488, 212063])), rejects={"geometry/out-of-range": 1}, kept=KEPT),
    Case("not-a-number", text("a.csv", *LINES, "b,nan,51"), rejects={"row/unreadable": 1}, kept=KEPT),
    Case("infinite", text("a.csv", *LINES, "b,inf,51"), rejects={"row/unreadable": 1}, kept=KEPT),
    Case("words-for-numbers", text("a.csv", *LINES, "b,four,51"), rejects={"row/unreadable": 1}, kept=KEPT),
    Case("overflow", text("a.csv", *LINES, "b,1e999,51"), rejects={"row/unreadable": 1}, kept=KEPT),
    Case(
        "not-a-number-in-wkb",
        parquet(WKB, localId=["good", "b"], g=[POINT, shapely.to_wkb(shapely.Point(float("nan"), 51))]),
        rejects={"geometry/not-finite": 1},
        kept=KEPT,
    ),
    Case(
        "infinite-in-wkb",
        parquet(WKB, localId=["good", "b"], g=[POINT, shapely.to_wkb(shapely.Point(float("inf"), 51))]),
        rejects={"geometry/not-finite": 1},
        kept=KEPT,
    ),
    Case(
        "cut-off-wkb",
        parquet(WKB, localId=["good", "b"], g=[POINT, POINT[:9]]),
        rejects={"row/unreadable": 1},
        kept=KEPT,
    ),
    Case("no-wkb", parquet(WKB, localId=["good", "b"], g=[POINT, b""]), rejects={"row/unreadable": 1}, kept=KEPT),
    Case(
        "wkt-that-is-none",
        text("a.csv", "localId;wkt", "good;POINT (4.4 51.2)", "b;POINT (4.4"),
        rejects={"row/unreadable": 1},
        kept=KEPT,
    ),
    Case(
        "empty-wkt",
        text("a.csv", "localId;wkt", "good;POINT (4.4 51.2)", "b;POINT EMPTY"),
        rejects={"geometry/empty": 1},
        kept=KEPT,
    ),
    Case(
        "outside",
        ports(feature("b", "Point", [2.35, 48.85])),
        rejects={"geometry/outside-region": 1},
        kept=KEPT,
        checks=Checks(outside="reject"),
    ),
    Case(
        "mixed-geometry",
        ports(feature("b", "LineString", [PLACE, [4.5, 51]]), feature("c", "Polygon", [SQUARE])),
        rejects={"geometry/type": 2},
        kept=KEPT,
    ),
    Case(
        "line-of-one-point",
        geojson(ROAD, feature("b", "LineString", [PLACE, PLACE])),
        "roads",
        rejects={"geometry/too-few-points": 1},
        kept=KEPT,
    ),
    Case(
        "line-with-one-point",
        geojson(ROAD, feature("b", "LineString", [PLACE])),
        "roads",
        rejects={"row/unreadable": 1},
        kept=KEPT,
    ),
    Case(
        "point-as-area", geojson(AREA, feature("b", "Point", PLACE)), "areas", rejects={"geometry/type": 1}, kept=KEPT
    ),
    Case(
        "collapsed-ring",
        geojson(AREA, feature("b", "Polygon", [[PLACE, [4.5, 51.2], PLACE, PLACE]])),
        "areas",
        rejects={"geometry/invalid": 1},
        kept=KEPT,
    ),
    Case(
        "duplicate-id",
        ports(feature("b", "Point", PLACE), feature("b", "Point", [4.5, 51])),
        rejects={"id/duplicate": 1},
        kept=("b", "good"),
    ),
    Case(
        "no-site",
        text("a.csv", "localId,lon,lat,site", "good,4.4,51.2,s", "b,4.4,51.2,"),
        "traffic-volumes",
        rejects={"field/missing": 1},
        kept=KEPT,
    ),
    Case("id-too-long", ports(feature("b" * 501, "Point", PLACE)), rejects={"id/too-long": 1}, kept=KEPT),
    Case(
        "id-of-ten-megabytes", text("a.csv", *LINES, f"{TEN_MEGABYTES},4.4,51.2"), rejects={"id/too-long": 1}, kept=KEPT
    ),
    Case(
        "unclosed-ring",
        geojson(AREA, feature("b", "Polygon", [SQUARE[:-1]])),
        "areas",
        rejects={"row/unreadable": 1},
        kept=KEPT,
    ),
    Case("too-many-cells", text("a.csv", *LINES, "b,4.4,51.2,5,6"), rejects={"row/unreadable": 1}, kept=KEPT),
    Case("too-few-cells", text("a.csv", *LINES, "b,4.4"), rejects={"geometry/missing": 1}, kept=KEPT),
    Case(
        "sheet-with-words",
        workbook(["localId", "lon", "lat"], ["good", 4.4, 51.2], ["b", "four", 51]),
        rejects={"row/unreadable": 1},
        kept=KEPT,
    ),
]
KEPT_ALL = [
    Case(
        "ten-megabytes",
        text("a.csv", "localId,lon,lat,remark", "good,4.4,51.2,", f"b,4.4,51.2,{TEN_MEGABYTES}"),
        kept=("b", "good"),
    ),
    Case(
        "name-of-ten-megabytes",
        text("a.csv", "localId,lon,lat,name", "good,4.4,51.2,", f"b,4.4,51.2,{TEN_MEGABYTES}"),
        kept=("b", "good"),
    ),
    Case("nul-in-text", ports(feature("b", "Point", PLACE, name="a\0b", remark="c\0d")), kept=("b", "good")),
    Case("nul-in-id", ports(feature("b\0", "Point", PLACE)), kept=("b", "good")),
    Case(
        "half-a-character",
        content(
            "a.geojson",
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [
                        {"type": "Feature"} | GOOD,
                        {"type": "Feature"} | feature("b", "Point", PLACE, name="\ud800"),
                    ],
                }
            ).encode(),
        ),
        kept=("b", "good"),
    ),
    Case(
        "unknown-code",
        geojson(ROAD, feature("b", "LineString", [PLACE, [4.5, 51]], formOfWay="starship", oneWay="perhaps")),
        "roads",
        kept=("b", "good"),
    ),
    Case(
        "impossible-speed",
        geojson(ROAD, feature("b", "LineString", [PLACE, [4.5, 51]], speedLimit=9999, lanes=-7)),
        "roads",
        kept=("b", "good"),
    ),
    Case(
        "more-than-an-integer",
        geojson(ROAD, feature("b", "LineString", [PLACE, [4.5, 51]], speedLimit=10**18, lanes=1e300)),
        "roads",
        kept=("b", "good"),
    ),
    Case(
        "more-than-an-integer-in-text",
        text("a.csv", "localId,lon,lat,vehicles,hour", "good,4.4,51.2,1,1", f"b,4.4,51.2,{'9' * 400},99"),
        "accidents",
        kept=("b", "good"),
    ),
    Case(
        "date-that-is-none",
        ports(feature("b", "Point", PLACE, validFrom="2023-02-30", validTo="99999-01-01")),
        kept=("b", "good"),
    ),
    Case(
        "end-before-beginning",
        ports(feature("b", "Point", PLACE, validFrom="2023-02-01", validTo="2001-01-01")),
        kept=("b", "good"),
    ),
    Case(
        "year-of-another-era",
        ports(feature("b", "Point", PLACE, validFrom="0000-00-00", validTo="-4000-01-01")),
        kept=("b", "good"),
    ),
    Case("bow-tie", geojson(AREA, feature("b", "Polygon", [BOW_TIE])), "areas", kept=("b", "good")),
    Case(
        "hole-outside",
        geojson(AREA, feature("b", "Polygon", [SQUARE, [[5, 50], [5.1, 50], [5.1, 50.1], [5, 50]]])),
        "areas",
        kept=("b", "good"),
    ),
    Case("clockwise-ring", geojson(AREA, feature("b", "Polygon", [SQUARE[::-1]])), "areas", kept=("b", "good")),
    Case("multi-point-of-one", ports(feature("b", "MultiPoint", [PLACE])), kept=("b", "good")),
    Case(
        "collection",
        ports(
            {
                "properties": {"localId": "b"},
                "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": PLACE}]},
            }
        ),
        kept=("b", "good"),
    ),
    Case("heights", ports(feature("b", "Point", [4.4, 51.2, 9999])), kept=("b", "good")),
    Case("columns-named-alike", text("a.csv", "localId,lon,lat,name,name,NAME,", "good,4.4,51.2,a,b,c,d"), kept=KEPT),
    Case("columns-of-sql", text("a.csv", 'localId,lon,lat,"""; DROP TABLE ports; --"', "good,4.4,51.2,x"), kept=KEPT),
    Case(
        "a-thousand-columns",
        text(
            "a.csv",
            "localId,lon,lat," + ",".join(f"c{n}" for n in range(1600)),
            "good,4.4,51.2," + ",".join("x" * 1600),
        ),
        kept=KEPT,
    ),
    Case(
        "deep-properties",
        content(
            "a.geojson",
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [{"type": "Feature"} | feature("good", "Point", PLACE, deep=0)],
                }
            )
            .replace('"deep": 0', '"deep": ' + "[" * 200 + "]" * 200)
            .encode(),
        ),
        kept=KEPT,
    ),
]


@pytest.fixture(scope="module")
def served(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Served:
    clone(cluster_url, template_database, "otn_broken_rows")
    return Served(cluster_url("otn_broken_rows"), tmp_path_factory.mktemp("good"))


@pytest.mark.filterwarnings("ignore:Non closed ring:RuntimeWarning")
@pytest.mark.parametrize("case", [*REJECTED, *KEPT_ALL], ids=lambda case: case.name)
def test_broken_rows_are_rejects_and_good_ones_are_loaded(served: Served, tmp_path: Path, case: Case) -> None:
    declared = served.with_good_version(case, case.name)
    before = served.features(declared)
    summary = served.load(declared, case.build(tmp_path), **case.wishes)
    assert before
    assert [local_id for local_id, _ in served.features(declared)] == sorted(case.kept)
    assert summary.rejects_by_reason == case.rejects
    assert served.last_load(declared) == ("committed", None)
    assert served.rejects(declared) == case.rejects
