"""Accidents, counted traffic, runways, port facilities, areas, buildings and road nodes; a road knows its nodes."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = (
    "accidents",
    "traffic_counts",
    "traffic_volumes",
    "runways",
    "port_facilities",
    "areas",
    "buildings",
    "road_nodes",
)
_INDEXED = ("local_id", "inspire_id", "name", "dataset", "region")

Columns = list[sa.Column[Any]]


def upgrade() -> None:
    _extend_older_collections()
    _create_accidents()
    _create_traffic()
    _create_runways()
    _create_port_facilities()
    _create_places()
    _create_road_nodes()


def downgrade() -> None:
    for table in _NEW:
        op.drop_table(f"{table}_generalised")
        op.drop_table(table)
    for table in ("collection_state", "dataset"):
        rows = sa.table(table, sa.column("collection", sa.Text))
        op.execute(sa.delete(rows).where(rows.c.collection.in_([name.replace("_", "-") for name in _NEW])))
    for column in ("harbour_size", "channel_depth"):
        op.drop_column("ports", column)
    op.drop_column("airports", "scheduled_service")
    for column in ("level", "from_node", "to_node"):
        op.drop_column("roads", column)


def _extend_older_collections() -> None:
    op.add_column("roads", sa.Column("level", sa.Integer))
    for column in _texts("from_node", "to_node"):
        op.add_column("roads", column)
        op.create_index(f"roads_{column.name}_idx", "roads", [str(column.name)])
    op.add_column("airports", sa.Column("scheduled_service", sa.Boolean))
    op.add_column("ports", sa.Column("harbour_size", sa.Text))
    op.add_column("ports", sa.Column("channel_depth", sa.Float))


def _create_accidents() -> None:
    _create_collection(
        "accidents",
        "POINT",
        [
            *_texts("severity", "death_definition"),
            *_integers("killed", "seriously_injured", "slightly_injured", "casualties", "vehicles", "hour"),
            *_texts("day_of_week"),
            *_integers("speed_limit"),
            *_texts("light_conditions", "weather_conditions", "road_surface_condition"),
            sa.Column("inside_built_up_area", sa.Boolean),
        ],
        indexed=("severity",),
        overviews_below=12,
    )


def _create_traffic() -> None:
    _create_collection(
        "traffic_counts",
        "POINT",
        [
            *_texts("name", "instrument", "vehicle_type", "direction"),
            *_numbers("average_daily_volume"),
            *_integers("number_of_measurements"),
        ],
        indexed=("vehicle_type",),
        overviews_below=12,
    )
    _create_collection(
        "traffic_volumes",
        "POINT",
        [
            sa.Column("site", sa.Text, nullable=False),
            *_texts("vehicle_type", "direction"),
            *_integers("volume"),
            *_numbers("average_speed", "occupancy"),
            *_texts("traffic_volume_time_period"),
        ],
        indexed=("site", "vehicle_type"),
        overviews_below=14,
    )


def _create_runways() -> None:
    _create_collection(
        "runways",
        "LINESTRING",
        [
            *_texts("name", "kind", "airport", "surface"),
            *_numbers("declared_length", "width"),
            sa.Column("lighted", sa.Boolean),
            sa.Column("closed", sa.Boolean),
            *_numbers("length"),
        ],
        indexed=("kind", "airport"),
        overviews_below=12,
    )


def _create_port_facilities() -> None:
    _create_collection(
        "port_facilities",
        "GEOMETRY",
        [*_texts("name", "kind", "port", "un_locode"), *_numbers("length", "depth")],
        indexed=("kind", "port", "un_locode"),
        overviews_below=12,
    )


def _create_places() -> None:
    _create_collection(
        "areas",
        "MULTIPOLYGON",
        [*_texts("name", "kind", "code", "country"), *_integers("population")],
        indexed=("kind", "code", "country"),
        overviews_below=12,
    )
    _create_collection(
        "buildings",
        "MULTIPOLYGON",
        [*_texts("name", "use"), *_numbers("height"), *_integers("floors")],
        indexed=("use",),
        overviews_below=14,
    )


def _create_road_nodes() -> None:
    _create_collection(
        "road_nodes",
        "POINT",
        [*_texts("name", "form_of_road_node"), *_integers("number_of_links")],
        indexed=("form_of_road_node",),
        overviews_below=14,
    )


def _texts(*names: str) -> Columns:
    return [sa.Column(name, sa.Text) for name in names]


def _integers(*names: str) -> Columns:
    return [sa.Column(name, sa.Integer) for name in names]


def _numbers(*names: str) -> Columns:
    return [sa.Column(name, sa.Float) for name in names]


def _create_collection(name: str, geometry: str, own: Columns, *, indexed: Sequence[str], overviews_below: int) -> None:
    """The tables of one collection: its own columns between those that every collection has, and its overviews."""
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False, comment="issued by feature_key"),
        sa.Column("page_rank", sa.BigInteger, nullable=False),
        sa.Column("load_id", sa.BigInteger, nullable=False, comment="the load that wrote the row last"),
        sa.Column("content_hash", postgresql.UUID, nullable=False),
        sa.Column("geom", Geometry(geometry, 4326, spatial_index=False), nullable=False),
        sa.Column("local_id", sa.Text, nullable=False),
        sa.Column("inspire_id", sa.Text, nullable=False),
        *own,
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("source_codes", postgresql.JSONB),
        sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"),
    )
    op.execute(
        f"ALTER TABLE {name} ADD COLUMN geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS ("
        "ST_Transform(ST_ClipByBox2D(geom, 'BOX(-180 -85.0511287798066,180 85.0511287798066)'::box2d), 3857)) STORED"
    )
    columns = {str(column.name) for column in own}
    op.create_index(f"{name}_page_rank_id_idx", name, ["page_rank", "id"], unique=True)
    for geometry_column in ("geom", "geom_3857"):
        op.create_index(f"{name}_{geometry_column}_idx", name, [geometry_column], postgresql_using="gist")
    for column in (*_INDEXED, *indexed):
        if column != "name" or "name" in columns:
            op.create_index(f"{name}_{column}_idx", name, [column])
    if "name" in columns:
        folded = sa.text("otn_folded(name) gin_trgm_ops")
        op.create_index(f"{name}_folded_name_idx", name, [folded], postgresql_using="gin")
    _create_overviews(name, overviews_below)


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
