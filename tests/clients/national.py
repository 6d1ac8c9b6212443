"""A database with one collection in each partner region, so that each of its national systems is on offer."""

from collections.abc import Callable

import psycopg

from otn.etl.generalise import generalise_outdated
from otn.model.datasets import Registry
from tests.api.sample import declare, insert
from tests.conftest import clone

PLACES = {
    # Wechelderzande; Prague and Plzeň; Riga and Liepāja; off Scotland and on the Thames; Athens and Heraklion.
    "roads": ("LINESTRING(4.7800 51.2600, 4.7850 51.2610)", "LINESTRING(4.7870 51.2620, 4.7900 51.2650, 4.8 51.27)"),
    "railways": ("LINESTRING(14.4208 50.0880, 15.0 50.2)", "LINESTRING(14.2625 50.1008, 13.3775 49.7475)"),
    "ports": ("POINT(24.1056 56.9496)", "POINT(21.0108 56.5047)"),
    "sea-lanes": ("LINESTRING(-2.05 57.15, -1.1 58.4)", "LINESTRING(0.1 51.45, 1.2 51.6)"),
    "airports": ("POINT(23.9445 37.9364)", "POINT(25.1803 35.3397)"),
}
SYSTEMS = {
    "roads": ("4326", "4258", "3857", "3035", "31370", "3812", "2154"),
    "railways": ("4326", "5514"),
    "ports": ("3035", "3059"),
    "sea-lanes": ("4258", "27700"),
    "airports": ("3857", "2100"),
}
"""What is tried of the systems on offer: every one, and the national one of each collection."""


def make(cluster_url: Callable[[str], str], template: str, name: str) -> str:
    """The URL of such a database, named so."""
    clone(cluster_url, template, name)
    url = cluster_url(name)
    registry = Registry.read()
    with psycopg.connect(url) as connection:
        for number, (collection, shapes) in enumerate(PLACES.items()):
            dataset = registry.dataset(f"elsewhere/{collection}")
            for rank, wkt in enumerate(shapes):
                insert(connection, dataset, 10 * number + rank + 1, rank, wkt, name=f"{collection} {rank}")
            declare(connection, dataset, number_of_features=len(shapes))
    generalise_outdated(url)
    return url
