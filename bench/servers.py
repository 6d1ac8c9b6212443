"""OTN and its peers, each started as its documentation says, one worker process each, on the same database."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import yaml

from bench.client import get
from bench.data import DATA_DIR, TOOLS, VIEW
from otn.model.collections import ROADS
from otn.settings import ROOT, Settings

OWN = "OTN"
"""OTN with no answer kept: each is made anew."""
AGAIN = "OTN, asked again"
"""OTN as it is by default, which has answered the same before."""
BARE = "bare editions"
"""The server that shows what OTN adds to the reading of its editions."""

FLOOR = "uvicorn alone"
"""The server that OTN runs in, sending the bytes of OTN's answers from memory: what no answer made anew can beat."""
FILES = "nginx"

PEERS = TOOLS / "bench-venv" / "bin"
PROGRAMS = TOOLS / "bin"
_START_SECONDS = 120
_STOP_SECONDS = 10
_LARGEST_PAGE = 10_000
_TEXT = {"en": "bench"}
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Server:
    """A server that runs: its process, its port, the path of its roads, and what it is."""

    name: str
    port: int
    pid: int
    items: str
    description: str


@dataclass(frozen=True)
class Place:
    """Where a server finds its database and may write."""

    url: str
    directory: Path
    port: int
    workers: int

    @property
    def socket(self) -> str:
        """The directory of the database's Unix socket."""
        return parse_qs(urlsplit(self.url).query)["host"][0]


@dataclass(frozen=True)
class Command:
    """How a server is started; `items` is a path that it answers once it is ready."""

    arguments: Sequence[str]
    environment: dict[str, str]
    items: str
    description: str


def otn(place: Place, data_dir: Path = DATA_DIR, cache_mib: int = 0) -> Command:
    """`otn serve`, on the database that the bench loaded and the editions below `data_dir`."""
    return Command(
        [sys.executable, "-m", "otn", "serve"],
        {
            "OTN_DATABASE_URL": place.url,
            "OTN_DATA_DIR": str(data_dir),
            "OTN_CACHE_MIB": str(cache_mib),
            "OTN_PORT": str(place.port),
            "OTN_WORKERS": str(place.workers),
        },
        f"/collections/{ROADS.id}/items",
        f"OTN {version('otn')}: `otn serve` (uvicorn), {cache_mib} MiB of answers kept",
    )


def bare(place: Place) -> Command:
    """The reading of editions alone, in the server that OTN runs in."""
    return Command(
        _uvicorn(place, "bench.bare:app"),
        {"BENCH_EDITIONS": str(DATA_DIR / "editions"), "PYTHONPATH": str(ROOT)},
        "/items",
        "the reading of OTN's editions alone: no links, validation or headers",
    )


def floor(place: Place, files: Path) -> Command:
    """The sending of answers alone, in the server that OTN runs in; `files` are the answers."""
    return Command(
        _uvicorn(place, "bench.floor:app"),
        {"BENCH_FILES": str(files), "PYTHONPATH": str(ROOT)},
        "",
        "uvicorn: the bytes of OTN's answers from memory",
    )


def _uvicorn(place: Place, application: str) -> list[str]:
    """As `otn serve` runs it."""
    return [
        sys.executable, "-m", "uvicorn", application, "--host=127.0.0.1", f"--port={place.port}",
        f"--workers={place.workers}", "--loop=uvloop", "--http=httptools", "--lifespan=off", "--log-level=warning",
        "--no-access-log", "--no-server-header",
    ]  # fmt: skip


def tipg(place: Place) -> Command:
    """Uvicorn runs it, as in its documentation; its largest page is 10,000 features by default."""
    return Command(
        [
            str(PEERS / "uvicorn"), "tipg.main:app", "--host=127.0.0.1", f"--port={place.port}",
            f"--workers={place.workers}", "--log-level=warning", "--no-access-log",
        ],
        {
            "DATABASE_URL": f"postgresql://otn@{quote(place.socket, safe='')}:5432/otn",
            "TIPG_DB_SCHEMAS": '["public"]',
            "TIPG_DB_TABLES": json.dumps([f"public.{VIEW}"]),
        },
        f"/collections/public.{VIEW}/items",
        "tipg 1.6.1: uvicorn",
    )  # fmt: skip


def pygeoapi(place: Place) -> Command:
    """Gunicorn runs it, as in its container image; its PostgreSQL provider reads the view."""
    configuration = place.directory / "pygeoapi.yml"
    configuration.write_text(yaml.safe_dump(_pygeoapi_configuration(place)))
    document = place.directory / "pygeoapi-openapi.yml"
    subprocess.run(
        [PEERS / "pygeoapi", "openapi", "generate", configuration, "--output-file", document],
        env=os.environ | {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(document)},
        capture_output=True,
        check=True,
    )
    return Command(
        [
            str(PEERS / "gunicorn"), f"--workers={place.workers}", f"--bind=127.0.0.1:{place.port}",
            "--timeout=300", "--log-level=warning", "pygeoapi.flask_app:APP",
        ],
        {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(document)},
        f"/collections/{VIEW}/items",
        "pygeoapi 0.21.0: gunicorn, PostgreSQL provider",
    )  # fmt: skip


