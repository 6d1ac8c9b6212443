"""Keys are told apart by the publisher's identifier first, and properties of overviews have no statistics.

PostgreSQL sorts texts by their first eight bytes at once where they differ there. All keys of a load have the same
dataset: with it in front each comparison read whole rows, and the index took three times as long to build. No condition
names the properties of overviews.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = ["dataset", "source_id", "part"]
_NOW = ["source_id", "part", "dataset"]
_COLLECTIONS = (
    "roads",
    "road_nodes",
    "railways",
    "ports",
    "port_facilities",
    "sea_lanes",
    "airports",
    "runways",
    "accidents",
    "traffic_counts",
    "traffic_volumes",
    "areas",
    "buildings",
)


def upgrade() -> None:
    _tell_apart(_BEFORE, _NOW)
    op.create_index("feature_key_dataset_idx", "feature_key", ["dataset"])
    _keep_statistics(0)


def downgrade() -> None:
    op.drop_index("feature_key_dataset_idx", "feature_key")
    _tell_apart(_NOW, _BEFORE)
    _keep_statistics(-1)


def _tell_apart(before: list[str], now: list[str]) -> None:
    op.drop_constraint(f"feature_key_{'_'.join(before)}_key", "feature_key")
    op.create_unique_constraint(f"feature_key_{'_'.join(now)}_key", "feature_key", now)


def _keep_statistics(target: int) -> None:
    """-1 is PostgreSQL's own target."""
    for collection in _COLLECTIONS:
        op.execute(f"ALTER TABLE {collection}_generalised ALTER COLUMN properties SET STATISTICS {target}")
