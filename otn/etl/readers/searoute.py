"""Ports and sea lanes of the Python package searoute (https://github.com/genthalili/searoute-py, Apache-2.0).

`ports.geojson` has points with `port` (UN/LOCODE), `name` and `cty`; `marnet_searoute.geojson` has lines, most of
them without any property, some with `passage`; longitudes run up to 190.85.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import shapely
from xxhash import xxh3_64_hexdigest

from otn.etl.geometry import CRS84
from otn.etl.readers.packages import package_file
from otn.etl.rows import SourceRows
from otn.model.collections import Collection


def _features(path: Path) -> list[dict[str, dict[str, object]]]:
    features: list[dict[str, dict[str, object]]] = orjson.loads(path.read_bytes())["features"]
    return features


def _rows(features: list[dict[str, dict[str, object]]], source_id: list[str], attributes: pa.Table) -> SourceRows:
    return SourceRows(
        position=np.arange(1, len(features) + 1),
        source_id=pa.array(source_id, pa.string()),
        geometry=shapely.from_geojson([orjson.dumps(feature["geometry"]).decode() for feature in features]),
        attributes=attributes,
        crs=CRS84,
    )


class SearoutePorts:
    """The ports of the world; the country is the first two letters of the UN/LOCODE."""

    def __init__(self) -> None:
        self.path = package_file("searoute", "data/ports.geojson")

    def read(self) -> Iterator[SourceRows]:
        features = _features(self.path)
        codes = [str(feature["properties"]["port"]) for feature in features]
        attributes = pa.table(
            {
                "port": pa.array(codes, pa.string()),
                "name": pa.array([feature["properties"]["name"] for feature in features], pa.string()),
                "country": pa.array([code[:2] for code in codes], pa.string()),
            }
        )
        yield _rows(features, codes, attributes)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        return {
            "name": attributes["name"].combine_chunks(),
            "unLocode": attributes["port"].combine_chunks(),
            "country": attributes["country"].combine_chunks(),
        }


class SearouteLanes:
    """The sea lanes of the world. The source has no identifiers: a lane's is the hash of its coordinates."""

    def __init__(self) -> None:
        self.path = package_file("searoute", "data/marnet_searoute.geojson")

    def read(self) -> Iterator[SourceRows]:
        features = _features(self.path)
        passages = [feature["properties"].get("passage") for feature in features]
        identifiers = [xxh3_64_hexdigest(orjson.dumps(feature["geometry"])) for feature in features]
        yield _rows(features, identifiers, pa.table({"passage": pa.array(passages, pa.string())}))

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        return {"passage": attributes["passage"].combine_chunks()}
