"""The terminal of the `otn` command: what is told there, complaints, progress, and the database while it is used."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from otn.cli_tables import printable
from otn.errors import OtnError
from otn.settings import Settings
from otn.store import migrations
from otn.store.cluster import database

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Bar:
    """The progress of one piece of work, on one line; `of` is its number among several."""

    def __init__(self, name: str, of: tuple[int, int] | None = None) -> None:
        place = () if of is None else (TextColumn(f"{of[0]} of {of[1]}"),)
        columns = (SpinnerColumn(), *place, TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal)
        self._task = self._bar.add_task(name, total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stage(self, name: str, total: int | None) -> None:
        """A new stage begins."""
        self._bar.reset(self._task, description=name, total=total)

    def advance(self, rows: int) -> None:
        """So many more rows are done."""
        self._bar.advance(self._task, rows)


@contextmanager
def migrated_database(settings: Settings) -> Iterator[str]:
    """The URL of the database, brought to the newest revision."""
    with database(settings) as url:
        migrations.upgrade(url)
        yield url


def complain(error: OtnError) -> None:
    """Tells what went wrong, in one sentence."""
    err.print(f"otn: {printable(str(error))}", markup=False, style="red")
