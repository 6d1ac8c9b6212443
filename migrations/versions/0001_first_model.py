"""The first model: roads, railways, ports, sea lanes, airports, and what tells where their rows come from."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COLLECTIONS = ("roads", "railways", "ports", "sea_lanes", "airports")
_AROUND = ("collection_state", "feature_key", "reject", "load", "dataset")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    _create_dataset()
    _create_load()
    _create_reject()
    _create_feature_key()
    _create_collection_state()
    _create_roads()
    _create_railways()
    _create_ports()
    _create_sea_lanes()
    _create_airports()


def downgrade() -> None:
    for table in (*_COLLECTIONS, *_AROUND):
        op.drop_table(table)
    op.execute("DROP SEQUENCE load_id_seq")


def _create_dataset() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Text, nullable=False, comment="<region>/<name>"),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("declaration", postgresql.JSONB, nullable=False, comment="as in config/regions at the newest load"),
        sa.Column("number_of_features", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="dataset_pkey"),
    )


def _create_load() -> None:
    op.execute("CREATE SEQUENCE load_id_seq AS bigint")
    op.create_table(
        "load",
        sa.Column("id", sa.BigInteger, server_default=sa.text("nextval('load_id_seq')"), nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="committed or failed"),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text, nullable=False, comment="the file or package read"),
        sa.Column("source_sha256", sa.Text, comment="of the file, where it was one"),
        *(
            sa.Column(f"number_{what}", sa.BigInteger, nullable=False)
            for what in ("read", "added", "changed", "removed", "rejected")
        ),
        sa.Column(
            "number_normalised",
            sa.BigInteger,
            nullable=False,
            comment="left out as no feature: loops, repetitions",
        ),
        sa.Column("message", sa.Text, comment="why it failed, or what a reader should know"),
        sa.PrimaryKeyConstraint("id", name="load_pkey"),
    )
    op.create_index("load_dataset_idx", "load", ["dataset"])


def _create_reject() -> None:
    op.create_table(
        "reject",
        sa.Column("id", sa.BigInteger, autoincrement=True, nullable=False),
        sa.Column("load_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the row in its source, from 1"),
        sa.Column("source_id", sa.Text),
        sa.Column("reason", sa.Text, nullable=False, comment="a code of otn.etl.check.Reason"),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("row", postgresql.JSONB, nullable=False, comment="the row as it came, geometry as WKT"),
        sa.PrimaryKeyConstraint("id", name="reject_pkey"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="reject_load_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("reject_load_id_idx", "reject", ["load_id"])


def _create_feature_key() -> None:
    op.create_table(
        "feature_key",
        sa.Column(
            "id",
            sa.BigInteger,
            autoincrement=True,
            nullable=False,
            comment="the feature's id: never changed, never reused",
        ),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("part", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="feature_key_pkey"),
        sa.UniqueConstraint("dataset", "source_id", "part", name="feature_key_dataset_source_id_part_key"),
    )


def _create_collection_state() -> None:
    op.create_table(
        "collection_state",
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column(
            "version",
            sa.BigInteger,
            nullable=False,
            comment="the newest committed load that changed the collection",
        ),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number_of_features", sa.BigInteger, nullable=False),
        *(sa.Column(side, sa.Float) for side in ("west", "south", "east", "north")),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("collection", name="collection_state_pkey"),
    )


def _create_roads() -> None:
    _create_collection(
        "roads",
        "LINESTRING",
        _texts("national_road_code", "european_road_number", "functional_road_class", "form_of_way", "surface"),
        sa.Column("speed_limit", sa.Integer),
        sa.Column("direction", sa.Text),
        sa.Column("lanes", sa.Integer),
        sa.Column("maximum_height", sa.Float),
        sa.Column("maximum_weight", sa.Float),
        sa.Column("maximum_width", sa.Float),
        sa.Column("bridge", sa.Boolean),
        sa.Column("tunnel", sa.Boolean),
        sa.Column("length", sa.Float),
        indexed=("national_road_code", "european_road_number", "functional_road_class", "form_of_way"),
    )


def _create_railways() -> None:
    _create_collection(
        "railways", "LINESTRING", _texts("railway_type"), sa.Column("length", sa.Float), indexed=("railway_type",)
    )


def _create_ports() -> None:
    _create_collection("ports", "POINT", _texts("un_locode", "country"), indexed=("un_locode", "country"))


def _create_sea_lanes() -> None:
    _create_collection(
        "sea_lanes", "LINESTRING", _texts("passage"), sa.Column("length", sa.Float), indexed=("passage",)
    )


def _create_airports() -> None:
    _create_collection(
        "airports",
        "POINT",
        _texts("icao", "iata", "kind"),
        sa.Column("elevation", sa.Float),
        _texts("municipality", "country"),
        indexed=("icao", "iata", "municipality", "country"),
    )


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text) for name in names]


def _create_collection(
    name: str, geometry: str, *own: sa.Column[Any] | list[sa.Column[Any]], indexed: tuple[str, ...]
) -> None:
    """The table of one collection: its own columns between those that every collection has."""
    columns = [column for some in own for column in (some if isinstance(some, list) else [some])]
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False, comment="issued by feature_key"),
        sa.Column("page_rank", sa.BigInteger, nullable=False),
        sa.Column("load_id", sa.BigInteger, nullable=False, comment="the load that wrote the row last"),
        sa.Column("content_hash", postgresql.UUID, nullable=False),
        sa.Column("geom", Geometry(geometry, 4326, spatial_index=False), nullable=False),
        sa.Column("local_id", sa.Text, nullable=False),
        sa.Column("inspire_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        *columns,
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("source_codes", postgresql.JSONB),
        sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"),
    )
    op.create_index(f"{name}_page_rank_id_idx", name, ["page_rank", "id"], unique=True)
    op.create_index(f"{name}_geom_idx", name, ["geom"], postgresql_using="gist")
    for column in ("local_id", "inspire_id", "name", *indexed, "dataset", "region"):
        op.create_index(f"{name}_{column}_idx", name, [column])
