"""The log of changes, `feature_change`, which would grow with every load for ever."""

import psycopg

from otn.errors import ClusterError

# Editions ask which load of a dataset was the newest to change a collection: what it changed stays, whatever its age.
_FORGET = """
WITH forgotten AS MATERIALIZED (
  SELECT old.id, filled.collection
  FROM load AS old CROSS JOIN (SELECT collection FROM dataset_collection WHERE dataset = %(dataset)s) AS filled
  WHERE old.dataset = %(dataset)s AND old.finished < now() - make_interval(days => %(days)s)
    AND EXISTS (SELECT FROM feature_change WHERE load_id = old.id AND feature_change.collection = filled.collection)
    AND EXISTS (
      SELECT FROM load AS later WHERE later.dataset = %(dataset)s AND later.id > old.id AND EXISTS (
        SELECT FROM feature_change WHERE load_id = later.id AND feature_change.collection = filled.collection)))
DELETE FROM feature_change AS change USING forgotten
WHERE change.load_id = forgotten.id AND change.collection = forgotten.collection
"""


def forget_changes(url: str, dataset: str, days: int) -> int:
    """Forgets what loads of the dataset changed that ended so many days ago, unless none changed anything since.

    Returns how many entries that were. Raises ClusterError where the database does not answer.
    """
    try:
        with psycopg.connect(url, application_name="otn-load") as connection:
            return connection.execute(_FORGET, {"dataset": dataset, "days": days}).rowcount
    except psycopg.Error as error:
        raise ClusterError(f"The database does not answer: {str(error).splitlines()[0]}.") from error
