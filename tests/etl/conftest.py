"""A publisher that misbehaves, and downloads from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from otn.etl.download import Downloaded, DownloadLimits, fetch
from otn.etl.progress import Silent
from tests.etl.publisher import HOST, Get, Publisher, World, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as publisher:
        yield publisher


@pytest.fixture
def world(publisher: Publisher) -> World:
    return World(publisher.port)


@pytest.fixture
def get(world: World, tmp_path: Path) -> Get:
    def fetched(
        url: str = f"http://{HOST}/roads.csv", *, name: str | None = None, sha256: str | None = None, **limits: float
    ) -> Downloaded:
        return fetch(
            url,
            cache=tmp_path / "cache",
            progress=Silent(),
            limits=DownloadLimits(**limits),  # type: ignore[arg-type]
            name=name,
            sha256=sha256,
            outside=world.outside,
        )

    return fetched
