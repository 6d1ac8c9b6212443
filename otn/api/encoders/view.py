"""What encoders show of features."""

from dataclasses import dataclass
from typing import Protocol

from otn.api.crs import Crs
from otn.model.collections import Collection
from otn.model.fields import Field


@dataclass(frozen=True)
class View:
    """What is shown of each feature of a table as `f`.

    `geometry` is SQL for the geometry in `crs`, x before y; None where geometry is left out.
    """

    collection: Collection
    fields: tuple[Field, ...]
    crs: Crs
    geometry: str | None
    decimals: int


class TextFormat(Protocol):
    """A format whose features PostgreSQL renders as text."""

    separator: bytes

    def feature_sql(self, view: View) -> str: ...
