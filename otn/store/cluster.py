"""The database: the one a person names, or a private PostgreSQL cluster that OTN makes, starts, shares and stops.

The private cluster listens on a Unix socket only and lets in its owner and root, by peer authentication, so another
PostgreSQL on the same machine is no matter and there is no password to keep. Its processes share it: each holds a
shared lock while it uses the cluster, and the last one to leave stops it. Locks belong to the kernel, so a killed
process leaves none behind.
"""

import fcntl
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from otn.errors import ClusterError
from otn.settings import Settings
from otn.store import installed

MINIMUM_POSTGIS = (3, 3)

# Where the data of a cluster lies that root starts from a place the server's user may not enter, such as /root.
_HOME = Path("/var/lib/otn")
_SOCKETS = Path("/tmp")  # noqa: S108 - the path of a socket must stay under 107 bytes; ownership and mode are checked
_START_LIMIT = 300
_STOP_LIMIT = 60
_LOCK_FILE_LIMIT = 5

_CONFIGURATION = """
# OTN: settings for a machine of two cores, where one load and some tens of readers share the cluster.
shared_buffers = 256MB
effective_cache_size = 2GB
maintenance_work_mem = 256MB
work_mem = 16MB
max_wal_size = 4GB
wal_compression = {wal_compression}
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
jit = off
log_checkpoints = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Yields the URL of a database that answers and offers PostGIS; without `database_url` it is the private cluster's.

    Raises ClusterError when PostgreSQL or PostGIS is missing or too old, or does not start or answer.
    """
    if settings.database_url is not None:
        _require_postgis(settings.database_url)
        yield settings.database_url
        return
    cluster = _Cluster.of(settings)
    with cluster.in_use():
        url = cluster.url("otn")
        _require_postgis(url)
        yield url


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ClusterError(f"The database cannot be kept in {path}: {error.strerror} ({error.filename}).") from error


