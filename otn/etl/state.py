"""What is told of datasets and collections without reading their rows: written by each load, as its last work."""

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from otn.model.collections import Collection
from otn.model.datasets import Dataset

_DESCRIBE_COLLECTION = """
INSERT INTO collection_state (collection, version, updated, number_of_features, licences, west, south, east, north,
  valid_from, valid_to)
SELECT %(collection)s, %(load)s, clock_timestamp(), count(*), ARRAY(
  SELECT DISTINCT declaration ->> 'licence' FROM dataset_collection
  WHERE collection = %(collection)s AND number_of_features > 0 ORDER BY 1),
  ST_XMin(ST_Extent(geom)), ST_YMin(ST_Extent(geom)), ST_XMax(ST_Extent(geom)), ST_YMax(ST_Extent(geom)),
  CASE WHEN count(*) = count(valid_from) THEN min(valid_from) END,
  CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END
FROM {table}
ON CONFLICT (collection) DO UPDATE SET (version, updated, number_of_features, licences, west, south, east, north,
  valid_from, valid_to) = (excluded.version, excluded.updated, excluded.number_of_features, excluded.licences,
  excluded.west, excluded.south, excluded.east, excluded.north, excluded.valid_from, excluded.valid_to)
"""


def describe_dataset(connection: psycopg.Connection, dataset: Dataset, number_of_features: int) -> None:
    """The dataset as it is declared now, with how many features of its own collection it has."""
    connection.execute(
        "INSERT INTO dataset (id, region, collection, declaration, number_of_features)"
        " VALUES (%(id)s, %(region)s, %(collection)s, %(declaration)s, %(number)s)"
        " ON CONFLICT (id) DO UPDATE SET (region, collection, declaration, number_of_features)"
        "  = (excluded.region, excluded.collection, excluded.declaration, excluded.number_of_features)",
        {
            "id": dataset.id,
            "region": dataset.region,
            "collection": dataset.collection,
            "declaration": Jsonb(dataset.model_dump(mode="json")),
            "number": number_of_features,
        },
    )


def further_collections(connection: psycopg.Connection, dataset: str) -> list[str]:
    """The collections that loads of the dataset have filled beside its own."""
    filled = "SELECT collection FROM further_collection WHERE dataset = %s ORDER BY collection"
    return [collection for (collection,) in connection.execute(filled, [dataset]).fetchall()]


def describe_further_collection(
    connection: psycopg.Connection, dataset: str, collection: Collection, number_of_features: int
) -> None:
    """A collection that the dataset fills beside its own, with how many features it has there."""
    connection.execute(
        "INSERT INTO further_collection (dataset, collection, number_of_features) VALUES (%s, %s, %s)"
        " ON CONFLICT (dataset, collection) DO UPDATE SET number_of_features = excluded.number_of_features",
        [dataset, collection.id, number_of_features],
    )


def describe_collection(connection: psycopg.Connection, collection: Collection, load_id: int) -> None:
    """Counts and extents, so that answering them costs a look-up; a feature of unknown validity has no bounds.

    `updated` is the time of the merge: of loads side by side the one that began first may end last.
    """
    connection.execute(
        sql.SQL(_DESCRIBE_COLLECTION).format(table=sql.Identifier(collection.table)),
        {"collection": collection.id, "load": load_id},
    )
