"""The command `otn editions`, and what loads and servers do with editions. The libraries that build them are held only
while something is built: a server has no use for them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from otn.cli_tables import print_table
from otn.cli_terminal import Bar, complain, migrated_database, out
from otn.edition.background import BackgroundBuild
from otn.edition.standing import Standing, behind, forget_foreign, standings
from otn.errors import EditionError
from otn.model.collections import COLLECTIONS
from otn.settings import Settings
from otn.store.checks import DatabaseCheck
from otn.store.progress import Progress, Silent

editions = typer.Typer(no_args_is_help=True, help="The editions: what is published, ready-made from the database.")
_LITTLE = 10  # of niceness: who answers comes first


@editions.command("list")
def list_() -> None:
    """List the newest edition of every collection."""
    settings = Settings.from_environment()
    with migrated_database(settings) as url:
        print_editions(standings(url, settings.editions_dir))


@editions.command()
def build(
    collections: Annotated[list[str] | None, typer.Argument(metavar="[COLLECTION]...", help="Only of these.")] = None,
    in_background: Annotated[bool, typer.Option("--in-background", help="Leave the processor to others.")] = False,
) -> None:
    """Build what is missing, behind the database or damaged, and what tiles are made from."""
    from otn.edition.build import publish
    from otn.edition.side_by_side import AT_ONCE
    from otn.edition.tile_build import make_tiles
    from otn.etl.prepare import prepare_overviews

    for name in collections or ():
        if name not in COLLECTIONS:
            raise typer.BadParameter(f"{name!r} is no collection; there are {', '.join(COLLECTIONS)}")
    if in_background:
        os.nice(_LITTLE)
    settings = Settings.from_environment()
    with migrated_database(settings) as url:
        with Bar("editions") as bar:
            # Of overviews that another program made no tiles are made.
            prepare_overviews(url, bar)
            at_once = 1 if in_background else AT_ONCE
            made = publish(url, settings.editions_dir, collections or None, bar, verify=True, at_once=at_once)
            tiles = make_tiles(url, settings.editions_dir, collections or None, bar, verify=True, at_once=at_once)
        made_of = {entry.collection: entry.made for entry in tiles}
        for published in made:
            manifest, number = published.manifest, published.parts_built
            done = [f"{number} of {len(manifest.parts)} parts built"] if published.is_new else []
            if manifest.collection in made_of:
                done.append(f"{made_of[manifest.collection]:,} tiles made")
            what = ", ".join(done) or "nothing to do"
            out.print(f"{manifest.collection}: edition {manifest.number}, {manifest.count:,} features, {what}.")


@editions.command()
def check() -> None:
    """Read every byte of every edition, and say what is wrong."""
    settings = Settings.from_environment()
    with migrated_database(settings) as url, Bar("editions") as bar:
        found = _troubles(url, settings, bar)
    for trouble in found:
        out.print(trouble, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    out.print("Every edition is whole, and what the database holds.")


def publish_load(settings: Settings, url: str, collections: Iterable[str], progress: Progress) -> None:
    """Publishes what a load changed. A load whose edition cannot be built stays committed: PostgreSQL answers."""
    from otn.edition.build import publish

    try:
        publish(url, settings.editions_dir, collections, progress)
    except EditionError as error:
        complain(error)


def make_missing_tiles(settings: Settings, url: str, progress: Progress) -> None:
    """Makes the tiles of what was published. Where they cannot be made PostgreSQL makes each that is asked for."""
    from otn.edition.tile_build import make_tiles

    try:
        make_tiles(url, settings.editions_dir, progress=progress)
    except EditionError as error:
        complain(error)


@contextmanager
def building_beside(settings: Settings, url: str) -> Iterator[None]:
    """While the block serves, what is missing or behind is built; what it has not finished is left to the next time.

    Raises EditionError where editions of another database cannot be removed: they would be served.
    """
    forget_foreign(url, settings.editions_dir)
    building = BackgroundBuild(settings)
    try:
        if behind(url, settings.editions_dir):
            building.start()
        yield
    finally:
        building.stop()


def print_editions(found: Iterable[Standing]) -> None:
    """The newest edition of each collection as a table."""
    print_table(
        {
            **dict.fromkeys(("collection", "edition", "state"), "left"),
            **dict.fromkeys(("parts", "features", "megabytes", "of tiles", "of downloads"), "right"),
            **dict.fromkeys(("built (UTC)", "kept"), "left"),
        },
        map(_row, found),
    )


def editions_check(settings: Settings) -> DatabaseCheck:
    """What `otn check` looks at."""

    def look(url: str) -> str | None:
        return " ".join(_troubles(url, settings, Silent())) or None

    return DatabaseCheck("The editions are whole and what the database holds", "Run `otn editions build`.", look)


def _troubles(url: str, settings: Settings, progress: Progress) -> list[str]:
    from otn.edition.check import troubles

    return list(troubles(url, settings.editions_dir, progress))


def _row(standing: Standing) -> list[str]:
    newest = standing.newest
    if newest is None:
        return [standing.collection, "-", "missing", *["-"] * 6]
    state = "current" if standing.is_current else f"behind load {standing.version}"
    if newest.number == standing.version and not standing.is_current:
        state = "to be built anew"
    return [
        standing.collection,
        str(newest.number),
        state,
        str(len(newest.parts)),
        f"{newest.count:,}",
        f"{newest.size / 1e6:,.1f}",
        "-" if standing.tiles is None else f"{standing.tiles.size / 1e6:,.1f}",
        f"{standing.downloads / 1e6:,.1f}",
        f"{newest.built:%Y-%m-%d %H:%M}",
        ", ".join(map(str, standing.kept)),
    ]
