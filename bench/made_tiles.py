"""Tiles made on the fly: OTN without ready-made ones beside tipg and martin, zoom by zoom."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import psycopg

from bench.boxes import beginnings
from bench.client import get
from bench.measure import Meter, Result
from bench.servers import OWN, Place, Server, running
from bench.tile_servers import (
    MARTIN,
    MARTIN_PROGRAM,
    NO_MARTIN,
    martin_of_views,
    otn_without_editions,
    tipg_of_views,
)
from bench.tile_views import WHOLE_TABLE, TileView, make_view
from bench.tiles import MAP, TileCase, features_and_size, own_path, sized
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress

_ZOOMS = (0, 2, 4, 6, 8, 10, 12, 13, 14, 15, 16)
_WHOLE_TABLE_AT = (4, 6, 8)
_PLACES = 20


def made_on_the_fly(meter: Meter, place: Place, runs: int, zooms: Sequence[int] = _ZOOMS) -> list[TileCase]:
    """Each zoom from the very rows of OTN's tile; low ones also as peers make them of the whole table."""
    with psycopg.connect(place.url) as connection:
        places = beginnings(connection, _PLACES)
    by_zoom = {zoom: make_view(place.url, zoom) for zoom in zooms}
    views = [*by_zoom.values(), WHOLE_TABLE]
    with ExitStack() as stack:
        own = stack.enter_context(running(OWN, place, otn_without_editions))
        makers = {"tipg": tipg_of_views(views)}
        if MARTIN_PROGRAM.exists():
            makers[MARTIN] = martin_of_views(views)
        peers = [
            stack.enter_context(running(name, replace(place, port=place.port + number), make))
            for number, (name, make) in enumerate(makers.items(), 1)
        ]
        bench = _Bench(meter, own, peers, runs)
        cases = []
        for zoom, view in by_zoom.items():
            tiles = bench.drawn(places, zoom)
            cases.append(bench.case(f"Tile of zoom {zoom} made on the fly, same content", view, tiles))
            if zoom in _WHOLE_TABLE_AT:
                title = f"Tile of zoom {zoom} made on the fly, by peers of the whole table"
                cases.append(bench.case(title, WHOLE_TABLE, tiles))
        return cases


@dataclass(frozen=True)
class _Bench:
    meter: Meter
    own: Server
    peers: Sequence[Server]
    runs: int

    def drawn(self, places: Iterable[tuple[float, float]], zoom: int) -> list[TileAddress]:
        """The tiles around places in which something is drawn: not every road is yet where the zoom is low."""
        limits = [WEB_MERCATOR_QUAD.limits((*place, *place), zoom) for place in places]
        tiles = dict.fromkeys(TileAddress(zoom, at.min_row, at.min_column) for at in limits)
        return [tile for tile in tiles if get(self.own.port, own_path(tile), MAP).status == 200]

    def case(self, title: str, view: TileView, tiles: Sequence[TileAddress]) -> TileCase:
        asked = {self.own: [own_path(tile) for tile in tiles]}
        asked |= {peer: [_path(peer.name, view, tile) for tile in tiles] for peer in self.peers}
        results = sized(self.meter.compare(asked, self.runs, MAP), asked)
        results.setdefault(MARTIN, Result(None, why_not=NO_MARTIN))
        counted = {
            server.name: features_and_size(server, paths)
            for server, paths in asked.items()
            if not results[server.name].why_not
        }
        features = {name: number for name, (number, _) in counted.items()}
        return TileCase(title, results, features, counted[self.own.name][1], view is WHOLE_TABLE)


def _path(server: str, view: TileView, tile: TileAddress) -> str:
    place = f"{tile.matrix}/{tile.column}/{tile.row}"
    if server == MARTIN:
        return f"/{view.name}/{place}"
    return f"/collections/public.{view.name}/tiles/{WEB_MERCATOR_QUAD.id}/{place}"
