"""The private cluster starts anywhere, is shared, stops when nobody uses it, and survives every kill."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from otn.errors import ClusterError
from otn.settings import ROOT, Settings
from otn.store.cluster import database
from tests.conftest import open_directory
from tests.processes import Process

_HOLDER = """
import sys
from pathlib import Path
from otn.settings import ROOT, Settings
from otn.store.cluster import database
with database(Settings(data_dir=Path(sys.argv[1]))) as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def settings() -> Iterator[Settings]:
    """A data directory of its own, whose path has what shells stumble over."""
    with open_directory() as directory:
        yield Settings(data_dir=directory / """a "quoted" $HOME `path` with spaces, 'too'""")


@pytest.fixture
def holder(settings: Settings) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts other processes that use the cluster until their standard input ends."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _HOLDER, str(settings.data_dir)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.communicate()


def _postmaster(settings: Settings) -> int:
    return int((settings.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def _runs(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def _write_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (42)")


def _kept_rows(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def test_it_listens_on_a_private_socket_only_and_stops_with_its_last_user(settings: Settings) -> None:
    with database(settings) as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT current_setting('listen_addresses'), current_setting('fsync')").fetchone()
            directory = Path(connection.info.host)
        assert row == ("", "on")
        assert directory.stat().st_mode & 0o777 == 0o700
        assert len(str(directory / ".s.PGSQL.5432")) < 107
        postmaster = _postmaster(settings)
        assert os.getsid(postmaster) != os.getsid(0), "a Ctrl-C in the terminal would reach PostgreSQL"
    assert not _runs(postmaster)


def test_its_log_is_compressed_by_the_cheapest_means_there_is(settings: Settings) -> None:
    known = "SELECT 'lz4' = ANY (enumvals), setting FROM pg_settings WHERE name = 'wal_compression'"
    with database(settings) as url, psycopg.connect(url) as connection:
        assert connection.execute(known).fetchone() in [(True, "lz4"), (False, "pglz")]


def test_a_path_of_150_characters_works() -> None:
    with open_directory() as directory:
        path = directory / ("x" * (149 - len(str(directory))))
        with database(Settings(data_dir=path)) as url:
            _write_a_row(url)


def test_a_directory_that_the_servers_user_cannot_enter_works() -> None:
    with open_directory() as directory:
        directory.chmod(0o700)
        link = directory / "postgres"
        for _ in range(2):
            with database(Settings(data_dir=directory)) as url, psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        if link.is_symlink():  # as root; an ordinary user's server can enter whatever its user can
            shutil.rmtree(link.readlink())


def test_data_stays_when_it_stops(settings: Settings) -> None:
    with database(settings) as url:
        _write_a_row(url)
    with database(settings) as url:
        assert _kept_rows(url) == [(42,)]


def test_variables_of_other_postgresqls_do_not_matter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOST": "nowhere.invalid", "PGPORT": "1", "PGDATA": "/nowhere", "PGUSER": "nobody"}.items():
        monkeypatch.setenv(name, value)
    with database(settings) as url:
        _write_a_row(url)


def test_processes_share_it_and_the_last_one_stops_it(
    settings: Settings, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    others = [holder() for _ in range(3)]  # at once, on a directory where there is nothing yet
    with database(settings) as url:
        for other in others:
            assert other.stdout is not None
            assert other.stdout.readline().strip() == url
        postmaster = _postmaster(settings)
    assert _runs(postmaster)
    for other in others:
        other.communicate()
    assert not _runs(postmaster)


def test_a_cluster_whose_user_was_killed_is_used_again_and_stopped(
    settings: Settings, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    killed = holder()
    assert killed.stdout is not None
    killed.stdout.readline()
    postmaster = _postmaster(settings)
    killed.kill()
    killed.wait()
    assert _runs(postmaster)
    with database(settings) as url:
        assert _postmaster(settings) == postmaster
        _write_a_row(url)
    assert not _runs(postmaster)


def test_a_killed_postmaster_with_a_busy_backend_loses_nothing(settings: Settings) -> None:
    with database(settings) as url:
        _write_a_row(url)
        with closing(psycopg.connect(url)) as connection:
            backend = connection.info.backend_pid
            os.kill(backend, signal.SIGSTOP)  # it cannot notice that its postmaster is gone
            os.kill(_postmaster(settings), signal.SIGKILL)
            with database(settings) as again:
                assert _kept_rows(again) == [(42,)]
            assert not _runs(backend)


def test_a_process_id_that_now_is_another_programs_does_not_keep_it_from_starting(settings: Settings) -> None:
    with database(settings) as url:
        _write_a_row(url)
    stale = settings.data_dir / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n\n\n")
    with database(settings) as url:
        assert _kept_rows(url) == [(42,)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_broken_off_leaves_no_process(settings: Settings, number: signal.Signals) -> None:
    environment = os.environ | settings.to_environment()
    command = [sys.executable, "-m", "otn", "db", "url"]
    with Process(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as start:
        lock_file = settings.data_dir / "postgres" / "postmaster.pid"
        while not lock_file.exists():
            assert start.poll() is None
        start.send_signal(number)
        start.communicate(timeout=60)
    assert not lock_file.exists()
    with database(settings) as url:
        _write_a_row(url)


def test_what_a_killed_initdb_left_behind_is_cleared(settings: Settings) -> None:
    half = settings.data_dir / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("15\n")
    with database(settings) as url:
        _write_a_row(url)
    assert not half.exists()


def test_a_lost_socket_directory_is_made_again(settings: Settings) -> None:
    with database(settings) as url:
        _write_a_row(url)
        with psycopg.connect(url) as connection:
            directory = Path(connection.info.host)
        shutil.rmtree(directory)
        with database(settings) as again:
            assert _kept_rows(again) == [(42,)]


def test_a_socket_directory_that_others_can_enter_is_refused(settings: Settings) -> None:
    with database(settings) as url, psycopg.connect(url) as connection:
        directory = Path(connection.info.host)
    directory.mkdir(mode=0o777)
    directory.chmod(0o777)
    with pytest.raises(ClusterError, match=f"{directory} is not a private directory"), database(settings):
        pass
    directory.rmdir()


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClusterError, match="Not a directory"), database(Settings(data_dir=tmp_path / "file" / "data")):
        pass


def test_a_damaged_cluster_says_what_postgresql_says(settings: Settings) -> None:
    with database(settings):
        pass
    (settings.data_dir / "postgres" / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(ClusterError, match=r"does not start in .*: .*contains errors\.$"), database(settings):
        pass


def test_a_database_that_does_not_answer_is_said_without_its_password() -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/nowhere"
    with pytest.raises(ClusterError, match="does not answer") as error, database(Settings(database_url=url)):
        pass
    assert "secret" not in str(error.value)


def test_a_named_database_is_used_as_it_is(database_url: str) -> None:
    with database(Settings(database_url=database_url)) as url:
        assert url == database_url
