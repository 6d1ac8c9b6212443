"""The command line: what it prints, where it says what is wrong, and with which status it ends."""

import csv
import dataclasses
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner, Result

from otn.cli import app
from otn.model.datasets import Registry
from otn.settings import ROOT, Settings
from otn.store import loads, migrations
from otn.store.cluster import database
from tests.conftest import open_directory
from tests.processes import Process

Otn = Callable[..., Result]


@pytest.fixture
def otn(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Otn]:
    """Runs `otn` with the test's own database and data directory."""
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda *arguments: CliRunner().invoke(app, arguments)
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def _process(settings: Settings, *arguments: str) -> Iterator[Process]:
    """Runs `otn` as a process of its own."""
    command = [sys.executable, "-m", "otn", *arguments]
    environment = os.environ | settings.to_environment() | {"PYTHONUNBUFFERED": "1"}
    with Process(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield process


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _say_all_defaults_are_loaded(url: str) -> None:
    with psycopg.connect(url) as connection:
        for dataset in Registry.read().defaults():
            connection.execute(
                "INSERT INTO load (dataset, state, started, finished, source, number_read, number_added,"
                " number_changed, number_removed, number_rejected, number_normalised)"
                " VALUES (%s, 'committed', now(), now(), 'a test', 0, 0, 0, 0, 0, 0)",
                [dataset.id],
            )


def test_a_load_says_what_it_did_and_status_shows_it(otn: Otn) -> None:
    loaded = otn("load", "lv/airports")
    assert loaded.exit_code == 0, loaded.output
    assert loaded.stdout.startswith("lv/airports: 16 read, 16 added, 0 changed, 0 removed, 0 rejected")
    assert loaded.stdout.endswith(" not of the region.\n")
    assert "16 read, 0 added, 0 changed" in otn("load", "lv/airports").stdout
    table, _, lineage = otn("status", "lv/airports").stdout.partition("\n\n")
    assert [line.split()[0] for line in table.splitlines()] == ["dataset", "lv/airports", "lv/airports"]
    assert "airports.csv of the Python package airportsdata" in lineage
    assert "name 100%" in lineage
    newest, _, editions = otn("status").stdout.partition("\n\n")
    assert [line.split()[0] for line in newest.splitlines()] == ["dataset", "lv/airports"]
    assert [line.split()[:5] for line in editions.splitlines()[1:]] == [["airports", "1", "current", "1", "16"]]


def test_rejected_rows_are_shown_with_their_reason(otn: Otn, tmp_path: Path) -> None:
    file = tmp_path / "ports.geojson"
    features = [
        {"type": "Feature", "id": "1", "properties": {}, "geometry": {"type": "Point", "coordinates": [4.4, 51.2]}},
        {"type": "Feature", "id": "2", "properties": {}, "geometry": None},
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    loaded = otn("load", "elsewhere/ports", "--from", str(file))
    assert "1 rejected (geometry/missing 1)" in loaded.stdout
    assert "geometry/missing" in otn("rejects", "elsewhere/ports").stdout
    assert "geometry/missing 1" in otn("status").stdout
    exported = tmp_path / "rejects.csv"
    assert "1 rejects of elsewhere/ports are in" in otn("rejects", "elsewhere/ports", "--export", str(exported)).stdout
    [row] = csv.DictReader(exported.read_text(encoding="utf-8-sig").splitlines())
    assert (row["position"], row["reason"], row["row.geometry"]) == ("2", "geometry/missing", "")
    lines = tmp_path / "rejects.ndjson"
    otn("rejects", "elsewhere/ports", "--export", str(lines))
    assert json.loads(lines.read_text())["row"] == {"id": "2", "geometry": None}
    refused = otn("rejects", "elsewhere/ports", "--export", str(tmp_path / "rejects.pdf"))
    assert (refused.exit_code, "must end in .csv or .ndjson" in refused.stderr) == (1, True)


def test_a_dry_run_changes_nothing(otn: Otn) -> None:
    assert "16 read, 16 added" in otn("load", "lv/airports", "--dry-run").stdout
    assert len(otn("status").stdout.splitlines()) == 1


def test_losses_are_to_be_accepted(otn: Otn, tmp_path: Path) -> None:
    def ports(number: int) -> str:
        file = tmp_path / f"{number}.csv"
        file.write_text("id,wkt\n" + "".join(f"{row},POINT ({row / 100} 51)\n" for row in range(number)))
        return str(file)

    assert otn("load", "elsewhere/ports", "--from", ports(100)).exit_code == 0
    stopped = otn("load", "elsewhere/ports", "--from", ports(20))
    assert stopped.exit_code == 1
    assert "80 of 100 objects would be removed, more than 30%" in stopped.stderr
    assert "80 removed" in otn("load", "elsewhere/ports", "--from", ports(20), "--accept-losses").stdout


def test_a_dataset_or_a_choice_of_them(otn: Otn) -> None:
    assert "give a dataset, or one of --defaults, --due and --all" in otn("load", "--due", "--all").stderr
    assert "belong to a dataset" in otn("load", "--all", "--clip").stderr


def test_rejects_of_a_load_that_failed_over_them_are_shown(otn: Otn, tmp_path: Path) -> None:
    file = tmp_path / "ports.csv"
    file.write_text("id,wkt\na,nonsense\n")
    failed = otn("load", "elsewhere/ports", "--from", str(file))
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "None of the 1 rows of ports.csv could be loaded (row/unreadable 1)" in failed.stderr
    assert "`otn rejects elsewhere/ports` shows the rows" in failed.stderr
    assert "nonsense" in otn("rejects", "elsewhere/ports").stdout


def test_what_publishers_write_does_not_steer_the_terminal(otn: Otn, tmp_path: Path) -> None:
    file = tmp_path / "ports.csv"
    file.write_text("id,wkt\ngood,POINT (4 51)\n\x1b[31mred\u202e,POINT EMPTY\n")
    assert otn("load", "elsewhere/ports", "--from", str(file)).exit_code == 0
    [row] = otn("rejects", "elsewhere/ports").stdout.splitlines()[1:]
    assert "\ufffd[31mred\ufffd" in row


@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_what_gdal_remarks_is_one_line(otn: Otn, tmp_path: Path) -> None:
    file = tmp_path / "ports.geojson"
    points = [{"type": "Point", "coordinates": coordinates} for coordinates in ([4, 51], [4])]
    features = [{"type": "Feature", "properties": {}, "geometry": point} for point in points]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    loaded = otn("load", "elsewhere/ports", "--from", str(file))
    assert loaded.exit_code == 0
    assert re.fullmatch(r"otn: warning: .*Invalid coord dimension.*\n", loaded.stderr)


def test_datasets_lists_all_that_are_declared(otn: Otn) -> None:
    lines = otn("datasets").stdout.splitlines()[1:]
    listed = {line.split()[0] for line in lines if not line.startswith(" ")}  # the title may go on below
    assert Registry.read().datasets.keys() == listed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["load", "nowhere/roads"], "There is no dataset 'nowhere/roads'"),
        (["status", "nowhere/roads"], "There is no dataset 'nowhere/roads'"),
        (["rejects", "nowhere/roads"], "There is no dataset 'nowhere/roads'"),
        (["load", "elsewhere/roads"], "--from"),
        (["load", "elsewhere/roads", "--from", "/nowhere/roads.gpkg"], "/nowhere/roads.gpkg"),
    ],
)
def test_what_can_be_expected_to_go_wrong_is_one_sentence(otn: Otn, arguments: list[str], sentence: str) -> None:
    result = otn(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("otn: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["load"], ["load", "be/ports", "--defaults"], ["load", "--defaults", "--clip"]])
def test_a_load_of_nothing_or_of_too_much_is_a_wrong_call(otn: Otn, arguments: list[str]) -> None:
    assert otn(*arguments).exit_code == 2


def test_a_mistyped_variable_is_named(otn: Otn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTN_PROT", "80")
    result = otn("config")
    assert result.exit_code == 1
    assert "OTN_PROT is not a setting" in result.stderr


@pytest.mark.parametrize("url", ["postgresql://me:secret@host/otn", "postgresql://host/otn?user=me&password=secret"])
def test_config_shows_settings_but_no_password(otn: Otn, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OTN_DATABASE_URL", url)
    shown = otn("config").stdout
    assert "OTN_DATABASE_URL=postgresql://" in shown
    assert "secret" not in shown


def test_check_says_what_is_wrong_and_what_to_do(otn: Otn, database_url: str) -> None:
    assert otn("check").exit_code == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP INDEX roads_geom_idx")
    result = otn("check")
    assert result.exit_code == 1
    assert "roads_geom_idx" in result.stdout


def test_a_load_whose_edition_cannot_be_built_is_committed_all_the_same(otn: Otn, settings: Settings) -> None:
    settings.editions_dir.write_text("a file in its place")
    loaded = otn("load", "lv/airports")
    assert (loaded.exit_code, "16 added" in loaded.stdout) == (0, True)
    assert "The edition of airports was not built: Not a directory" in loaded.stderr
    assert "airports has no edition. Run `otn editions build`." in otn("check").stdout
    settings.editions_dir.unlink()
    assert otn("editions", "build").stdout == ("airports: edition 1, 16 features, 1 of 1 parts built, 26 tiles made.\n")
    assert otn("editions", "build", "airports").stdout == "airports: edition 1, 16 features, nothing to do.\n"
    assert otn("check").exit_code == 0
    refused = otn("editions", "build", "airport")
    assert (refused.exit_code, "'airport' is no collection" in refused.stderr) == (2, True)


def test_damage_of_an_edition_is_found_and_mended(otn: Otn, settings: Settings, database_url: str) -> None:
    assert otn("load", "lv/airports").exit_code == 0
    assert otn("editions", "check").stdout == "Every edition is whole, and what the database holds.\n"
    [part] = settings.editions_dir.glob("airports/parts/*.part")
    [tiles] = settings.editions_dir.glob("airports/tiles/*.pmtiles")
    for file in (part, tiles):
        content = bytearray(file.read_bytes())
        content[len(content) // 3] ^= 4
        file.write_bytes(content)
    for command in (["editions", "check"], ["check"]):
        found = otn(*command)
        assert (found.exit_code, f"{part} is damaged." in found.stdout) == (1, True)
        assert f"{tiles} is damaged." in found.stdout
    assert "1 of 1 parts built, 26 tiles made" in otn("editions", "build").stdout
    assert otn("editions", "check").exit_code == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE dataset SET generalised_by = 'another program'")
    tiles.unlink()
    assert "The edition 1 of airports has no tiles. Run `otn editions build`." in otn("check").stdout
    assert "26 tiles made" in otn("editions", "build").stdout
    assert otn("check").exit_code == 0
    part.unlink()
    assert otn("editions", "list").stdout.splitlines()[1].split()[:5] == ["airports", "1", "to", "be", "built"]


def test_a_server_builds_what_is_missing_beside_it(otn: Otn, settings: Settings, tmp_path: Path) -> None:
    assert otn("load", "lv/airports").exit_code == 0
    before = settings.editions_dir.rename(tmp_path / "elsewhere")
    with _process(dataclasses.replace(settings, port=0), "serve") as process:
        _wait_until(lambda: (settings.editions_dir / "airports" / "1.json").exists())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert [part.name for part in settings.editions_dir.glob("airports/parts/*")] == [
        part.name for part in before.glob("airports/parts/*")
    ]


def test_check_of_a_database_that_is_not_migrated_says_so_and_no_more(otn: Otn) -> None:
    assert otn("db", "downgrade", "base", "--yes").exit_code == 0
    said = otn("check").stdout
    assert "The database is at revision none" in said
    assert "difference" not in said


def test_the_database_can_be_taken_down_and_up_again(otn: Otn, database_url: str) -> None:
    assert otn("db", "url").stdout.strip() == database_url
    assert otn("db", "downgrade", "base", "--yes").exit_code == 0
    assert migrations.current(database_url) is None
    assert otn("db", "upgrade").exit_code == 0
    assert migrations.current(database_url) == migrations.newest()


def test_a_port_that_is_taken_is_said_before_anything_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("OTN_PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("OTN_DATA_DIR", str(tmp_path / "data"))
        result = CliRunner().invoke(app, ["up"])
    assert result.exit_code == 1
    assert "Address already in use" in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_up_serves_what_is_loaded_until_it_is_stopped(stop: signal.Signals) -> None:
    with open_directory() as directory:
        settings = Settings(data_dir=directory / "data", port=0)
        with database(settings) as url:
            migrations.upgrade(url)
            _say_all_defaults_are_loaded(url)
        with _process(settings, "up") as process:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(5)]
            address = said[1].split()[-1]
            assert httpx.get(address).status_code == 200
            postmaster = settings.data_dir / "postgres" / "postmaster.pid"
            assert postmaster.exists()
            process.send_signal(stop)
            output, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, ""), output
        assert not postmaster.exists()


def test_a_load_that_is_stopped_changes_nothing_and_says_so(database_url: str, settings: Settings) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection, _process(settings, "load", "be/railways") as run:
        # Nothing can be merged before the signal comes.
        connection.execute("SELECT pg_advisory_lock(hashtextextended('railways', 1))")
        _wait_until(lambda: _is_staging(connection))
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=30)
    assert run.returncode == 130
    assert errors == "Stopped. A load that was running has changed nothing.\n"
    assert loads.committed(database_url) == set()


def _is_staging(connection: psycopg.Connection) -> bool:
    cursor = connection.execute(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%staged%'"
    )
    return cursor.fetchone() is not None
