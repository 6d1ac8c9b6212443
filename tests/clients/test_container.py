"""Dockerfile and compose.yml do what `make up` does, by the same scripts.

No container engine is needed: the steps of the Dockerfile are carried out in a fresh directory, with just the files it
copies, against a database as compose.yml gives it.
"""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from otn.settings import ROOT, Settings
from tests.conftest import environment_with, open_directory
from tests.processes import Process

pytestmark = pytest.mark.clients

DOCKERFILE = ROOT / "Dockerfile"
COMPOSE = ROOT / "compose.yml"
# What a step may call besides the project's scripts: the base system's own package manager and account tools.
BASE_SYSTEM = ("apt-get update", "apt-get install", "rm -rf /var/lib/apt/lists/", "useradd", "install -d")
PORT = 18431


def instructions() -> list[tuple[str, str]]:
    lines = DOCKERFILE.read_text().replace("\\\n", " ").splitlines()
    found = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return [(name, re.sub(r"\s+", " ", rest)) for name, rest in found]


def arguments(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def command_of(rest: str) -> list[str]:
    command: list[str] = json.loads(rest[rest.index("[") :])
    return command


def steps() -> list[str]:
    return [step.strip() for run in arguments("RUN") for step in run.split("&&")]


def copied() -> list[str]:
    own = [rest for rest in arguments("COPY") if not rest.startswith("--from")]
    return [name for rest in own for name in rest.split()[:-1]]


def test_steps_are_the_projects_scripts() -> None:
    foreign = [step for step in steps() if not step.startswith(("scripts/", *BASE_SYSTEM))]
    assert foreign == []
    assert [step for step in steps() if step.startswith("scripts/")] == [
        "scripts/install-system.sh",
        "scripts/make-venv.sh requirements.lock",
    ]


def test_the_base_system_gets_what_a_bare_machine_has() -> None:
    installs = [shlex.split(step) for step in steps() if step.startswith("apt-get install")]
    packages = {word for words in installs for word in words[2:] if not word.startswith("-")}
    assert packages == {"ca-certificates", "python3"}


def test_it_runs_without_being_root_and_says_how_it_is() -> None:
    assert arguments("USER") == ["otn"]
    assert command_of(arguments("CMD")[0])[1:] == ["-m", "otn", "up"]
    assert "/health/ready" in arguments("HEALTHCHECK")[0]


def test_compose_names_postgis_and_otn_and_settings_that_exist() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    assert services.keys() == {"postgis", "otn"}
    assert services["postgis"]["image"].startswith("postgis/postgis:")
    assert services["otn"]["build"] == "."
    known = {"OTN_" + name.upper() for name in Settings.__dataclass_fields__}
    assert set(services["otn"]["environment"]) <= known
    assert services["otn"]["depends_on"]["postgis"]["condition"] == "service_healthy"


def test_files_left_out_of_the_build_are_not_needed() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied()) == let_in


def test_the_steps_make_a_service_that_becomes_healthy(database_url: str) -> None:
    with open_directory() as directory:
        image = directory / "image"
        image.mkdir()
        for name in copied():
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, image / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(source, image / name)
        for step in steps():
            if step.startswith("scripts/"):
                subprocess.run(shlex.split(step), cwd=image, check=True)
        check_service(image, directory, database_url)


def check_service(image: Path, directory: Path, database_url: str) -> None:
    environment = environment_with(
        OTN_DATABASE_URL=database_url, OTN_DATA_DIR=str(directory / "data"), OTN_PORT=str(PORT)
    )
    command = command_of(arguments("CMD")[0])
    with Process(command, cwd=image, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert any("is served" in line for line in process.stdout)
            health = [word.replace(":8000", f":{PORT}") for word in command_of(arguments("HEALTHCHECK")[0])]
            subprocess.run(health, cwd=image, check=True)
        finally:
            process.terminate()
        assert process.wait(timeout=30) == 0
