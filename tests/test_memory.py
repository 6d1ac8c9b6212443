"""What a server at rest does not hold: libraries that most requests have no use for."""

import subprocess
import sys

import pytest

HEAVY = (
    "adbc_driver_manager.dbapi",
    "alembic",
    "geopandas",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "shapely",
    "sqlalchemy",
)


def loaded(code: str) -> set[str]:
    """Which of the heavy libraries a program has in memory at its end."""
    told = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if sys.modules.get(name)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["otn.cli", "otn.app"])
def test_a_server_at_rest_holds_no_heavy_library(module: str) -> None:
    assert loaded(f"import {module}") == set()


def test_a_load_imports_no_library_of_a_format_that_it_does_not_read() -> None:
    unused = ("fastapi", "openpyxl", "rasterio", "sqlalchemy")
    code = f"import otn.etl.pipeline, sys; print(*(name for name in {unused!r} if name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_column_that_a_load_frees_goes_back_though_something_later_stays() -> None:
    code = """
import numpy as np
from pathlib import Path
from otn.etl.memory import share_allocator
def resident():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024
share_allocator()
np.ones(16_000_000, np.uint8)
before = resident()
column = np.ones(12_000_000, np.uint8)
kept = np.ones(900_000, np.uint8)
del column
print(resident() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 4  # MB


def test_a_program_whose_database_is_ready_needs_none(database_url: str) -> None:
    prepare = "from otn.etl.prepare import prepare_tiles; from otn.etl.progress import Silent"
    ready = f"from otn.store import migrations; migrations.upgrade(url); {prepare}; prepare_tiles(url, Silent())"
    loaded(f"url = {database_url!r}; {ready}")
    assert loaded(f"url = {database_url!r}; {ready}") == set()


def test_an_arrow_stream_is_written_without_pandas(database_url: str) -> None:
    assert "pandas" not in loaded(
        f"""
import io, pyarrow
from otn.api.crs import CRS84
from otn.api.encoders.arrow_schema import table_schema
from otn.api.encoders.table import table_sql
from otn.api.encoders.table_formats import ArrowStream, GeoParquet
from otn.api.encoders.view import Page, View
from otn.model.collections import ROADS
from otn.store.arrow_rows import ArrowRows
import psycopg
from tests.api.formats import fill_nasty
fill_nasty({database_url!r})
for written in (ArrowStream(), GeoParquet()):
    view = View(ROADS, ROADS.fields, CRS84, "f.geom", 7)
    sql = table_sql(view, bounds=written.with_bounds)
    with ArrowRows({database_url!r}, sql).batches(table_schema(view, bounds=written.with_bounds)) as batches:
        written.write(batches, Page(view, "", "", ""), io.BytesIO())
"""
    )
