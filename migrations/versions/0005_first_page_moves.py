"""Where features stood before they were brought to the front, so that a paging run under way sees each once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_page_move",
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("load_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("feature_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("from_rank", sa.BigInteger, nullable=False, comment="the page rank it had before the load moved it"),
        sa.PrimaryKeyConstraint("collection", "load_id", "feature_id", name="first_page_move_pkey"),
    )


def downgrade() -> None:
    op.drop_table("first_page_move")
