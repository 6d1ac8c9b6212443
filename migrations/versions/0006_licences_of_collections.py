"""The licences of a collection stand in its state, so that no page of features has to collect them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "collection_state",
        sa.Column(
            "licences",
            postgresql.ARRAY(sa.Text),
            nullable=False,
            server_default="{}",
            comment="of its datasets, by identifier, each once",
        ),
    )
    op.execute(
        "UPDATE collection_state AS state SET licences = ARRAY("
        " SELECT DISTINCT declaration ->> 'licence' FROM dataset"
        " WHERE dataset.collection = state.collection AND number_of_features > 0 ORDER BY 1)"
    )
    op.alter_column("collection_state", "licences", server_default=None)


def downgrade() -> None:
    op.drop_column("collection_state", "licences")
