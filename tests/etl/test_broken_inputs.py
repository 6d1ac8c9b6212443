"""Files that cannot be loaded: refused in one sentence, which is recorded, and what was served before still is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from otn.errors import LoadError
from tests.conftest import clone
from tests.etl.broken_files import (
    Build,
    content,
    cut,
    extract,
    feature,
    geojson,
    gzipped,
    parquet,
    renamed,
    text,
    workbook,
    written,
    zipped,
)
from tests.etl.broken_loads import Case, Served

PORTS_CSV = text("a.csv", "localId,lon,lat", *(f"{row},4.4,51.2" for row in range(500)))
MANY = geojson(*(feature(str(row), "Point", [4.4, 51.2]) for row in range(500)))
POINT = bytes.fromhex("0101000000") + np.array([4.4, 51.2]).tobytes()
WKB = b'{"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}'
HTML = "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"
LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {name} '{f'&{inner};' * 10}'>" for inner, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><osm version='0.6'><node id='1' lat='51' lon='4'><tag k='name' v='&i;'/></node></osm>"
)
OUTSIDE = (
    "<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    "<osm version='0.6'><node id='1' lat='51' lon='4'><tag k='name' v='&a;'/></node></osm>"
)
DAMAGED = r"is (damaged|cut off)"


def folder(path: Path) -> Path:
    (path / "a.geojson").mkdir()
    return path / "a.geojson"


def link_to_nothing(path: Path) -> Path:
    (path / "a.geojson").symlink_to(path / "nothing.geojson")
    return path / "a.geojson"


def locked(whole: Build) -> Build:
    """An archive whose members say that they are encrypted."""

    def build(path: Path) -> Path:
        archive = whole(path)
        data = bytearray(archive.read_bytes())
        for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = data.find(signature)
            while start >= 0:
                data[start + flags] |= 1
                start = data.find(signature, start + 4)
        archive.write_bytes(data)
        return archive

    return build


def raster(placed: bool, crs: str | None = "EPSG:31370") -> Build:
    def build(path: Path) -> Path:
        profile = {"driver": "GTiff", "width": 300, "height": 200, "count": 1, "dtype": "uint8", "crs": crs}
        profile |= {"transform": Affine(10, 0, 150_000, 0, -10, 200_000)} if placed else {}
        with rasterio.open(path / "a.tif", "w", **profile) as file:
            file.write(np.zeros((200, 300), "uint8"), 1)
        return path / "a.tif"

    return build


def without_size(path: Path) -> Path:
    """A raster whose header says that it has no columns."""
    whole = raster(placed=True)(path)
    data = whole.read_bytes()
    width = data.index(b"\x00\x01\x03\x00\x01\x00\x00\x00\x2c\x01")
    whole.write_bytes(data[: width + 8] + b"\0\0" + data[width + 10 :])
    return whole


TRUNCATED = [
    Case("pbf", cut(extract("a.osm.pbf")), "roads", says=DAMAGED),
    Case("osm", cut(extract("a.osm")), "roads", says=DAMAGED),
    Case("osm-gz", cut(gzipped(extract("a.osm"))), "roads", says=DAMAGED),
    Case("geojson", cut(MANY), says="cannot be read as GeoJSON"),
    Case("geojson-gz", cut(gzipped(MANY)), says=DAMAGED),
    Case("csv-in-a-quote", text("a.csv", "localId,name,lon,lat", 'a,"Antw,4.4,51.2'), says="quotation mark"),
    Case("csv-gz", cut(gzipped(PORTS_CSV)), says=DAMAGED),
    Case("parquet", cut(written("a.parquet")), says=DAMAGED),
    Case("gpkg", cut(written("a.gpkg", rows=3000)), says="is damaged or no GeoPackage|malformed"),
    Case("fgb", cut(written("a.fgb", rows=3000)), says="is cut off|cannot be read as FlatGeobuf"),
    Case("shp", cut(written("a.shp")), says=r"is cut off"),
    Case("xlsx", cut(workbook(["localId", "lon", "lat"], ["a", 4.4, 51.2])), says=DAMAGED),
    Case("zip", cut(zipped("a.zip", {"a.shp": bytes(5000)})), says=DAMAGED),
    Case("tif", cut(raster(placed=True)), "areas", says=DAMAGED),
]
EMPTY = [
    *(
        Case(f"empty-{suffix}", content(f"a.{suffix}", b""), collection, says=r"is empty")
        for suffix, collection in [
            ("geojson", "ports"),
            ("csv", "ports"),
            ("csv.gz", "ports"),
            ("parquet", "ports"),
            ("gpkg", "ports"),
            ("fgb", "ports"),
            ("shp", "ports"),
            ("zip", "ports"),
            ("xlsx", "ports"),
            ("osm.pbf", "roads"),
            ("osm", "roads"),
            ("tif", "areas"),
        ]
    ),
    Case("header-only-csv", text("a.csv", "localId,lon,lat"), says="has no rows"),
    Case("header-only-xlsx", workbook(["localId", "lon", "lat"]), says="has no rows"),
    Case("no-features", geojson(), says="has no rows"),
    Case("no-rows-parquet", written("a.parquet", rows=0), says="has no rows"),
    Case("no-objects", extract("a.osm.pbf", roads=0), "roads", says="has no way with a highway tag"),
    Case("blank-lines", content("a.csv", b"\n\n\n"), says="has no"),
]
NOT_WHAT_IT_SAYS = [
    Case("html-as-csv", text("a.csv", HTML), says="is no table of text by its content, but a web page"),
    Case("html-as-geojson", text("a.geojson", HTML), says="no GeoJSON: by its content it is a web page"),
    Case("html-as-xlsx", text("a.xlsx", HTML), says=DAMAGED),
    Case("html-as-pbf", text("a.osm.pbf", HTML), "roads", says="declares a document type"),
    Case("html-as-parquet", text("a.parquet", HTML), says=DAMAGED),
    Case("html-as-raster", text("a.tif", HTML), "areas", says=DAMAGED),
    Case("html-as-zip", text("a.zip", HTML), says="zip"),
    Case("geojson-as-gpkg", renamed(MANY, "a.gpkg"), says="no GeoPackage"),
    Case("gpkg-as-geojson", renamed(written("a.gpkg"), "a.geojson"), says="no GeoJSON"),
    Case("csv-as-parquet", renamed(PORTS_CSV, "a.parquet"), says=DAMAGED),
    Case("zip-as-csv", renamed(zipped("a.zip", {"a.txt": b"x"}), "a.csv"), says="but a zip archive or a workbook"),
    Case(
        "workbook-as-a-known-layout",
        renamed(workbook(["collision_index"], ["1"]), "a.csv"),
        "accidents",
        "stats19",
        says="but a zip archive or a workbook",
    ),
    Case("gpkg-as-csv", renamed(written("a.gpkg"), "a.csv"), says="but a GeoPackage"),
    Case(
        "title-above-the-header", text("a.csv", "Ports;;", "lat;lon;id", "51;4;a"), says="lines stand above its header"
    ),
    Case("plain-as-gz", renamed(PORTS_CSV, "a.csv.gz"), says="no gzip file"),
    Case("xls-as-xlsx", content("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)), says="password"),
    Case("unknown-ending", renamed(PORTS_CSV, "a.doc"), says="none of the endings"),
    Case("ending-of-another-reader", renamed(PORTS_CSV, "a.doc"), reader="vector", says="none of the endings"),
    Case("list-as-geojson", text("a.geojson", "[1, 2, 3]"), says="GeoJSON"),
    Case("topology-as-geojson", text("a.geojson", '{"type": "Topology", "objects": {}, "arcs": []}'), says="GeoJSON"),
    Case("directory", folder, says="cannot be read: Is a directory"),
    Case("missing", lambda path: path / "a.geojson", says="cannot be read: No such file"),
    Case("link-to-nothing", link_to_nothing, says="cannot be read: No such file"),
]
HOSTILE = [
    Case("zip-bomb", zipped("a.zip", {"a.shp": bytes(1 << 26)}), says="a.zip"),
    Case(
        "zip-bomb-declared",
        zipped("a.zip", {"a.csv": bytes(1 << 26)}),
        reader="csv",
        says="more than 250 times as large",
        source={"members": ("*.csv",)},
    ),
    Case("gzip-bomb-csv", gzipped(content("a.csv", bytes(1 << 26))), says="more than 250 times as large"),
    Case("gzip-bomb-geojson", gzipped(content("a.geojson", b" " * (1 << 26))), says="more than 250 times as large"),
    Case("xlsx-bomb", renamed(zipped("a.zip", {"xl/workbook.xml": bytes(1 << 26)}), "a.xlsx"), says="is refused"),
    Case(
        "path-traversal",
        zipped("a.zip", {"../evil.csv": b"localId"}),
        reader="csv",
        says="leads out of the archive",
        source={"members": ("*.csv",)},
    ),
    Case(
        "absolute-path",
        zipped("a.zip", {"/etc/evil.csv": b"localId"}),
        reader="csv",
        says="begins at the root",
        source={"members": ("*.csv",)},
    ),
    Case(
        "no-such-member",
        zipped("a.zip", {"a.txt": b"x"}),
        reader="csv",
        says="nothing in it is named like",
        source={"members": ("*.csv",)},
    ),
    Case(
        "locked-zip",
        locked(zipped("a.zip", {"a.csv": b"localId,lon,lat"})),
        reader="csv",
        says="is encrypted",
        source={"members": ("*.csv",)},
    ),
    Case("locked-shapefile", locked(zipped("a.zip", {"a.shp": bytes(200), "a.shx": bytes(200)})), says="password"),
    Case("billion-laughs", text("a.osm", LAUGHS), "roads", says="entit"),
    Case("external-entity", text("a.osm", OUTSIDE), "roads", says="entit"),
    Case(
        "entities-in-xlsx",
        renamed(zipped("a.zip", {"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), "a.xlsx"),
        says="declares a document type",
    ),
    Case(
        "attribute-beyond-what-gdal-reads",
        geojson(feature("a", "Point", [4.4, 51.2], name="x" * 10_000_000)),
        says="cannot be read as GeoJSON",
    ),
    Case("deep-json", text("a.geojson", "[" * 100_000 + "]" * 100_000), says="GeoJSON"),
]
WITHOUT = [
    Case("no-geometry-csv", text("a.csv", "localId,name", "a,b"), says="needs a column"),
    Case("no-geometry-xlsx", workbook(["localId", "name"], ["a", "b"]), says="needs a column"),
    Case("no-geo-parquet", parquet(None, localId=["a"]), says="no metadata `geo`"),
    Case("geo-that-is-no-json", parquet(b"{", localId=["a"]), says="GeoParquet does not allow"),
    Case("geo-of-another-column", parquet(WKB, h=[POINT]), says="has no geometry as WKB in a column g"),
    Case("geo-of-numbers", parquet(WKB, g=[1, 2]), says="has no geometry as WKB in a column g"),
    Case("geo-with-a-list", parquet(b"[]", g=[POINT]), says="GeoParquet does not allow"),
    Case(
        "geo-with-text-for-columns",
        parquet(b'{"primary_column": "g", "columns": {"g": "x"}}', g=[POINT]),
        says="GeoParquet does not allow",
    ),
    Case(
        "geo-with-another-covering",
        parquet(WKB.replace(b'"WKB"', b'"WKB", "covering": {"bbox": []}'), g=[POINT]),
        says="GeoParquet does not allow",
    ),
    Case(
        "unknown-crs-parquet", parquet(WKB.replace(b'"WKB"', b'"WKB", "crs": "EPSG:1"'), g=[POINT]), says="nobody knows"
    ),
    *(
        Case(f"columns-of-{reader}", text("a.csv", "one,two,three", "1,2,3"), collection, reader, says=says)
        for reader, collection, says in [
            ("baac", "accidents", "is no file of caracteristiques"),
            ("bicycle-counters", "traffic-counts", "is no file of hours"),
            ("detector-flows", "traffic-counts", "lacks the columns"),
            ("otn-accidents", "accidents", "lacks the columns"),
            ("ourairports", "airports", "neither airports.csv nor runways.csv"),
            ("stats19", "accidents", "is no file of collisions"),
            ("unlocode", "ports", "is no UN/LOCODE"),
            ("world-port-index", "ports", "lacks the columns"),
        ]
    ),
    Case("columns-of-wegenregister", MANY, "roads", "wegenregister", says="lacks the column"),
    *(
        Case(
            f"declared-columns-{name.rpartition('.')[2]}",
            build,
            reader=reader,
            says="lacks the columns CODE",
            source={"identifier": ("CODE",)},
        )
        for reader, name, build in [
            ("csv", "a.csv", PORTS_CSV),
            ("vector", "a.geojson", MANY),
            ("geoparquet", "a.parquet", written("a.parquet")),
            ("xlsx", "a.xlsx", workbook(["localId", "lon", "lat"], ["a", 4.4, 51.2])),
        ]
    ),
]
PLACED_WRONGLY = [
    Case("no-crs-gpkg", written("a.gpkg", crs=None), says="does not say what coordinate reference system"),
    Case("no-crs-shp", written("a.shp", crs=None), says="does not say what coordinate reference system"),
    Case("no-crs-raster", raster(placed=True, crs=None), "areas", says="does not say what coordinate reference system"),
    Case("no-place-raster", raster(placed=False), "areas", says="does not say where it lies"),
    Case("raster-without-size", without_size, "areas", says=DAMAGED),
    Case("raster-of-ports", raster(placed=True), says="Rasters are read for areas, not for ports"),
    Case(
        "another-crs",
        text("a.csv", "localId,x,y", "a,152488,212063"),
        says="do not lie where WGS 84",
        wishes={"crs": "EPSG:4326"},
    ),
    Case("degrees-as-metres", PORTS_CSV, says="in another CRS than it says", wishes={"crs": "EPSG:31370"}),
    Case("crs-of-heights", PORTS_CSV, says="none of places on the earth", wishes={"crs": "EPSG:5710"}),
    Case("crs-that-is-none", PORTS_CSV, says="is no coordinate reference system", wishes={"crs": "nonsense"}),
    Case("crs-of-osm", extract("a.osm.pbf"), "roads", says="always in WGS 84", wishes={"crs": "EPSG:31370"}),
    Case(
        "not-in-its-encoding",
        text("a.csv", "localId,name,lon,lat", "a,Liège,4,51", encoding="latin-1"),
        reader="csv",
        says="UTF-8",
        source={"encoding": "utf-8"},
    ),
    Case(
        "not-in-cp1257",
        content("a.csv", b"localId,name,lon,lat\na,\xa1\xa5,4,51\n"),
        reader="csv",
        says="not cp1257",
        source={"encoding": "cp1257"},
    ),
    Case(
        "a-table-of-a-known-layout-not-in-utf-8",
        content("a.csv", b"collision_index,date\n1,\xff\n"),
        "accidents",
        "stats19",
        says="no file of collisions",
    ),
    Case(
        "nothing-but-rejects",
        text("a.csv", "localId,lon,lat", "a,4.4,91", "b,0,0"),
        says=r"None of the 2 rows of a.csv could be loaded \(geometry/null-island 1, geometry/out-of-range 1\)",
    ),
    Case(
        "too-many-rejects",
        text("a.csv", "localId,lon,lat", *(f"{row},4.4,91" for row in range(30)), "b,4.4,51.2"),
        says="30 of 31 rows would be rejected",
    ),
]
ALL = [*TRUNCATED, *EMPTY, *NOT_WHAT_IT_SAYS, *HOSTILE, *WITHOUT, *PLACED_WRONGLY]


@pytest.fixture(scope="module")
def served(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Served:
    clone(cluster_url, template_database, "otn_broken")
    return Served(cluster_url("otn_broken"), tmp_path_factory.mktemp("good"))


@pytest.mark.filterwarnings(
    "ignore:.*'crs' was not provided:UserWarning",
    "ignore::RuntimeWarning:pyogrio",
    "ignore::rasterio.errors.NotGeoreferencedWarning",
)
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_broken_file_is_refused_and_what_was_served_still_is(served: Served, tmp_path: Path, case: Case) -> None:
    file = case.build(tmp_path)
    declared = served.with_good_version(case)
    before = served.features(declared)
    with pytest.raises(LoadError, match=case.says) as refused:
        served.load(declared, file, **case.wishes)
    sentence = str(refused.value)
    assert before
    assert served.features(declared) == before
    assert served.last_load(declared) == ("failed", sentence)
    assert sentence.endswith((".", ")"))
