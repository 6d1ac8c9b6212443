"""Features as editions hold them ready-made: which edition answers a question, and its answer.

An edition answers everything, a box, a page or a feature, shown whole and in degrees, as GeoJSON and its kin. The rest
is for PostgreSQL.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from otn.api.bbox import BoundingBox
from otn.api.encoders.geojson import GeoJson, GeoJsonLines
from otn.api.encoders.view import Page as Envelope
from otn.api.encoders.view import TextFormat
from otn.api.found import FoundFeature, FoundPage, Piece, State
from otn.api.paging import Place
from otn.api.presentation import Presentation, whole_presentation
from otn.api.query import FeatureQuery, FeaturesQuery, ItemsQuery
from otn.api.selection import Selection
from otn.edition.counting import Statistics
from otn.edition.part_format import Bounds
from otn.edition.shelf import Shelf
from otn.errors import BadRequest, DamagedPart, Gone, NotFound
from otn.model.collections import Collection
from otn.model.tile_matrix_sets import TileAddress

if TYPE_CHECKING:
    from otn.api.feature_document import FeatureDocument
    from otn.edition.edition import Edition, Page
    from otn.edition.tile_file import TileFile

_READY_MADE = (GeoJson, GeoJsonLines)
_RANK = re.compile(r"-?[0-9]{1,18}")


class ReadyTile(NamedTuple):
    """A tile as it is stored, compressed by gzip, or None where nothing is drawn in it; `number` is its edition's."""

    number: int
    packed: memoryview | None


