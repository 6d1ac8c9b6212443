"""Vector tiles: geometry in EPSG:3857, overviews of it for low zooms, and the base map."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LINES = ("roads", "railways", "sea_lanes")
_POINTS = ("ports", "airports")
_COLLECTIONS = (*_LINES, *_POINTS)


def upgrade() -> None:
    op.add_column(
        "dataset",
        sa.Column(
            "generalised_by", sa.Text, comment="fingerprint of the rule that made its overviews; null: it has none"
        ),
    )
    for table in _COLLECTIONS:
        _add_web_mercator(table)
    for table in _LINES:
        _create_overviews(table, zooms=12)
    for table in _POINTS:
        _create_overviews(table, zooms=8)
    _create_basemap()


def downgrade() -> None:
    op.drop_table("basemap_state")
    op.drop_table("basemap")
    for table in _COLLECTIONS:
        op.drop_table(f"{table}_generalised")
        op.drop_column(table, "geom_3857")
    op.drop_column("dataset", "generalised_by")


def _add_web_mercator(table: str) -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS ("
        "ST_Transform(ST_ClipByBox2D(geom, 'BOX(-180 -85.0511287798066,180 85.0511287798066)'::box2d), 3857)) STORED"
    )
    op.create_index(f"{table}_geom_3857_idx", table, ["geom_3857"], postgresql_using="gist")


def _create_overviews(table: str, zooms: int) -> None:
    name = f"{table}_generalised"
    op.create_table(
        name,
        sa.Column("zoom", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column(
            "properties", postgresql.JSONB, nullable=False, comment="named as they are served, without those unknown"
        ),
        sa.Column("geom", Geometry("GEOMETRY", 3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("zoom", "id", name=f"{name}_pkey"),
    )
    for zoom in range(zooms):
        where = sa.text(f"zoom = {zoom}")
        op.create_index(f"{name}_geom_{zoom}_idx", name, ["geom"], postgresql_using="gist", postgresql_where=where)


def _create_basemap() -> None:
    op.create_table(
        "basemap",
        sa.Column("id", sa.BigInteger, autoincrement=True, nullable=False),
        sa.Column("zoom", sa.SmallInteger, nullable=False),
        sa.Column("layer", sa.Text, nullable=False, comment="land, boundaries or labels"),
        sa.Column("properties", postgresql.JSONB, nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", 3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="basemap_pkey"),
    )
    op.create_index("basemap_geom_idx", "basemap", ["geom"], postgresql_using="gist")
    op.create_table(
        "basemap_state",
        sa.Column("source", sa.Text, nullable=False, comment="what the base map was made of and how, as a checksum"),
        sa.PrimaryKeyConstraint("source", name="basemap_state_pkey"),
    )
