"""What GDAL and QGIS leave to the service to find, as the access log shows it, and that they then read no more."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pytest

from tests.api.sample import fill
from tests.api.test_access_log import lines
from tests.clients.test_gdal import count
from tests.clients.test_qgis import run
from tests.conftest import serving

pytestmark = pytest.mark.clients

Asked = Callable[[], list[dict[str, str]]]


@pytest.fixture(scope="module")
def logged(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The address of a service and its access log. All its roads have times: GDAL and QGIS look at ten for the type."""
    with psycopg.connect(cluster_url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE otn_push_down TEMPLATE {template_database}")
    fill(cluster_url("otn_push_down"))
    with psycopg.connect(cluster_url("otn_push_down")) as connection:
        connection.execute(
            "UPDATE roads SET valid_from = '1999-01-01T00:00:00Z', valid_to = '1999-12-31T00:00:00Z'"
            " WHERE valid_from IS NULL"
        )
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


@pytest.mark.parametrize(
    ("condition", "parameters", "expected"),
    [
        ("name = 'Dorp'", {"name": "Dorp"}, 2),
        ("functionalRoadClass = 'mainRoad' AND name = 'Dorp'", {"functionalRoadClass": "mainRoad", "name": "Dorp"}, 1),
    ],
)
def test_gdal_leaves_equality_to_the_service(
    logged: tuple[str, Path], asked: Asked, condition: str, parameters: dict[str, str], expected: int
) -> None:
    assert count(logged[0], "roads", "-where", condition) == expected
    assert any(parameters.items() <= given.items() for given in asked())


def test_gdal_leaves_times_to_the_service(logged: tuple[str, Path], asked: Asked) -> None:
    condition = "validFrom >= '2010/01/01 00:00:00' AND validFrom <= '2021/01/01 00:00:00'"
    assert count(logged[0], "roads", "-where", condition) == 2
    given = [parameters["datetime"] for parameters in asked() if "datetime" in parameters]
    print("GDAL asked for datetime", given)
    assert given
    assert all(interval.startswith("2010-01-01") and "/2021-01-01" in interval for interval in given)


QGIS_FILTERS = {
    "place": [4.015, 50.9, 4.035, 51.2],
    "name": "\"name\" = 'Dorp'",
    "time": "\"validFrom\" >= '2010-01-01' AND \"validFrom\" <= '2021-01-01'",
}


def test_qgis_leaves_place_and_time_to_the_service(logged: tuple[str, Path], asked: Asked, tmp_path: Path) -> None:
    report = run(tmp_path, "qgis_pushes.py", logged[0] + "/", json.dumps(QGIS_FILTERS))
    given = asked()
    print(f"QGIS {report['version']} asked for", *given, sep="\n  ")
    assert report["found"] == {"place": 2, "name": 2, "time": 2}
    assert pytest.approx(QGIS_FILTERS["place"]) in boxes(given)
    # QGIS 3.22 compares names itself: it asks for every road then.
    assert [parameters["datetime"] for parameters in given if "datetime" in parameters] == ["2010-01-01/2021-01-01"]
