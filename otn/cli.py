"""The `otn` command: parses, calls, prints."""

import dataclasses
import logging
import re
import signal
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from otn.cli_editions import building_beside, editions, editions_check, make_missing_tiles, print_editions, publish_load
from otn.cli_tables import dataset_row, lineage, print_table, printable, status_row, told
from otn.cli_terminal import Bar, complain, err, migrated_database, out
from otn.edition.standing import standings
from otn.errors import LoadError, OtnError
from otn.etl.due import due as find_due
from otn.etl.prepare import prepare_tiles
from otn.etl.wishes import AS_DECLARED, Wishes
from otn.model.datasets import Dataset, Registry
from otn.settings import Settings
from otn.store import checks, loads, migrations
from otn.store.changes import forget_changes
from otn.store.cluster import database
from otn.store.reject_files import export_rejects

if TYPE_CHECKING:
    from otn.etl.load_records import LoadSummary

DatasetName = Annotated[str, typer.Argument(metavar="DATASET", help="<region>/<name>; `otn datasets` lists them.")]


class _Commands(TyperGroup):
    """Turns what can be expected to go wrong into one sentence and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        _listen_to_signals()
        warnings.showwarning = _show_warning
        # What psycopg cannot do while it cleans up after an error is no news: the error is told.
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        try:
            return super().invoke(ctx)
        except OtnError as error:
            complain(error)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            err.print("Stopped. A load that was running has changed nothing.")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Open Transport Net: transport data of partner regions, harmonised and served as OGC API Features.",
)
db = typer.Typer(no_args_is_help=True, help="The database itself.")
app.add_typer(db, name="db")
app.add_typer(editions, name="editions")


@app.command()
def up() -> None:
    """Start the database, load what was never loaded, and serve."""
    from otn.app import require_free_port

    settings = Settings.from_environment()
    require_free_port(settings)  # before minutes are spent on loading
    with migrated_database(settings) as url:
        registry = Registry.read()
        there = loads.committed(url)
        _load_each(settings, url, registry, [dataset for dataset in registry.defaults() if dataset.id not in there])
        _serve(settings, url)


@app.command()
def serve() -> None:
    """Start the database and serve what is loaded."""
    from otn.app import require_free_port

    settings = Settings.from_environment()
    require_free_port(settings)  # before minutes are spent on loading
    with migrated_database(settings) as url:
        _serve(settings, url)


@app.command()
def load(
    dataset: Annotated[str | None, typer.Argument(help="<region>/<name>; `otn datasets` lists them.")] = None,
    file: Annotated[list[Path] | None, typer.Option("--from", help="A file to read; repeat it for several.")] = None,
    crs: Annotated[str | None, typer.Option(help="The file's CRS where it does not say or is wrong: EPSG:n.")] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Keep only what the region's outline touches.")] = False,
    defaults: Annotated[bool, typer.Option("--defaults", help="Load all that packages carry.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Load what publishers may have renewed since.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Load all that has a source of its own.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    accept_losses: Annotated[
        bool, typer.Option("--accept-losses", help="Load however much is rejected or removed.")
    ] = False,
) -> None:
    """Load one dataset, or many; only rows that differ are written."""
    if sum((dataset is not None, defaults, due, every)) != 1:
        raise typer.BadParameter("give a dataset, or one of --defaults, --due and --all")
    if dataset is None and (file or crs or clip):
        raise typer.BadParameter("--from, --crs and --clip belong to a dataset")
    settings = Settings.from_environment()
    registry = Registry.read()
    declared = registry.dataset(dataset) if dataset is not None else None
    with migrated_database(settings) as url:
        if declared is not None:
            wishes = Wishes(file or (), crs, clip, dry_run, accept_losses)
            out.print(told(_loaded(settings, url, declared, registry, wishes)), soft_wrap=True)
            if not dry_run:
                _make_tiles(settings, url)
            return
        wanted = registry.defaults() if defaults else registry.with_source()
        if due:
            wanted = find_due(wanted, loads.last_asked(url), datetime.now(UTC))
        failed = _load_each(settings, url, registry, wanted, Wishes(dry_run=dry_run, accept_losses=accept_losses))
        if not dry_run:
            _make_tiles(settings, url)
        if failed:
            raise typer.Exit(1)


@app.command()
def datasets() -> None:
    """List the datasets that are declared, and how many features each has."""
    with migrated_database(Settings.from_environment()) as url:
        counts = loads.number_of_features(url)
    print_table(
        {
            "dataset": "left",
            "collection": "left",
            "licence": "left",
            "source": "left",
            "features": "right",
            "title": "left",
        },
        (dataset_row(dataset, counts.get(dataset.id)) for dataset in Registry.read().datasets.values()),
    )


@app.command()
def status(dataset: Annotated[str | None, typer.Argument(help="One dataset: all its loads.")] = None) -> None:
    """Show the newest load of every dataset and the editions, or all loads of one dataset."""
    if dataset is not None:
        Registry.read().dataset(dataset)
    settings = Settings.from_environment()
    with migrated_database(settings) as url:
        records = loads.newest(url) if dataset is None else loads.history(url, dataset)
        published = standings(url, settings.editions_dir) if dataset is None else []
    print_table(
        {
            **dict.fromkeys(("dataset", "load", "finished (UTC)", "state"), "left"),
            **dict.fromkeys(("read", "added", "changed", "removed", "rejected"), "right"),
            "remarks": "left",
        },
        map(status_row, records),
    )
    if dataset is not None and records:
        out.print("\n" + lineage(records[0]), markup=False, soft_wrap=True)
    if published:
        out.print()
        print_editions(published)


@app.command()
def rejects(
    dataset: DatasetName,
    export: Annotated[Path | None, typer.Option(help="Write them, rows and all, to a .csv or .ndjson file.")] = None,
) -> None:
    """Show the rows that the newest load of a dataset left out, and why; those of a load that failed over them too."""
    Registry.read().dataset(dataset)
    with migrated_database(Settings.from_environment()) as url:
        found = loads.rejects(url, dataset)
    if export is not None:
        export_rejects(found, export)
        out.print(f"{len(found):,} rejects of {dataset} are in {export}.", markup=False, soft_wrap=True)
        return
    print_table(
        {"row": "right", "identifier": "left", "reason": "left", "detail": "left"},
        ((str(reject.position), reject.source_id or "-", reject.reason, reject.detail) for reject in found),
    )


@app.command()
def check() -> None:
    """Check everything OTN stands on, and say what to do about what is wrong."""
    outcomes = []
    settings = Settings.from_environment()
    for outcome in checks.check_all(settings, editions_check(settings)):
        outcomes.append(outcome)
        if outcome.trouble is None:
            out.print(f"[green]ok[/]     {outcome.title}")
        else:
            out.print(f"[red]wrong[/]  {outcome.title}: ", end="")
            out.print(f"{outcome.trouble} {outcome.hint}", markup=False, soft_wrap=True)
    if any(outcome.trouble for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def config() -> None:
    """Print the settings in force; passwords are left out."""
    for name, value in Settings.from_environment().to_environment().items():
        out.print(f"{name}={_without_password(value)}", markup=False, soft_wrap=True)


@db.command()
def upgrade() -> None:
    """Bring the database to the newest revision."""
    with migrated_database(Settings.from_environment()) as url:
        out.print(f"The database is at revision {migrations.current(url)}.")


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help='A revision, or "base" for an empty database.')],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the database back to an older revision: what newer tables hold is lost."""
    if not yes:
        typer.confirm("This deletes data. Go on?", abort=True)
    with database(Settings.from_environment()) as url:
        migrations.downgrade(url, revision)
        out.print(f"The database is at revision {migrations.current(url) or 'base'}.")


