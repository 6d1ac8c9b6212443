"""The API as clients see it: a real server on a socket before a real database with known content."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from otn.api.connection import Connection
from otn.app import create_app
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.settings import ROOT, Settings
from tests.api.formats import fill_nasty
from tests.api.sample import fill
from tests.conftest import MadeOnce
from tests.heights import write_heights


class _Server(uvicorn.Server):
    """A server that says when it is there."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_there = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_there.set()


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address of the application, served as long as the block runs.

    The data directory of this checkout, which may hold editions of another database, is none of a test's business.
    """
    with TemporaryDirectory(prefix="otn test ") as data_dir:
        if settings.data_dir == Settings().data_dir:
            settings = replace(settings, data_dir=Path(data_dir))
        with running(create_app(settings), http=Connection) as address:
            yield address


@contextmanager
def running(app: ASGIApp, http: type[Connection] | Literal["httptools"] = "httptools") -> Iterator[str]:
    """The address of any application, served as long as the block runs; only ours has connections of its own."""
    config = uvicorn.Config(
        app, port=0, log_level="error", http=http, ws="none", lifespan="auto", server_header=False, proxy_headers=False
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.is_there.wait(20)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def nasty_url(made_once: MadeOnce) -> str:
    """The URL of a database, to be read only, whose features hold what breaks naive writers."""
    return made_once("otn_nasty", fill_nasty)


@pytest.fixture(scope="session")
def address(sample_url: str) -> Iterator[str]:
    """The address of the service before the sample."""
    with served(Settings(database_url=sample_url)) as address:
        yield address


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """A client that says nothing about what it accepts, as programs do."""
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def heights_service(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings, with its address as public URL, of a service of the sample and of a raster of heights."""
    url, data_dir = made_once("otn_heights", fill), tmp_path_factory.mktemp("heights")
    registry = Registry.read()
    load_dataset(
        url,
        registry.dataset("fr/srtm-elevation"),
        registry=registry,
        progress=Silent(),
        wishes=Wishes([write_heights(data_dir / "N43E007.tif")]),
        rasters=data_dir / "rasters",
    )
    settings = Settings(database_url=url, data_dir=data_dir)
    with served(settings) as address:
        yield replace(settings, public_url=address)


@pytest.fixture(scope="session")
def heights(heights_service: Settings) -> Iterator[httpx.Client]:
    """A client of that service."""
    with httpx.Client(base_url=heights_service.public_url or "", timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def real_schemas() -> Path:
    """The folder of the standards' schemas beside the project."""
    folder = Path(os.environ.get("OTN_REAL_SCHEMAS") or ROOT.parent / "shared" / "schemas")
    if not folder.is_dir():
        pytest.skip(f"there are no schemas in {folder}; OTN_REAL_SCHEMAS names another folder")
    return folder
