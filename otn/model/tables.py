"""The tables of the database, as SQLAlchemy Core; migrations/ brings a database to this state.

Every collection has one table: `id` and `page_rank` (the order of every answer), the dataset's content hash and load,
one column per field, and the geometry in EPSG:4326, and in EPSG:3857 for tiles. Beside it stands a table of overviews:
the geometry generalised for low zooms. Around them stand what tells where rows come from: `dataset`, `load`, `reject`,
`feature_key`, and `collection_state`, which answers counts and extents without reading rows. `basemap` is furniture.

The collections' tables have no foreign keys: only otn.etl.load writes them, it takes both ids from their own tables in
the same transaction, and checking them again row by row would cost more than writing the rows.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.types import TypeEngine

from otn.model.collections import COLLECTIONS, Collection
from otn.model.common_fields import NAME
from otn.model.fields import Field, Kind
from otn.model.sql import FOLDED, SRID, WEB_MERCATOR_GEOMETRY, WEB_MERCATOR_SRID

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)

# In the order of code points, whatever the locale: comparing bytes makes indexes of texts cheap to build.
_TEXT = Text(collation="C")
_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: _TEXT,
    Kind.CODE: _TEXT,
    Kind.INTEGER: Integer(),
    Kind.NUMBER: Float(),
    Kind.BOOLEAN: Boolean(),
    Kind.INSTANT: DateTime(timezone=True),
    Kind.OBJECT: JSONB(),
}


def _column(field: Field) -> Column[Any]:
    return Column(field.column, _TYPES[field.kind], nullable=not field.required)


def _collection_table(collection: Collection) -> Table:
    name = collection.table
    return Table(
        name,
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False, comment="issued by feature_key"),
        Column("page_rank", BigInteger, nullable=False),
        Column("load_id", BigInteger, nullable=False, comment="the load that wrote the row last"),
        Column("content_hash", UUID(as_uuid=True), nullable=False),
        Column("geom", Geometry(collection.geometry.value.upper(), SRID, spatial_index=False), nullable=False),
        *(_column(field) for field in collection.fields),
        Column(
            "geom_3857",
            Geometry("GEOMETRY", WEB_MERCATOR_SRID, spatial_index=False),
            Computed(WEB_MERCATOR_GEOMETRY, persisted=True),
        ),
        Index(f"{name}_page_rank_id_idx", "page_rank", "id", unique=True),
        Index(f"{name}_geom_idx", "geom", postgresql_using="gist"),
        *([_folded_name_index(name)] if collection.has_names else ()),
        *(_field_index(name, field) for field in collection.fields if field.indexed),
    )


def _field_index(table: str, field: Field) -> Index:
    """Nobody looks for what is unknown, which most values of some fields are."""
    filled = None if field.required else text(f"{field.column} IS NOT NULL")
    return Index(f"{table}_{field.column}_idx", field.column, postgresql_where=filled)


def _folded_name_index(table: str) -> Index:
    return Index(
        f"{table}_folded_name_idx",
        literal_column(FOLDED.format(NAME.column)).label("folded_name"),
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )


def _overview_table(collection: Collection) -> Table:
    """All that a tile shows, so that it reads no other table. One index for each zoom: a tile reads one zoom only."""
    name = collection.overview_table
    return Table(
        name,
        metadata,
        Column("zoom", SmallInteger, primary_key=True, autoincrement=False),
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("dataset", Text, nullable=False),
        Column("properties", JSONB, nullable=False, comment="named as they are served, without those unknown"),
        Column("geom", Geometry("GEOMETRY", WEB_MERCATOR_SRID, spatial_index=False), nullable=False),
        *(
            Index(f"{name}_geom_{zoom}_idx", "geom", postgresql_using="gist", postgresql_where=text(f"zoom = {zoom}"))
            for zoom in range(collection.tile_rule.overviews_below)
        ),
    )


load_id_sequence = Sequence("load_id_seq", metadata=metadata, data_type=BigInteger)

dataset = Table(
    "dataset",
    metadata,
    Column("id", Text, primary_key=True, comment="<region>/<name>"),
    Column("region", Text, nullable=False),
    Column("collection", Text, nullable=False),
    Column(
        "declaration",
        JSONB,
        nullable=False,
        comment="as in config/regions at the newest load",
    ),
    Column("number_of_features", BigInteger, nullable=False),
    Column("generalised_by", Text, comment="fingerprint of the rule that made its overviews; null: it has none"),
)

load = Table(
    "load",
    metadata,
    Column("id", BigInteger, load_id_sequence, server_default=load_id_sequence.next_value(), primary_key=True),
    Column("dataset", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, comment="committed or failed"),
    Column("started", DateTime(timezone=True), nullable=False),
    Column("finished", DateTime(timezone=True), nullable=False),
    Column("source", Text, nullable=False, comment="the file or package read"),
    Column("source_sha256", Text, comment="of the file, where it was one"),
    Column("source_url", Text, comment="where it was downloaded from"),
    Column("lineage", JSONB, nullable=False, server_default="{}", comment="what else tells how it came here"),
    Column("number_read", BigInteger, nullable=False),
    Column("number_added", BigInteger, nullable=False),
    Column("number_changed", BigInteger, nullable=False),
    Column("number_removed", BigInteger, nullable=False),
    Column(
        "objects_added", BigInteger, nullable=False, server_default="0", comment="of the source; see feature_change"
    ),
    Column("objects_changed", BigInteger, nullable=False, server_default="0", comment="some of whose features changed"),
    Column("objects_removed", BigInteger, nullable=False, server_default="0"),
    Column("number_rejected", BigInteger, nullable=False),
    Column("number_repaired", BigInteger, nullable=False, server_default="0", comment="geometries made valid"),
    Column("number_normalised", BigInteger, nullable=False, comment="left out as no feature: loops, repetitions"),
    Column(
        "report", JSONB, nullable=False, server_default="{}", comment="the quality of the data; see otn.etl.quality"
    ),
    Column("message", Text, comment="why it failed, or what a reader should know"),
)

further_collection = Table(
    "further_collection",
    metadata,
    Column("dataset", Text, ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True),
    Column("collection", Text, primary_key=True, comment="one that the dataset fills beside its own"),
    Column("number_of_features", BigInteger, nullable=False),
    Column("generalised_by", Text, comment="as of dataset"),
)
"""The view `dataset_collection` has every dataset with each collection it fills."""

feature_change = Table(
    "feature_change",
    metadata,
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("collection", Text, primary_key=True),
    Column("feature_id", BigInteger, primary_key=True, autoincrement=False, comment="0: all that the dataset then had"),
    Column("kind", Text, nullable=False, comment="added, changed or removed"),
    Index("feature_change_feature_id_idx", "feature_id"),
)
"""Every change that a load made. The first load of a dataset adds all its features, perhaps millions, and one row with
the feature 0 says so: it added those features of the dataset whose own first entry is no addition, or that have none.
"""

reject = Table(
    "reject",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("load_id", BigInteger, ForeignKey("load.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", BigInteger, nullable=False, comment="of the row in its source, from 1"),
    Column("source_id", Text),
    Column("reason", Text, nullable=False, comment="a code of otn.etl.check.Reason"),
    Column("detail", Text, nullable=False),
    Column("row", JSONB, nullable=False, comment="the row as it came, geometry as WKT"),
)

feature_key = Table(
    "feature_key",
    metadata,
    Column("id", BigInteger, primary_key=True, comment="the feature's id: never changed, never reused"),
    Column("dataset", _TEXT, nullable=False, index=True),
    Column("source_id", _TEXT, nullable=False),
    Column("part", _TEXT, nullable=False, server_default=""),
    # The dataset last: texts that begin alike are slow to sort.
    UniqueConstraint("source_id", "part", "dataset"),
)

collection_state = Table(
    "collection_state",
    metadata,
    Column("collection", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="the newest committed load that changed the collection"),
    Column("updated", DateTime(timezone=True), nullable=False),
    Column("number_of_features", BigInteger, nullable=False),
    Column("licences", ARRAY(Text), nullable=False, comment="of its datasets, by identifier, each once"),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("valid_from", DateTime(timezone=True)),
    Column("valid_to", DateTime(timezone=True)),
)

first_page_move = Table(
    "first_page_move",
    metadata,
    Column("collection", Text, primary_key=True),
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("feature_id", BigInteger, primary_key=True, autoincrement=False),
    Column("from_rank", BigInteger, nullable=False, comment="the page rank it had before the load moved it"),
)

basemap = Table(
    "basemap",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("zoom", SmallInteger, nullable=False),
    Column("layer", Text, nullable=False, comment="land, boundaries or labels"),
    Column("properties", JSONB, nullable=False),
    Column("geom", Geometry("GEOMETRY", WEB_MERCATOR_SRID, spatial_index=False), nullable=False),
    Index("basemap_geom_idx", "geom", postgresql_using="gist"),
)

basemap_state = Table(
    "basemap_state",
    metadata,
    Column("source", Text, primary_key=True, comment="what the base map was made of and how, as a checksum"),
)

collection_tables = {collection.id: _collection_table(collection) for collection in COLLECTIONS.values()}
overview_tables = {collection.id: _overview_table(collection) for collection in COLLECTIONS.values()}
