"""What was found: the same from an edition and from PostgreSQL, so that one envelope is written around either."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from otn.api.crs import Bounds

Piece = bytes | memoryview
"""Text in UTF-8; from an edition a window on its file."""
PlaceValues = Sequence[str | None]
"""A feature's place in the order of the answer: the values of what orders, as text, and its identifier at last."""


class State(NamedTuple):
    """What is served of a collection: the number of its data and their time.

    `bounds` are west, south, east, north in degrees; None where nobody asked for them.
    """

    version: int
    updated: datetime
    bounds: Bounds | None = None


class FoundPage(NamedTuple):
    """One page of features as texts of a format, in `pieces` between which its separator stands.

    `licences` are identifiers. `matched` is None where counting took too long. `more`: features follow in the direction
    of paging. `first` and `last` are the places of the first and the last feature, None on an empty page.
    """

    state: State
    licences: Sequence[str]
    matched: int | None
    returned: int
    more: bool
    first: PlaceValues | None
    last: PlaceValues | None
    pieces: Sequence[Piece]


class FoundFeature(NamedTuple):
    """One feature as text of a format; `licence` is an identifier."""

    state: State
    licence: str
    text: bytes
