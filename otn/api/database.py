"""Features as PostgreSQL finds them: any question, at the price of a statement."""

from typing import Any

from starlette.types import Receive

from otn.api.disconnect import WhileConnected
from otn.api.encoders.view import TextFormat
from otn.api.found import FoundFeature, FoundPage, State
from otn.api.presentation import Presentation
from otn.api.query import ItemsQuery
from otn.api.sql import feature_statement, items_statement, state_statement
from otn.errors import TookTooLong
from otn.model.collections import Collection
from otn.store.pool import Pool
from otn.store.statement import Statement

_COUNTING = 0.5
"""The share of a page's time after which it is made without the number of all matches."""


class Database:
    """Asks on behalf of one client, until that has left. Every method raises Unavailable and ClientLeft."""

    def __init__(self, pool: Pool, receive: Receive) -> None:
        self._pool = pool
        self._receive = receive

    async def page(self, collection: Collection, query: ItemsQuery, format_: TextFormat) -> FoundPage | None:
        """The page that is asked for; None where the collection has no features at all.

        It comes without the number of all matches where counting them takes more than half of the time there is.
        """
        rows = await self._page_rows(collection, query, format_)
        if not rows:
            return None
        row = rows[0]
        return FoundPage(
            state=State(row["version"], row["updated"]),
            licences=row["licences"],
            matched=row["matched"],
            returned=row["returned"],
            more=row["more"],
            first=row["first"],
            last=row["last"],
            pieces=[piece["features"] for piece in rows if piece["features"]],
        )

    async def feature(
        self, collection: Collection, identifier: int, presentation: Presentation, format_: TextFormat
    ) -> FoundFeature | None:
        """The feature, or None where the collection has none of that identifier."""
        rows = await self._rows(feature_statement(collection, identifier, presentation, format_))
        if not rows:
            return None
        row = rows[0]
        return FoundFeature(State(row["version"], row["updated"]), row["licence"].decode(), row["feature"])

    async def state(self, collection: Collection, identifier: int | None = None) -> State | None:
        """The state of the collection; None where it has no features, or not the one with this identifier."""
        rows = await self._rows(state_statement(collection, identifier))
        if not rows:
            return None
        row = rows[0]
        bounds = (row["west"], row["south"], row["east"], row["north"])
        return State(row["version"], row["updated"], None if None in bounds else bounds)

    async def _page_rows(self, collection: Collection, query: ItemsQuery, format_: TextFormat) -> list[Any]:
        if query.selection.is_everything or query.hits:
            return await self._rows(items_statement(collection, query, format_))
        try:
            return await self._rows(items_statement(collection, query, format_), share=_COUNTING)
        except TookTooLong:
            statement = items_statement(collection, query, format_, counted=False)
            return await self._rows(statement, share=1 - _COUNTING)

    async def _rows(self, statement: Statement, *, share: float = 1.0) -> list[Any]:
        async with WhileConnected(self._receive):
            return await self._pool.fetch(statement.sql, statement.parameters, share=share)