@db.command()
def url() -> None:
    """Print the database's URL; a private cluster answers there while `otn up` or `otn serve` runs."""
    with database(Settings.from_environment()) as address:
        out.print(address, markup=False, soft_wrap=True)


def _load_each(
    settings: Settings, url: str, registry: Registry, wanted: list[Dataset], wishes: Wishes = AS_DECLARED
) -> int:
    """Loads them one after the other; one that fails does not keep the rest from loading. Returns how many failed."""
    failed = 0
    for number, dataset in enumerate(wanted, 1):
        try:
            out.print(told(_loaded(settings, url, dataset, registry, wishes, (number, len(wanted)))), soft_wrap=True)
        except LoadError as error:
            failed += 1
            complain(error)
    if failed:
        err.print(f"otn: {failed} of {len(wanted)} datasets were not loaded; what they served before is still served.")
    return failed


def _loaded(
    settings: Settings,
    url: str,
    dataset: Dataset,
    registry: Registry,
    wishes: Wishes = AS_DECLARED,
    of: tuple[int, int] | None = None,
) -> "LoadSummary":
    # What reads files takes a hundred megabytes, which a server has no use for.
    from otn.etl.download import DownloadLimits
    from otn.etl.extract import Downloads
    from otn.etl.pipeline import load_dataset

    downloads = Downloads(
        settings.data_dir / "downloads", DownloadLimits(allow_private=settings.allow_private_downloads)
    )
    with Bar(dataset.id, of) as bar:
        summary = load_dataset(
            url,
            dataset,
            registry=registry,
            progress=bar,
            wishes=wishes,
            downloads=downloads,
            rasters=settings.rasters_dir,
        )
        if not wishes.dry_run:
            forget_changes(url, dataset.id, settings.changes_days)
        if not wishes.dry_run and dataset.raster is None:
            publish_load(settings, url, (dataset.collection, *summary.further), bar)
    return summary


def _make_tiles(settings: Settings, url: str) -> None:
    """Once for all that was loaded: tiles of a collection show all its datasets."""
    with Bar("tiles") as bar:
        make_missing_tiles(settings, url, bar)


def _serve(settings: Settings, url: str) -> None:
    from otn.app import serve as run_server

    with Bar("tiles") as bar:
        prepare_tiles(url, bar)
    settings = dataclasses.replace(settings, database_url=url)
    with building_beside(settings, url):
        run_server(settings, _say_what_to_open)
    out.print("Stopped.")


def _say_what_to_open(address: str) -> None:
    address = address.rstrip("/")
    out.print(
        f"Open Transport Net is served.\n"
        f"  Start page              {address}/\n"
        f"  Collections             {address}/collections\n"
        f"  QGIS, WFS / OGC API     {address}/\n"
        f"Ctrl-C stops it.",
        markup=False,
        soft_wrap=True,
    )


def _without_password(text: str) -> str:
    """A database URL may carry its password before the host or as a parameter."""
    return re.sub(r"(?<=[?&]password=)[^&]+", "***", re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", text))


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """What a library would tell its programmer with file, line and code: GDAL's remarks about a file, mostly."""
    err.print(f"otn: warning: {printable(str(message))}", markup=False, style="yellow")


def _listen_to_signals() -> None:
    """SIGINT and SIGTERM stop OTN, and the end of the terminal does, unless nohup keeps it going."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _leave)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """SIGTERM and SIGHUP unwind like Ctrl-C, so that the last one to leave stops the cluster."""
    sys.exit(128 + number)