class Editions:
    """The editions of one process, as the API asks them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def for_items(self, collection: Collection, query: ItemsQuery, format_: TextFormat) -> "Edition | None":
        """The edition that answers; None where PostgreSQL does. Raises as `for_feature` does."""
        answers = _answers(collection, query, format_)
        if query.place is None or not answers:
            return self._found(collection, query.edition, answers=answers)
        version = query.place.version
        if query.edition not in (None, version):
            raise BadRequest(
                f"token belongs to edition {version}, not {query.edition}: leave one of them out.", parameter="edition"
            )
        edition = self._shelf.pinned(collection.id, version)
        if edition is None and self._is_pruned(collection, version):
            raise Gone(_begin_anew(collection, f"The edition {version} that the token belongs to"), parameter="token")
        return edition

    def for_download(self, collection: Collection, query: FeaturesQuery, format_: object) -> "Edition | None":
        """The edition that has the whole document; None where PostgreSQL has to write it."""
        return self._shelf.current(collection.id) if _answers(collection, query, format_) else None

    def for_feature(self, collection: Collection, query: FeatureQuery, format_: TextFormat) -> "Edition | None":
        """The edition that answers; None where PostgreSQL does.

        Raises Gone where the edition that is asked for is no longer kept, and NotFound where there never was one.
        """
        answers = is_whole(query.presentation, collection) and isinstance(format_, _READY_MADE)
        return self._found(collection, query.edition, answers=answers)

    def for_selection(self, collection: Collection, selection: Selection) -> "Edition | None":
        """The edition that knows what features are selected; None where PostgreSQL does."""
        return self._shelf.current(collection.id) if _is_box_alone(selection) else None

    def current(self, collection: Collection) -> "Edition | None":
        """The newest edition; None where there is none, or it is damaged."""
        return self._shelf.current(collection.id)

    def is_kept(self, collection: Collection, number: int) -> bool:
        """Whether there is an edition of that number, damaged or not."""
        return self._shelf.is_kept(collection.id, number)

    def still(self, edition: "Edition", *, pinned: bool) -> Callable[[], bool]:
        """What tells whether the edition is the one that answers: the newest, or where it is `pinned` one that is kept.

        Holds no edition open.
        """
        collection_id, number, held = edition.collection.id, edition.number, ref(edition)

        def is_still() -> bool:
            answering = self._shelf.pinned(collection_id, number) if pinned else self._shelf.current(collection_id)
            return answering is not None and answering is held()

        return is_still

    def tiles(self, collection: Collection) -> "TileFile | None":
        """The newest file of tiles: of the edition that answers, or, while its own are made, of one before it."""
        return self._shelf.tiles(collection.id)

    def ready_tile(self, collection: Collection, tile: TileAddress) -> "ReadyTile | None":
        """A tile of WebMercatorQuad as the newest edition has it; None where PostgreSQL makes it."""
        file, number = self._shelf.tiles(collection.id), self._shelf.newest(collection.id)
        if file is None or file.tiles_of.number != number or not file.holds(tile):
            return None
        try:
            file.check()
        except DamagedPart:
            self._shelf.take_down_tiles(file)
            return None
        return ReadyTile(number, file.find(tile))

    def page(self, edition: "Edition", query: ItemsQuery, format_: TextFormat) -> FoundPage:
        """The page that is asked for. Raises DamagedPart; the edition then answers no more."""
        with self.taken_down_when_damaged(edition):
            page = edition.page(
                _boxes(query.selection),
                place=_place(query.place),
                limit=0 if query.hits else query.limit,
                offset=query.offset,
                backwards=query.place is not None and query.place.before,
            )
        return FoundPage(
            state=state_of(edition),
            licences=edition.licences,
            matched=page.matched,
            returned=page.returned,
            more=page.more,
            first=_values(page.first),
            last=_values(page.last),
            pieces=_pieces(page, format_),
        )

    def feature(self, edition: "Edition", identifier: int, format_: TextFormat) -> FoundFeature | None:
        """The feature, or None where the edition has none of that identifier. Raises DamagedPart as `page` does."""
        with self.taken_down_when_damaged(edition):
            found = edition.feature(identifier)
        if found is None:
            return None
        text, licence = found
        return FoundFeature(state_of(edition), licence, _line(format_, bytes(text)))

    def document(
        self, edition: "Edition", selection: Selection, format_: TextFormat, page: Envelope
    ) -> "FeatureDocument":
        """All features that are asked for, with what stands around them. Raises DamagedPart as `page` does."""
        # As the shelf does with what editions are read with.
        from otn.api.feature_document import FeatureDocument

        with self.taken_down_when_damaged(edition):
            extract = edition.extract(_boxes(selection))
            extract.check()
        return FeatureDocument(extract, format_, page)

    def statistics(self, edition: "Edition", selection: Selection) -> Iterator[Statistics]:
        """What is to be summed to the statistics of what is selected. Raises DamagedPart as `page` does."""
        if selection.is_everything:
            yield edition.manifest.statistics
            return
        # As the shelf does with what editions are read with.
        from otn.edition.tally import tallies

        with self.taken_down_when_damaged(edition):
            yield from tallies(edition, _boxes(selection))

    def taken_down_when_damaged(self, edition: "Edition") -> "_TakenDown":
        """For a block that reads the edition: it answers no more where that raises DamagedPart."""
        return _TakenDown(self._shelf, edition)

    def _found(self, collection: Collection, number: int | None, *, answers: bool) -> "Edition | None":
        if number is None:
            return self._shelf.current(collection.id) if answers else None
        edition = self._shelf.pinned(collection.id, number)
        if edition is None and not self.is_kept(collection, number):
            if self._is_pruned(collection, number):
                raise Gone(_begin_anew(collection, f"The edition {number}"), parameter="edition")
            raise NotFound(f"There is no edition {number} of {collection.id} here.", parameter="edition")
        return edition if answers else None

    def _is_pruned(self, collection: Collection, number: int) -> bool:
        """Whether an edition of that number may have been here and is not now."""
        newest = self._shelf.newest(collection.id)
        return newest is not None and number < newest and not self.is_kept(collection, number)


class _TakenDown:
    """A class, since a generator would cost each answer as much as its entity tag."""

    __slots__ = ("_edition", "_shelf")

    def __init__(self, shelf: Shelf, edition: "Edition") -> None:
        self._shelf = shelf
        self._edition = edition

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, DamagedPart):
            self._shelf.take_down(self._edition)


def require_edition(number: int | None, state: State) -> None:
    """Raises BadRequest where the database, which had to answer, is not at the edition that was asked for."""
    if number not in (None, state.version):
        raise BadRequest(
            f"Edition {number} cannot answer this, and the database, which can, is at {state.version}: leave edition "
            "out, or ask for everything or a bbox, shown whole, as GeoJSON.",
            parameter="edition",
        )


def state_of(edition: "Edition") -> State:
    """The state of the collection as the edition has it."""
    return State(edition.number, edition.updated, edition.bbox)


def _begin_anew(collection: Collection, what: str) -> str:
    return (
        f"{what} is no longer kept: the data have been published anew since. "
        f"Begin again at /collections/{collection.id}/items without token and edition."
    )


def _answers(collection: Collection, query: FeaturesQuery, format_: object) -> bool:
    """Whether editions hold the answer, as far as it is not one of single pages."""
    return (
        not query.order
        and is_whole(query.presentation, collection)
        and isinstance(format_, _READY_MADE)
        and _is_box_alone(query.selection)
    )


def is_whole(presentation: Presentation, collection: Collection) -> bool:
    """Whether everything is shown of each feature, in degrees."""
    whole = whole_presentation(collection.id)
    return presentation is whole or presentation == whole


def _is_box_alone(selection: Selection) -> bool:
    return selection.is_by_place_alone and (selection.bbox is None or isinstance(selection.bbox, BoundingBox))


def _boxes(selection: Selection) -> tuple[Bounds, ...]:
    if selection.bbox is None:
        return ()
    assert isinstance(selection.bbox, BoundingBox)  # noqa: S101 - others are not for editions
    return selection.bbox.parts


def _place(place: Place | None) -> tuple[int, int] | None:
    if place is None:
        return None
    rank = place.values[0] or ""
    # A checksum keeps nobody from writing tokens.
    if not _RANK.fullmatch(rank):
        raise BadRequest("token names no place: take the address of the link with rel=next.", parameter="token")
    return int(rank), place.id


def _values(place: tuple[int, int] | None) -> tuple[str, str] | None:
    return None if place is None else (str(place[0]), str(place[1]))


def _pieces(page: "Page", format_: TextFormat) -> Sequence[Piece]:
    """GeoJSON has the features as they lie, whole runs of them; in lines each stands alone."""
    if isinstance(format_, GeoJsonLines):
        return [format_.line(bytes(text)) for text in page.features()]
    return page.runs()


def _line(format_: TextFormat, text: bytes) -> bytes:
    return format_.line(text) if isinstance(format_, GeoJsonLines) else text
