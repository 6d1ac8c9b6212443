"""PostGIS and pyproj put a place at the same coordinates, all over the area of use of every system on offer."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from otn.api.crs import EVERYWHERE, NATIONAL, Crs

Numbers = npt.NDArray[np.float64]

CENTIMETRE = {False: 0.01, True: 1e-7}
"""In metres and in degrees."""
# Here S-JTSK to WGS 84 (4) and (5) both apply, each accurate to a metre: PROJ 9.1 takes Czechia's, 9.5 Slovakia's.
SLOVAK_AND_CZECH = (16.84, 48.58, 18.86, 49.61)


@pytest.fixture(scope="module")
def in_postgis(cluster_url: Callable[[str], str], template_database: str) -> Callable[[Crs, Numbers, Numbers], Numbers]:
    """Transforms longitudes and latitudes."""

    def transformed(crs: Crs, longitudes: Numbers, latitudes: Numbers) -> Numbers:
        with psycopg.connect(cluster_url(template_database)) as connection:
            rows = connection.execute(
                "SELECT ST_X(there), ST_Y(there) FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p(x, y, n),"
                " ST_Transform(ST_SetSRID(ST_MakePoint(x, y), 4326), %s::int) AS there ORDER BY n",
                (longitudes.tolist(), latitudes.tolist(), crs.srid),
            ).fetchall()
        return np.array(rows)

    return transformed


def spread(crs: Crs, count: int = 30) -> tuple[Numbers, Numbers]:
    """Longitudes and latitudes of a grid of points within the area of use."""
    west, south, east, north = crs.area_of_use
    inner = np.linspace(0, 1, count + 2)[1:-1]
    longitudes, latitudes = np.meshgrid(west + inner * (east - west), south + inner * (north - south))
    return longitudes.ravel(), latitudes.ravel()


@pytest.mark.parametrize("crs", [*EVERYWHERE, *NATIONAL], ids=lambda crs: crs.uri.rsplit("/", 1)[-1])
def test_postgis_transforms_as_pyproj_does(in_postgis: Callable[[Crs, Numbers, Numbers], Numbers], crs: Crs) -> None:
    longitudes, latitudes = spread(crs)
    expected = np.column_stack(crs.from_wgs84.transform(longitudes, latitudes))
    assert np.isfinite(expected).all()
    apart = np.abs(in_postgis(crs, longitudes, latitudes) - expected).max(axis=1)
    west, south, east, north = SLOVAK_AND_CZECH
    between = (west <= longitudes) & (longitudes <= east) & (south <= latitudes) & (latitudes <= north)
    doubtful = between & (crs.srid == 5514)
    print(f"{crs.uri}: {apart[~doubtful].max():.1e} at most, {apart[doubtful].max(initial=0):.2f} where two apply")
    assert apart[~doubtful].max() <= CENTIMETRE[crs.is_geographic]
    assert apart[doubtful].max(initial=0) <= 2