@dataclass(frozen=True)
class _Cluster:
    """One private cluster. `link` is its place in the data directory: the data itself, or a symbolic link to it."""

    link: Path
    fingerprint: str
    user: pwd.struct_passwd
    programs: Path

    @classmethod
    def of(cls, settings: Settings) -> "_Cluster":
        link = settings.data_dir / "postgres"
        with _translating(settings.data_dir):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            return cls(link, settings.fingerprint, _server_user(link), installed.programs(link))

    @property
    def directory(self) -> Path:
        """Where the data really lies: the server's user may not be able to follow the link."""
        return self.link.resolve()

    @property
    def socket_dir(self) -> Path:
        return _SOCKETS / f"otn-{self.user.pw_uid}-{self.fingerprint}"

    def url(self, name: str) -> str:
        """A URI for libpq and asyncpg; it leaves nothing to PG* variables of the environment."""
        return f"postgresql:///{name}?host={self.socket_dir}&port=5432&user=otn"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Runs the cluster as long as anybody uses it."""
        users = self._open_lock("postgres.users")
        try:
            with self._alone():
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                with self._alone():
                    self._ensure_running()
                    _create_database(self.url("postgres"))
                yield
            finally:  # of a start that was broken off too
                with self._alone():
                    if _last_one(users):
                        self._stop()
        finally:
            os.close(users)

    def _open_lock(self, name: str) -> int:
        path = self.link.with_name(name)
        with _translating(self.link.parent):
            # Read-only, so that a lock file that root made does not keep the owner of the directory out.
            return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._open_lock("postgres.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _ensure_running(self) -> None:
        with _translating(self.link.parent):
            if not self.link.exists():
                self._initialise()
        if not self._reachable(self.directory):
            raise ClusterError(f"The user {self.user.pw_name}, who runs PostgreSQL, cannot enter {self.directory}.")
        self._make_socket_dir()
        deadline = time.monotonic() + _START_LIMIT
        while self._processes(self._is_postmaster):
            answer = self._run("pg_isready", "--quiet", "--host", str(self.socket_dir), "--port", "5432")
            if answer.returncode == 0:
                return
            if answer.returncode == 2:  # no response: its socket is gone, or was made for another path of this tree
                self._stop()
            elif time.monotonic() > deadline:
                raise ClusterError(f"PostgreSQL in {self.link} has been starting for {_START_LIMIT} seconds.")
            time.sleep(0.1)
        self._start()

    def _initialise(self) -> None:
        """Makes the cluster beside its place and moves it there when it is whole."""
        scratch = self._scratch(self.link.with_name("postgres.new"))
        if self._reachable(scratch):
            self._initdb(scratch)
            scratch.rename(self.link)
            return
        scratch.rmdir()
        _HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        _HOME.chmod(0o755)  # whatever the umask is
        scratch = self._scratch(_HOME / f"{self.fingerprint}.new")
        self._initdb(scratch)
        # Random, since the path that gives the fingerprint may have been another clone's, which was moved since.
        target = scratch.rename(_HOME / f"{self.fingerprint}-{secrets.token_hex(4)}")
        self.link.unlink(missing_ok=True)  # a link whose target is gone
        self.link.symlink_to(target)

    def _scratch(self, path: Path) -> Path:
        shutil.rmtree(path, ignore_errors=True)  # what a killed process left half finished
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        return path

    def _initdb(self, directory: Path) -> None:
        made = self._run(
            "initdb", "--pgdata=.", "--username=otn", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
            "--auth=reject", directory=directory,
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(directory, ignore_errors=True)
            raise ClusterError(f"The database cluster cannot be made in {directory}: {_mistake(made.stderr)}")
        names = {self.user.pw_name, "root"}
        (directory / "pg_hba.conf").write_text("local all all peer map=otn\n")
        (directory / "pg_ident.conf").write_text("".join(f'otn "{name}" otn\n' for name in sorted(names)))
        with (directory / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION.format(wal_compression=self._wal_compression(directory)))

    def _wal_compression(self, directory: Path) -> str:
        """LZ4 where this PostgreSQL was built with it: indexes are built in two thirds of the time."""
        known = self._run(
            "postgres", "-D", ".", "-c", "wal_compression=lz4", "-C", "wal_compression", directory=directory
        )
        return "lz4" if known.returncode == 0 else "on"

    def _make_socket_dir(self) -> None:
        """The socket's directory, private to the server's user: nobody else may answer in its place."""
        path = self.socket_dir
        with _translating(path):
            if not path.is_symlink() and not path.exists():
                path.mkdir(mode=0o700)
                if os.geteuid() == 0:
                    os.chown(path, self.user.pw_uid, self.user.pw_gid)
            status = path.lstat()
        if path.is_symlink() or status.st_uid != self.user.pw_uid or status.st_mode & 0o077:
            raise ClusterError(f"{path} is not a private directory of {self.user.pw_name}: remove it and try again.")

    def _start(self) -> None:
        self._make_socket_dir()
        self._clear_remains()
        log = self.link / "server.log"
        before = log.stat().st_size if log.exists() else 0
        options = f"-c listen_addresses= -c port=5432 -c unix_socket_directories={self.socket_dir}"
        started = self._run(
            "pg_ctl", "start", "--pgdata=.", "--log=server.log", f"--timeout={_START_LIMIT}", f"--options={options}",
            directory=self.directory,
        )  # fmt: skip
        if started.returncode != 0:
            said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
            raise ClusterError(f"PostgreSQL does not start in {self.link}: {_mistake(said or started.stderr)}")

    def _stop(self) -> None:
        self._wait_for_lock_file()
        if not self._processes(self._is_postmaster):
            return
        stopped = self._run(
            "pg_ctl", "stop", "--pgdata=.", "--mode=fast", f"--timeout={_STOP_LIMIT}", directory=self.directory
        )
        if stopped.returncode != 0 and self._processes(self._is_postmaster):
            raise ClusterError(f"PostgreSQL in {self.link} does not stop: {_mistake(stopped.stderr)}")
        with suppress(OSError):
            self.socket_dir.rmdir()

    def _wait_for_lock_file(self) -> None:
        """A start that was broken off goes on by itself; its process can be told once it has written its lock file."""
        deadline = time.monotonic() + _LOCK_FILE_LIMIT
        while self._processes(lambda _: True) and not self._processes(self._is_postmaster):
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)

    def _clear_remains(self) -> None:
        """Ends what a killed postmaster left behind, which would keep the next one from starting.

        Backends outlive it while they are busy and hold its shared memory. Killing them loses nothing: without a
        postmaster the next start recovers from the log anyway. Its lock files name a process id that by now may be
        another program's.
        """
        for process in self._processes(lambda _: True):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + _STOP_LIMIT
        while remaining := self._processes(lambda _: True):
            if time.monotonic() > deadline:
                raise ClusterError(f"Processes of a PostgreSQL that was killed do not end: {remaining}.")
            time.sleep(0.05)
        with _translating(self.link):
            for name in (self.link / "postmaster.pid", *self.socket_dir.glob(".s.PGSQL.*")):
                name.unlink(missing_ok=True)

    def _is_postmaster(self, process: int) -> bool:
        try:
            return (self.link / "postmaster.pid").read_text().split("\n")[0] == str(process)
        except FileNotFoundError:
            return False

    def _processes(self, which: Callable[[int], bool]) -> list[int]:
        """The server processes of this cluster: they, and nothing else, are `postgres` running in its directory."""
        return [process for process in _all_processes() if _serves(process, self.directory) and which(process)]

    def _reachable(self, directory: Path) -> bool:
        """Whether the server's user can enter and write `directory`."""
        return self._as_server(["test", "-x", str(directory), "-a", "-w", str(directory)], Path("/")).returncode == 0

    def _run(self, program: str, *arguments: str, directory: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Runs a program of PostgreSQL.

        Programs get `.` for the directory they run in: whatever characters its path has, no shell sees them.
        """
        with _translating(directory):
            return self._as_server([str(self.programs / program), *arguments], directory)

    def _as_server(self, command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command as the server's user, out of reach of Ctrl-C, and without this environment's PG* variables."""
        other = os.geteuid() != self.user.pw_uid
        return subprocess.run(
            command,
            cwd=directory,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            start_new_session=True,
            check=False,
            user=self.user.pw_uid if other else None,
            group=self.user.pw_gid if other else None,
            extra_groups=[] if other else None,
        )


def _server_user(link: Path) -> pwd.struct_passwd:
    """Who runs the server: the owner of the data; for new data postgres where root starts it, else whoever does."""
    me = os.geteuid()
    if link.exists():
        owner = _user(link.stat().st_uid)
        if me not in (0, owner.pw_uid):
            raise ClusterError(
                f"The database in {link} belongs to {owner.pw_name}: start OTN as {owner.pw_name} or root."
            )
        return owner
    if me != 0:
        return _user(me)
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError(installed.missing("PostgreSQL")) from None


def _user(number: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(number)
    except KeyError:
        raise ClusterError(
            f"PostgreSQL runs for users that have a name only, and the one with the number {number} has none: "
            "give it an entry in /etc/passwd, or set OTN_DATABASE_URL."
        ) from None


def _last_one(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _serves(process: int, directory: Path) -> bool:
    try:
        named = Path(f"/proc/{process}/comm").read_text().strip()
        return named == "postgres" and Path(f"/proc/{process}/cwd").readlink() == directory
    except OSError:  # it ended meanwhile, or is another user's
        return False


def _mistake(said: str) -> str:
    """The sentence of a PostgreSQL program's output that says why it failed."""
    found = re.findall(r"(?:FATAL|PANIC|error): +(.+)", said)
    return (found or said.strip().splitlines()[-1:] or ["it does not say why"])[0].rstrip(".") + "."


def _create_database(url: str) -> None:
    with _connected(url) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'otn'").fetchone() is None:
            connection.execute("CREATE DATABASE otn")


def _require_postgis(url: str) -> None:
    with _connected(url) as connection:
        version = connection.info.server_version // 10000
        if version < installed.MINIMUM_POSTGRESQL:
            raise ClusterError(
                f"The database runs PostgreSQL {version}; OTN needs {installed.MINIMUM_POSTGRESQL} or newer."
            )
        found = connection.execute(
            "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'postgis'"
        ).fetchone()
    if found is None:
        raise ClusterError(installed.missing("PostGIS", version))
    if tuple(int(number) for number in re.findall(r"\d+", found[0])[:2]) < MINIMUM_POSTGIS:
        raise ClusterError(f"The database has PostGIS {found[0]}; OTN needs 3.3 or newer.")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="otn") as connection:
            yield connection
    except psycopg.Error as error:
        raise ClusterError(f"The database does not answer: {str(error).splitlines()[0]}.") from error
