"""The web application: the API and its pages put together, and the server that runs it."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from otn.api.access_log import AccessLog
from otn.api.connection import Connection
from otn.api.context import Api
from otn.api.download_files import DownloadFiles
from otn.api.editions import Editions
from otn.api.middleware import Answers, Endpoints, OnlyWhileConnected, Slashes
from otn.api.problems import Errors, Problems
from otn.api.rasters import Rasters
from otn.api.response_cache import ResponseCache
from otn.api.routes import endpoints, router
from otn.api.served import Served
from otn.edition.background import BackgroundBuild
from otn.edition.shelf import Shelf, watched
from otn.errors import RequestError, SettingsError
from otn.model.drawing import ICONS_DIR
from otn.model.service import read_service
from otn.portal.pages import STATIC_DIR, Pages
from otn.portal.static_files import WholeFiles
from otn.settings import Settings
from otn.store.pool import Pool

_BACKLOG = 2048
_SHUTDOWN_SECONDS = 5


def create_app(settings: Settings) -> Answers:
    """The application for the database at `settings.database_url`, which need not answer yet.

    Features and tiles are reached without FastAPI, whose way to them costs more than they do. Raises ConfigError for a
    wrong config/pygeoapi.yml, and SettingsError without a database URL or for an access log that cannot be written.
    """
    if settings.database_url is None:
        raise SettingsError("OTN_DATABASE_URL is not set: `otn serve` runs a database of its own and sets it.")
    service = read_service()
    renderer = Pages(service)
    pool = Pool(settings.database_url)
    shelf = Shelf(settings.editions_dir)
    building = BackgroundBuild(settings)
    rasters = Rasters(settings.rasters_dir)

    # Nobody but a proxy of ours is believed about whom it speaks for.
    proxies = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1") if settings.public_url else ""
    log = AccessLog(settings.access_log, proxies) if settings.access_log else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with watched(shelf, building.start):
            renewing = asyncio.create_task(downloads.renew())
            yield
            renewing.cancel()
            await downloads.close()
        await asyncio.to_thread(building.stop)
        await asyncio.to_thread(rasters.close)
        await pool.close()
        if log is not None:
            log.close()

    problems = Problems(renderer, settings.public_url)
    api = Api(service, pool, Served(pool, shelf), Editions(shelf), rasters, renderer, settings.public_url)
    downloads = DownloadFiles(api, settings.editions_dir, settings.downloads_gib * 2**30)
    documents = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers={RequestError: problems.on_request_error, HTTPException: problems.on_http_error},
    )
    # Inside FastAPI too, whose outermost layer would answer a mistake in words of its own.
    documents.add_middleware(Errors, problems=problems)
    documents.include_router(router(api))
    documents.mount("/static/icons", WholeFiles(directory=ICONS_DIR))
    documents.mount("/static", WholeFiles(directory=STATIC_DIR))
    found = Endpoints(endpoints(api, downloads), OnlyWhileConnected(documents))
    cache = ResponseCache(settings.cache_mib * 2**20) if settings.cache_mib else None
    return Answers(Slashes(Errors(found, problems), settings.public_url), cache, log)


def application() -> Answers:
    """The application as each worker process makes it, from the environment."""
    return create_app(Settings.from_environment())


def serve(settings: Settings, on_listening: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM, in `settings.workers` processes.

    Calls `on_listening` with the landing page's address once connections are accepted. Raises SettingsError where
    the port is taken, and what create_app raises.
    """
    app = create_app(settings)
    with _listener(settings) as listener, _signals_end_quietly():
        on_listening(settings.public_url or _address(listener))
        if settings.workers == 1:
            _Server(_config(app)).run(sockets=[listener])
        else:
            os.environ.update(settings.to_environment())
            config = _config("otn.app:application", workers=settings.workers, factory=True)
            Multiprocess(config, [listener]).run()


class _Server(uvicorn.Server):
    """Ends once, in order: a second Ctrl-C does not break off what the first one began."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.should_exit = True


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """uvicorn repeats the signal that stopped it; here that is the end, not another one.

    The end of the terminal, which uvicorn does not know, counts as SIGTERM, unless nohup keeps the server going.
    """
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    if (hang_up := signal.getsignal(signal.SIGHUP)) is not signal.SIG_IGN:
        before[signal.SIGHUP] = hang_up
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _config(app: ASGIApp | str, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        **more,
    )


def require_free_port(settings: Settings) -> None:
    """Raises SettingsError where `serve` could not listen."""
    _listener(settings).close()


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise SettingsError(
            f"OTN_HOST and OTN_PORT: cannot listen on {settings.host}, port {settings.port}: {reason}."
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"