def pg_featureserv(place: Place) -> Command:
    """It is one process that uses all cores, whatever `workers` says.

    It never gives back a connection whose client left while rows came: with the four it takes by default it soon hangs.
    """
    configuration = place.directory / "pg_featureserv.toml"
    configuration.write_text(
        f'[Server]\nHttpHost = "127.0.0.1"\nHttpPort = {place.port}\nAssetsPath = "{TOOLS}/pg_featureserv-assets"\n'
        "WriteTimeoutSec = 300\n"
        f'[Database]\nTableIncludes = ["public.{VIEW}"]\nDbPoolMaxConns = 50\n'
        f"[Paging]\nLimitDefault = 10\nLimitMax = {_LARGEST_PAGE}\n"
    )
    return Command(
        [str(PROGRAMS / "pg_featureserv"), "--config", str(configuration)],
        {"DATABASE_URL": f"host={place.socket} port=5432 user=otn dbname=otn"},
        f"/collections/public.{VIEW}/items.json",
        "pg_featureserv 1.3.1: one process, all cores",
    )


def nginx(place: Place, files: Path) -> Command:
    """Serves `files`, the answers of OTN: what no server of features can beat."""
    configuration = place.directory / "nginx.conf"
    configuration.write_text(
        f"""daemon off; worker_processes {place.workers}; pid {place.directory}/nginx.pid; error_log stderr crit;
user root;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/geo+json;
  {_temporary_paths(place.directory)}
  server {{ listen 127.0.0.1:{place.port}; root {files}; }}
}}
"""
    )
    return Command(["nginx", "-c", str(configuration)], {}, "", "nginx: the bytes of OTN's answers as files")


Maker = Callable[[Place], Command]
SERVERS: dict[str, Maker] = {
    OWN: otn,
    AGAIN: lambda place: otn(place, cache_mib=Settings().cache_mib),
    BARE: bare,
    "tipg": tipg,
    "pygeoapi": pygeoapi,
    "pg_featureserv": pg_featureserv,
}


@contextmanager
def running(name: str, place: Place, make: Maker) -> Iterator[Server]:
    """Starts a server and stops it at the end. Raises RuntimeError with its last words if it does not answer."""
    command = make(place)
    log = place.directory / f"{name}.log"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("OTN_", "PG", "TIPG_"))}
    with log.open("w") as output:
        process = subprocess.Popen(
            command.arguments,
            cwd=ROOT if name.startswith(OWN) else place.directory,
            env=inherited | command.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, place.port, command.items or "/", log)
        yield Server(name, place.port, process.pid, command.items, command.description)
    finally:
        _stop(process)


@contextmanager
def all_running(url: str, directory: Path, first_port: int, workers: int) -> Iterator[dict[str, Server]]:
    """OTN and its peers, side by side."""
    with ExitStack() as stack:
        servers = {}
        for port, (name, make) in enumerate(SERVERS.items(), first_port):
            place = Place(url, directory, port, workers)
            servers[name] = stack.enter_context(running(name, place, make))
        yield servers


def _wait(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if get(port, f"{path}?limit=1").status < 500:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"A server of the bench does not answer; its last words:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _pygeoapi_configuration(place: Place) -> dict[str, object]:
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": place.port},
            "url": f"http://127.0.0.1:{place.port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": _LARGEST_PAGE},
            "map": {"url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png", "attribution": "OpenStreetMap"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": _TEXT,
                "description": _TEXT,
                "keywords": {"en": ["bench"]},
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "https://example.org",
            },
            "license": {"name": "none", "url": "https://example.org"},
            "provider": {"name": "bench", "url": "https://example.org"},
            "contact": {"name": "bench", "position": "none"},
        },
        "resources": {VIEW: _pygeoapi_collection(place)},
    }


def _pygeoapi_collection(place: Place) -> dict[str, object]:
    return {
        "type": "collection",
        "title": _TEXT,
        "description": _TEXT,
        "keywords": {"en": ["bench"]},
        "links": [],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": _CRS84}},
        "providers": [
            {
                "type": "feature",
                "name": "PostgreSQL",
                "data": {"host": place.socket, "port": 5432, "dbname": "otn", "user": "otn"},
                "table": VIEW,
                "id_field": "id",
                "geom_field": "geom",
                "storage_crs": _CRS84,
                "crs": [_CRS84, "http://www.opengis.net/def/crs/EPSG/0/3857"],
            }
        ],
    }


def _temporary_paths(directory: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {directory}/nginx-{kind};" for kind in kinds)
