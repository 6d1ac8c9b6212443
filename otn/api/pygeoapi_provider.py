"""The database for a stock `pygeoapi serve`: a provider plugin over the same queries and statements as the API.

config/pygeoapi.yml names it by its dotted path; the extra key `collection` says which collection it serves.
"""

from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from pygeoapi.provider.base import (
    BaseProvider,
    ProviderConnectionError,
    ProviderGenericError,
    ProviderInvalidQueryError,
    ProviderItemNotFoundError,
    ProviderQueryError,
)

from otn.api.bbox import parse_bbox
from otn.api.encoders.geojson import GEOJSON
from otn.api.paging import SortKey, parse_sortby
from otn.api.presentation import Presentation
from otn.api.query import ItemsQuery, parse_identifier
from otn.api.schemas import value_schema
from otn.api.selection import Selection, parse_equality
from otn.api.sql import feature_statement, items_statement
from otn.api.temporal import parse_datetime
from otn.errors import RequestError
from otn.model.collections import COLLECTIONS
from otn.store.statement import Statement

Document = dict[str, Any]

_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=10s -c timezone=UTC"


class OtnProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi is untyped
    """Features of one collection, in the order and with the properties of the API."""

    def __init__(self, provider_def: Document) -> None:
        super().__init__(provider_def)
        collection = COLLECTIONS.get(provider_def.get("collection", ""))
        if collection is None:
            raise ProviderGenericError(f"provider: collection must be one of {', '.join(COLLECTIONS)}")
        self._collection = collection
        self._fields = self.get_fields()

    def get_fields(self) -> dict[str, Document]:
        """The properties by name, with their JSON Schema types."""
        return {field.name: value_schema(field) for field in self._collection.fields}

    def query(
        self,
        offset: int = 0,
        limit: int = 10,
        resulttype: str = "results",
        bbox: Sequence[float] = (),
        datetime_: str | None = None,
        properties: Sequence[tuple[str, str]] = (),
        sortby: Sequence[Document] = (),
        select_properties: Sequence[str] = (),
        skip_geometry: bool = False,
        **_: Any,
    ) -> Document:
        """A FeatureCollection. Raises ProviderInvalidQueryError where the API would answer 400."""
        fields = self._collection.queryables
        try:
            query = ItemsQuery(
                limit=limit,
                presentation=self._presentation(select_properties, skip_geometry),
                selection=Selection(
                    bbox=parse_bbox(",".join(str(number) for number in bbox)) if bbox else None,
                    datetime=parse_datetime(datetime_) if datetime_ else None,
                    equalities=tuple(parse_equality(fields[name], str(value)) for name, value in properties),
                ),
                order=self._order(sortby),
                offset=offset,
                hits=resulttype == "hits",
            )
        except RequestError as error:
            raise ProviderInvalidQueryError(user_msg=error.detail) from error
        rows = self._rows(items_statement(self._collection, query, GEOJSON))
        features = [feature for row in rows for feature in orjson.loads(f"[{row['features'] or ''}]")]
        return {
            "type": "FeatureCollection",
            "features": features,
            "numberMatched": rows[0]["matched"] if rows else 0,
            "numberReturned": len(features),
        }

    def _order(self, sortby: Sequence[Document]) -> tuple[SortKey, ...]:
        if not sortby:
            return ()
        keys = (("-" if key["order"] == "-" else "") + key["property"] for key in sortby)
        return parse_sortby(",".join(keys), self._collection)

    def _presentation(self, names: Sequence[str] = (), skip_geometry: bool = False) -> Presentation:
        fields = tuple(field for field in self._collection.fields if not names or field.name in names)
        return Presentation(fields, geometry=not skip_geometry)

    def get(self, identifier: object, **_: Any) -> Document:
        """A Feature. Raises ProviderItemNotFoundError."""
        number = parse_identifier(str(identifier))
        if number is None:
            raise ProviderItemNotFoundError(f"item {identifier} not found")
        rows = self._rows(feature_statement(self._collection, number, self._presentation(), GEOJSON))
        if not rows:
            raise ProviderItemNotFoundError(f"item {identifier} not found")
        feature: Document = orjson.loads(rows[0]["feature"])
        return feature

    def _rows(self, statement: Statement) -> list[Document]:
        try:
            with psycopg.connect(self.data, options=_OPTIONS, autocommit=True) as connection:
                cursor = psycopg.RawCursor(connection, row_factory=dict_row)
                return cursor.execute(statement.sql, statement.parameters).fetchall()
        except psycopg.OperationalError as error:
            raise ProviderConnectionError from error
        except psycopg.Error as error:
            raise ProviderQueryError from error
