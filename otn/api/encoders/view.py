"""What is shown of each feature, and what a text format must be able to do.

PostgreSQL renders every feature as the text of its format; a text format says how, and what stands around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from otn.api.crs import Crs
from otn.model.collections import Collection
from otn.model.fields import Field
from otn.model.licences import Licence
from otn.store.statement import quoted

Link = dict[str, Any]


@dataclass(frozen=True)
class View:
    """What is shown of each feature of a collection.

    `geometry` is an SQL expression over the table as `f`: the geometry in `crs`, x before y whatever the axes of `crs`
    are; None where no geometry is asked for. `decimals` are the digits after the point of a coordinate.
    """

    collection: Collection
    fields: tuple[Field, ...]
    crs: Crs
    geometry: str | None
    decimals: int

    @property
    def geometry_in_axis_order(self) -> str | None:
        """The geometry with its coordinates in the order of the authority's axes."""
        if self.geometry is not None and self.crs.axes_swapped:
            return f"ST_FlipCoordinates({self.geometry})"
        return self.geometry


class Page(NamedTuple):
    """What stands around features: `notice` says whom to name and under which licence, in one line.

    A count is None where it is not known; `time_stamp` is RFC 3339.
    """

    view: View
    title: str
    notice: str
    time_stamp: str
    links: Sequence[Link] = ()
    number_matched: int | None = None
    number_returned: int | None = None


@runtime_checkable
class TextFormat(Protocol):
    """A format whose features are texts that follow each other.

    A document is `head`, the features with `separator` between them, and `tail`.
    """

    def __hash__(self) -> int: ...

    @property
    def separator(self) -> bytes:
        """What stands between two features."""
        ...

    def feature_sql(self, view: View) -> str:
        """An SQL expression over the table as `f`: one whole feature as text, never null."""
        ...

    def head(self, page: Page) -> bytes:
        """What stands before the first feature."""
        ...

    def tail(self, page: Page) -> bytes:
        """What stands after the last feature."""
        ...

    def single(self, page: Page, feature: bytes) -> bytes:
        """The document of one feature alone."""
        ...


PAGE_ORDER = "f.page_rank, f.id"


def source_sql(view: View, conditions: str = "", order: str = PAGE_ORDER) -> str:
    """The selected features in their order, as `f`; `conditions` and `order` are over the table as `f` too.

    No order leaves it to the database.

    Rows are put in order before anything is rendered: what is rendered is long, and would be sorted with them.
    """
    where = f" WHERE {conditions}" if conditions else ""
    ordered = f" ORDER BY {order}" if order else ""
    return f"(SELECT * FROM {quoted(view.collection.table)} AS f{where}{ordered}) AS f"  # noqa: S608


def column(field: Field) -> str:
    """The column of a field, of the table as `f`."""
    return f"f.{quoted(field.column)}"


def instant_text(field: Field) -> str:
    """SQL: an instant as RFC 3339 in UTC, as far as the session's time zone is UTC; null stays null."""
    return f"""replace(trim(to_json({column(field)})::text, '"'), '+00:00', 'Z')"""


def notice(attribution: str, licences: Sequence[Licence]) -> str:
    """Whom to name and under which licences, in one line."""
    named = ", ".join(f"{licence.title} ({licence.url})" for licence in licences)
    return ". ".join(part for part in (attribution, f"Licence: {named}" if named else "") if part)
