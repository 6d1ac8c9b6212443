"""The documentation is true: its commands run, its generated pages are current, its links lead somewhere."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from otn.api.encoders.registry import FORMATS
from otn.settings import ROOT
from tests.conftest import serving

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# What these do is done by CI and on a bare machine; here they would call this test itself or need the internet.
NOT_HERE = ("make ",)
# It takes a minute, and loads what the service of the other commands holds in part: `make trust` runs it.
LONG = (".venv/bin/otn load --defaults",)


def commands(where: str = "") -> Iterator[ParameterSet]:
    """Those for the service with the default data, or with the data that stand after `sh`."""
    for page in PAGES:
        for block in re.findall(rf"```sh{where}\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.splitlines():
                if not line.startswith(NOT_HERE):
                    yield pytest.param(page.name, line, marks=[pytest.mark.trust] if line in LONG else [])


def adapted(command: str, service: str) -> str:
    """The command with this test's service and this test's `otn`."""
    otn = f"{shlex.quote(sys.executable)} -m otn"
    return command.replace("http://127.0.0.1:8000", service).replace(".venv/bin/otn", otn)


@pytest.fixture(scope="module")
def directory(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader would stand, with the file that the commands name."""
    place = tmp_path_factory.mktemp("reader")
    (place / "monaco.osm.pbf").symlink_to(real_data / "osm" / "monaco.osm.pbf")
    (place / "N43E007.tif").symlink_to(real_data / "srtm_dem" / "N43E007.tif")
    return place


@pytest.fixture(scope="module")
def village(village_url: str) -> Iterator[str]:
    """The address of a service with nothing but the roads of Wechelderzande."""
    with serving(village_url) as address:
        yield address


@pytest.mark.parametrize(("page", "command"), list(commands()))
def test_a_command_of_the_documentation_runs(
    page: str, command: str, service: str, directory: Path, environment: dict[str, str]
) -> None:
    check(page, command, service, directory, environment)


@pytest.mark.parametrize(("page", "command"), list(commands(" village")))
def test_a_command_for_the_village_alone_runs(
    page: str, command: str, village: str, directory: Path, environment: dict[str, str]
) -> None:
    check(page, command, village, directory, environment)


@pytest.mark.parametrize(("page", "command"), list(commands(" elevation")))
def test_a_command_for_elevation_runs(
    page: str, command: str, elevation_service: str, directory: Path, environment: dict[str, str]
) -> None:
    if command.startswith("gdal") and not shutil.which(command.partition(" ")[0]):
        pytest.skip("GDAL's programs are not installed: `make test-clients` does it")
    check(page, command, elevation_service, directory, environment)


def check(page: str, command: str, service: str, directory: Path, environment: dict[str, str]) -> None:
    """Runs a command, which must succeed and complain of nothing."""
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {adapted(command, service)}"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{page}: {command}\n{said}"
    assert '"status":4' not in said
    assert "ERROR" not in said


GENERATED = runpy.run_path(str(ROOT / "docs" / "generate.py"))["PAGES"]


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_is_current(name: str) -> None:
    written = GENERATED[name]()
    assert (ROOT / "docs" / name).read_text() == written, "run `make docs`"


def test_every_format_is_described() -> None:
    page = (ROOT / "docs" / "formats.md").read_text()
    described = re.findall(r"^\| `(\w+)` \|[^|]*\| `([^`]*)` \|", page, re.MULTILINE)
    assert described == [(output.name, output.representation.media_type.partition(";")[0]) for output in FORMATS]


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if (page.parent / target).resolve() != page
    }
    assert [page.name for page in PAGES[1:] if page not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
