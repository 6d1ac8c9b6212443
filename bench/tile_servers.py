"""Servers of tiles: OTN without ready-made ones, and martin and tipg as their documentation says; one worker each."""

import json
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import yaml

from bench.servers import PROGRAMS, Command, Place, tipg
from bench.tile_views import TileView
from otn.model.collections import ROADS
from otn.settings import ROOT
from otn.store.tile_sql import BUFFER, EXTENT

MARTIN = "martin"
"""martin as it is by default: it keeps tiles in memory."""
MARTIN_ANEW = "martin, none kept"
MARTIN_PROGRAM = PROGRAMS / MARTIN
NO_MARTIN = "it is not built: see scripts/install-bench.sh"
_MARTIN = "martin 1.14.0"
_MOST_FEATURES = 10**6

assert (EXTENT, BUFFER) == (4096, 64), "martin's defaults are no longer those of OTN's tiles"  # noqa: S101


def otn_without_editions(place: Place) -> Command:
    """OTN's application alone: `otn serve` would begin to build what is missing, and then send ready-made tiles."""
    return Command(
        [
            sys.executable, "-m", "uvicorn", "otn.app:application", "--factory", "--host=127.0.0.1",
            f"--port={place.port}", f"--workers={place.workers}", "--loop=uvloop", "--http=httptools",
            "--log-level=warning", "--no-access-log", "--no-server-header",
        ],
        {
            "OTN_DATABASE_URL": place.url,
            "OTN_DATA_DIR": str(place.directory / "no-editions"),
            "OTN_CACHE_MIB": "0",
            "PYTHONPATH": str(ROOT),
        },
        f"/collections/{ROADS.id}/items",
        f"OTN {version('otn')}: from PostgreSQL, no tile kept",
    )  # fmt: skip


def martin_of_file(tiles: Path, *, kept: bool) -> Callable[[Place], Command]:
    """martin serving OTN's own file of tiles, with the cache that it has by default, or where it is not `kept` none."""

    def command(place: Place) -> Command:
        sources = {"pmtiles": {"sources": {ROADS.id: str(tiles)}}}
        if kept:
            return _martin(place, sources, "of OTN's file of tiles")
        return _martin(place, {"cache": "disable", **sources}, "of OTN's file of tiles, no tile kept")

    return command


def martin_of_views(views: list[TileView]) -> Callable[[Place], Command]:
    """martin making tiles from the views; it keeps none, as OTN does in this comparison."""

    def command(place: Place) -> Command:
        tables = {view.name: _table(view) for view in views}
        postgres = {
            "connection_string": _address(place),
            "auto_publish": False,
            "auto_bounds": "skip",
            "tables": tables,
        }
        return _martin(place, {"cache": "disable", "postgres": postgres}, "from PostgreSQL, no tile kept")

    return command


def tipg_of_views(views: list[TileView]) -> Callable[[Place], Command]:
    """tipg making tiles from the views, with OTN's buffer, and of as many features as there are, not of 10,000."""

    def command(place: Place) -> Command:
        known = tipg(place)
        more = {
            "TIPG_DB_TABLES": json.dumps([f"public.{view.name}" for view in views]),
            "TIPG_TILE_BUFFER": str(BUFFER),
            "TIPG_MAX_FEATURES_PER_TILE": str(_MOST_FEATURES),
        }
        return Command(known.arguments, known.environment | more, "/collections", known.description)

    return command


def _martin(place: Place, sources: Mapping[str, object], what: str) -> Command:
    configuration = place.directory / f"martin-{place.port}.yaml"
    settings = {"listen_addresses": f"127.0.0.1:{place.port}", "worker_processes": place.workers, **sources}
    configuration.write_text(yaml.safe_dump(settings))
    return Command([str(MARTIN_PROGRAM), "--config", str(configuration)], {}, "/health", f"{_MARTIN}: {what}")


def _table(view: TileView) -> dict[str, object]:
    return {
        "layer_id": ROADS.id,
        "schema": "public",
        "table": view.name,
        "srid": view.srid,
        "geometry_column": "geom",
        "id_column": "id",
        "properties": dict.fromkeys(view.properties, "text"),
    }


def _address(place: Place) -> str:
    return f"host={place.socket} port=5432 user=otn dbname=otn"
