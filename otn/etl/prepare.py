"""What serving needs beside the data: the base map, and overviews where they are missing or out of date."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from otn.errors import ClusterError
from otn.etl.basemap import load_basemap
from otn.etl.generalise import generalise_outdated
from otn.etl.progress import Progress


def prepare_tiles(url: str, progress: Progress) -> None:
    """Makes what is missing; mostly nothing is. Raises ClusterError where the database cannot take it."""
    with _told():
        progress.stage("base map", None)
        load_basemap(url)
    prepare_overviews(url, progress)


def prepare_overviews(url: str, progress: Progress) -> None:
    """Makes the overviews that are missing or out of date. Raises ClusterError as `prepare_tiles` does."""
    with _told():
        progress.stage("overviews for low zooms", None)
        generalise_outdated(url)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise ClusterError(f"What tiles are made from cannot be stored: {str(error).splitlines()[0]}.") from error
