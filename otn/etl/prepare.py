"""What serving needs beside the data: the base map, and overviews where they are missing or out of date."""

import psycopg

from otn.errors import ClusterError
from otn.etl.basemap import load_basemap
from otn.etl.generalise import generalise_outdated
from otn.etl.progress import Progress


def prepare_tiles(url: str, progress: Progress) -> None:
    """Makes what is missing; mostly nothing is. Raises ClusterError where the database cannot take it."""
    try:
        progress.stage("base map", None)
        load_basemap(url)
        progress.stage("overviews for low zooms", None)
        generalise_outdated(url)
    except psycopg.Error as error:
        raise ClusterError(f"What tiles are made from cannot be stored: {str(error).splitlines()[0]}.") from error
