"""What GDAL and QGIS leave to the service to find, as the access log shows it, and that they then read no more."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pyogrio
import pytest

from tests.api.sample import NUMBER_OF_ROADS, fill
from tests.api.test_access_log import lines
from tests.clients.programs import run
from tests.clients.test_gdal import count
from tests.clients.test_qgis import run as run_qgis
from tests.conftest import clone, serving

pytestmark = pytest.mark.clients

Asked = Callable[[], list[dict[str, str]]]


@pytest.fixture(scope="module")
def logged(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The address of a service and its access log. GDAL and QGIS look at ten roads for the types: they have values."""
    clone(cluster_url, template_database, "otn_push_down")
    fill(cluster_url("otn_push_down"))
    with psycopg.connect(cluster_url("otn_push_down")) as connection:
        connection.execute(
            "UPDATE roads SET valid_from = '1999-01-01T00:00:00Z', valid_to = '1999-12-31T00:00:00Z'"
            " WHERE valid_from IS NULL"
        )
        connection.execute("UPDATE roads SET bridge = true, maximum_height = 5 WHERE id = 22")
    log = tmp_path_factory.mktemp("log") / "access.log"
    with serving(cluster_url("otn_push_down"), log) as address:
        yield address, log


@pytest.fixture
def asked(logged: tuple[str, Path]) -> Asked:
    """Gives the parameters of each request for features since the test began."""
    _, log = logged
    before = len(lines(log))

    def since() -> list[dict[str, str]]:
        targets = [urlsplit(line["request"].split()[1]) for line in lines(log)[before:]]
        return [dict(parse_qsl(target.query)) for target in targets if target.path.endswith("/items")]

    return since


def boxes(asked: list[dict[str, str]]) -> list[list[float]]:
    """The boxes that were asked for."""
    return [[float(number) for number in given["bbox"].split(",")] for given in asked if "bbox" in given]


def test_gdal_leaves_the_place_to_the_service(logged: tuple[str, Path], asked: Asked) -> None:
    assert count(logged[0], "roads", "-spat", "4.015", "50.9", "4.035", "51.2") == 2
    assert pytest.approx([4.015, 50.9, 4.035, 51.2]) in boxes(asked())


# What GDAL's users write after -where, and whether GDAL 3.6 leaves all of it to the service.
CONDITIONS = {
    "name = 'Dorp'": True,
    "name <> 'Dorp'": True,
    "NOT name = 'Dorp'": True,
    "functionalRoadClass = 'mainRoad' AND name = 'Dorp'": True,
    "speedLimit = 50": True,
    "speedLimit < 60": True,
    "maximumHeight >= 4.5": True,
    "bridge = 1": True,
    "bridge = 0": True,
    "name = 'Dorp' OR bridge = 1": True,
    "(name = 'Dorp' OR bridge = 1) AND NOT speedLimit = 70": True,
    "name LIKE 'D%'": True,
    "name ILIKE 'd_rp'": True,
    "name LIKE '%l''Église%'": True,
    "name IS NULL": True,
    "name IS NOT NULL": True,
    "speedLimit BETWEEN 40 AND 60": True,
    "validFrom > '2010/01/01'": True,
    "validFrom >= '2010/01/01 00:00:00' AND validFrom <= '2021/01/01 00:00:00'": True,
    "validTo < '2016/01/01 00:00:00'": True,
    # It knows IN, but compares itself what it has asked for by the rest.
    "name IN ('Dorp', 'Elders')": False,
    "speedLimit = 50 AND name IN ('Dorp', 'Elders')": False,
}


@pytest.fixture(scope="module")
def copied(logged: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All roads in a file, which GDAL filters by itself."""
    copy = tmp_path_factory.mktemp("copy") / "roads.geojson"
    copy.write_bytes(httpx.get(f"{logged[0]}/collections/roads/items?limit=1000").content)
    return copy


@pytest.mark.parametrize(("condition", "wholly"), CONDITIONS.items(), ids=CONDITIONS)
def test_gdal_leaves_conditions_to_the_service(
    logged: tuple[str, Path], asked: Asked, copied: Path, condition: str, wholly: bool
) -> None:
    """Newer GDAL filters the file: GDAL 3.6 takes NOT of what is unknown for true."""
    expected = set(pyogrio.read_dataframe(copied, where=condition)["inspireId"])
    found = identifiers(run("ogrinfo", "-al", "-where", condition, f"OAPIF:{logged[0]}/collections/roads"))
    pushed = filters(asked())
    print(f"{condition}: GDAL 3.6 asked for", pushed)
    assert 0 < len(expected) < NUMBER_OF_ROADS
    assert found == expected
    assert bool(pushed) == (wholly or " AND " in condition)


@pytest.mark.parametrize(("condition", "wholly"), CONDITIONS.items(), ids=CONDITIONS)
def test_newer_gdal_leaves_conditions_to_the_service(
    logged: tuple[str, Path], asked: Asked, copied: Path, condition: str, wholly: bool
) -> None:
    expected = pyogrio.read_dataframe(copied, where=condition)["inspireId"]
    found = pyogrio.read_dataframe(f"OAPIF:{logged[0]}", layer="roads", where=condition)["inspireId"]
    assert set(found) == set(expected)
    assert bool(filters(asked())) == (wholly or " AND " in condition)


def filters(asked: list[dict[str, str]]) -> set[str]:
    """The filters that were asked for by the name that GDAL knows."""
    return {parameters["filter"] for parameters in asked if parameters.get("filter-lang") == "cql-text"}


def test_gdal_leaves_times_to_the_service_as_datetime_if_told_to(logged: tuple[str, Path], asked: Asked) -> None:
    """By newer GDAL's option: a feature of unknown validity matches."""
    frame = pyogrio.read_dataframe(f"OAPIF:{logged[0]}", layer="roads", DATETIME="2010-01-01/2021-01-01")
    assert len(frame) == 2
    assert "2010-01-01/2021-01-01" in [parameters.get("datetime") for parameters in asked()]


def identifiers(listing: str) -> set[str]:
    """The INSPIRE identifiers of the features that ogrinfo lists."""
    return set(re.findall(r"inspireId \(String\) = (\S+)", listing))


QGIS_FILTERS = {
    "place": [4.015, 50.9, 4.035, 51.2],
    "name": "\"name\" = 'Dorp'",
    "time": "\"validFrom\" >= '2010-01-01' AND \"validFrom\" <= '2021-01-01'",
}


def test_qgis_leaves_place_and_time_to_the_service(logged: tuple[str, Path], asked: Asked, tmp_path: Path) -> None:
    report = run_qgis(tmp_path, "qgis_pushes.py", logged[0] + "/", json.dumps(QGIS_FILTERS))
    given = asked()
    print(f"QGIS {report['version']} asked for", *given, sep="\n  ")
    assert report["found"] == {"place": 2, "name": 2, "time": 2}
    assert pytest.approx(QGIS_FILTERS["place"]) in boxes(given)
    # QGIS 3.22 knows no other conditions of servers than time; from 3.32 on it leaves the others too: test_newer_qgis.
    assert [parameters["datetime"] for parameters in given if "datetime" in parameters] == ["2010-01-01/2021-01-01"]
