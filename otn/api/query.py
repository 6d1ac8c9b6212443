"""The parsed request for features: query parameters become one frozen value or a BadRequest."""

import re
from dataclasses import dataclass

from otn.api.crs import CRS84, Bounds, Crs, available
from otn.api.paging import Limits, Place, SortKey, parse_limit, parse_sortby, parse_token
from otn.api.parameters import Parameters, refuse_unknown
from otn.api.presentation import PRESENTATION_PARAMETERS, Presentation, parse_presentation
from otn.api.selection import EVERYTHING, SELECTION_PARAMETERS, Selection, known_parameters, parse_selection
from otn.errors import BadRequest
from otn.model.collections import Collection

REPRESENTATION_PARAMETERS = frozenset({"f", "lang"})
FEATURE_PARAMETERS = REPRESENTATION_PARAMETERS | PRESENTATION_PARAMETERS | {"edition"}
DOWNLOAD_PARAMETERS = FEATURE_PARAMETERS - {"edition"} | SELECTION_PARAMETERS | {"sortby"}
_PAGING_PARAMETERS = frozenset({"limit", "token", "resulttype"})
ITEMS_PARAMETERS = DOWNLOAD_PARAMETERS | _PAGING_PARAMETERS | {"edition"}

_LARGEST_ID = 2**53
_IDENTIFIER = re.compile(r"[0-9]{1,16}")
_SYSTEMS = ("crs", "bbox-crs", "filter-crs")


@dataclass(frozen=True)
class FeaturesQuery:
    """Which features of a collection, in which order, and what is shown of each.

    `systems` are the reference systems of crs, bbox-crs and filter-crs: whether a collection has
    them depends on where its features lie.
    """

    presentation: Presentation
    selection: Selection = EVERYTHING
    order: tuple[SortKey, ...] = ()
    systems: tuple[Crs, ...] = (CRS84,)


@dataclass(frozen=True, kw_only=True)
class ItemsQuery(FeaturesQuery):
    """One page of them: at `place`, or from `offset` on. `hits` asks for the number of features only.

    `edition` is the number of the edition that alone is to answer.
    """

    limit: int
    place: Place | None = None
    offset: int = 0
    hits: bool = False
    edition: int | None = None

    @property
    def names_edition(self) -> bool:
        """Whether one edition alone can answer, also when there are newer ones."""
        return self.edition is not None or self.place is not None


@dataclass(frozen=True)
class FeatureQuery:
    """One feature. `edition` is the number of the edition that alone is to answer."""

    identifier: int
    presentation: Presentation
    edition: int | None = None

    @property
    def names_edition(self) -> bool:
        """Whether one edition alone can answer, also when there are newer ones."""
        return self.edition is not None


def download_query(collection: Collection, parameters: Parameters) -> FeaturesQuery:
    """All that is asked for. Raises BadRequest naming the parameter that is unknown or has an unusable value."""
    for name in _PAGING_PARAMETERS & dict(parameters).keys():
        raise BadRequest(f"A download has no pages: leave {name} out.", parameter=name)
    return FeaturesQuery(*_asked(collection, parameters, DOWNLOAD_PARAMETERS))


def items_query(collection: Collection, parameters: Parameters, limits: Limits) -> ItemsQuery:
    """A page. Raises BadRequest naming the parameter that is unknown or has an unusable value."""
    given = dict(parameters)
    presentation, selection, order, systems = _asked(collection, parameters, ITEMS_PARAMETERS)
    return ItemsQuery(
        presentation,
        selection,
        order,
        systems,
        limit=parse_limit(given["limit"], limits) if "limit" in given else limits.default,
        place=parse_token(given["token"], order) if "token" in given else None,
        hits=_is_hits(given.get("resulttype", "results")),
        edition=_edition(given),
    )


def feature_query(collection: Collection, parameters: Parameters, identifier: int) -> FeatureQuery:
    """One feature. Raises BadRequest naming the parameter that is unknown or has an unusable value."""
    given = dict(parameters)
    refuse_unknown(given, FEATURE_PARAMETERS)
    return FeatureQuery(identifier, parse_presentation(collection, given), _edition(given))


def _asked(
    collection: Collection, parameters: Parameters, known: frozenset[str]
) -> tuple[Presentation, Selection, tuple[SortKey, ...], tuple[Crs, ...]]:
    given = dict(parameters)
    refuse_unknown(given, known_parameters(collection, known))
    selection, systems = parse_selection(collection, parameters)
    presentation = parse_presentation(collection, given)
    order = parse_sortby(given["sortby"], collection) if "sortby" in given else ()
    return presentation, selection, order, (presentation.crs, *systems)


def require_available(systems: tuple[Crs, ...], bounds: Bounds | None, collection: Collection) -> None:
    """Raises BadRequest for a reference system that the collection with this extent does not have."""
    offered = available(bounds)
    for parameter, crs in zip(_SYSTEMS, systems, strict=False):
        if crs not in offered:
            known = ", ".join(other.uri for other in offered)
            raise BadRequest(
                f"{collection.id} is not available in {crs.uri}: not all of it lies where that system is for. "
                f"It is available in {known}.",
                parameter=parameter,
            )


def parse_identifier(text: str) -> int | None:
    """A feature's identifier; None for what none can be: anything but an integer from 0 to 2^53."""
    if not _IDENTIFIER.fullmatch(text):
        return None
    return int(text) if int(text) <= _LARGEST_ID else None


def _edition(given: dict[str, str]) -> int | None:
    if "edition" not in given:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", given["edition"]):
        raise BadRequest(f"edition must be the number of an edition, not {given['edition']!r}.", parameter="edition")
    return int(given["edition"])


def _is_hits(text: str) -> bool:
    if text not in ("hits", "results"):
        raise BadRequest(f"resulttype must be hits or results, not {text!r}.", parameter="resulttype")
    return text == "hits"
