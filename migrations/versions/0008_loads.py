"""Loads leave more: every change of a feature, what became of the publisher's objects, and how good the data are.

A dataset may fill further collections beside its own, as links of a network have nodes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DATASET_COLLECTION = """
CREATE VIEW dataset_collection AS
SELECT id AS dataset, collection, declaration, number_of_features, generalised_by FROM dataset
UNION ALL
SELECT further.dataset, further.collection, dataset.declaration, further.number_of_features, further.generalised_by
FROM further_collection AS further JOIN dataset ON dataset.id = further.dataset
"""


def upgrade() -> None:
    _extend_load()
    _create_feature_change()
    _create_further_collection()


def downgrade() -> None:
    op.execute("DROP VIEW dataset_collection")
    op.drop_table("further_collection")
    op.drop_table("feature_change")
    names = (
        "source_url",
        "lineage",
        "report",
        "number_repaired",
        "objects_added",
        "objects_changed",
        "objects_removed",
    )
    for name in names:
        op.drop_column("load", name)


def _extend_load() -> None:
    op.add_column("load", sa.Column("source_url", sa.Text, comment="where it was downloaded from"))
    for name, comment in (
        ("objects_added", "of the source; see feature_change"),
        ("objects_changed", "some of whose features changed"),
        ("objects_removed", None),
        ("number_repaired", "geometries made valid"),
    ):
        op.add_column("load", sa.Column(name, sa.BigInteger, nullable=False, server_default="0", comment=comment))
    for name, comment in (
        ("lineage", "what else tells how it came here"),
        ("report", "the quality of the data; see otn.etl.quality"),
    ):
        op.add_column("load", sa.Column(name, postgresql.JSONB, nullable=False, server_default="{}", comment=comment))


def _create_feature_change() -> None:
    op.create_table(
        "feature_change",
        sa.Column("load_id", sa.BigInteger, nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("feature_id", sa.BigInteger, nullable=False, comment="0: all that the dataset then had"),
        sa.Column("kind", sa.Text, nullable=False, comment="added, changed or removed"),
        sa.PrimaryKeyConstraint("load_id", "collection", "feature_id", name="feature_change_pkey"),
    )
    op.create_index("feature_change_feature_id_idx", "feature_change", ["feature_id"])


def _create_further_collection() -> None:
    op.create_table(
        "further_collection",
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("collection", sa.Text, nullable=False, comment="one that the dataset fills beside its own"),
        sa.Column("number_of_features", sa.BigInteger, nullable=False),
        sa.Column("generalised_by", sa.Text, comment="as of dataset"),
        sa.PrimaryKeyConstraint("dataset", "collection", name="further_collection_pkey"),
        sa.ForeignKeyConstraint(
            ["dataset"], ["dataset.id"], name="further_collection_dataset_fkey", ondelete="CASCADE"
        ),
    )
    op.execute(_DATASET_COLLECTION)
