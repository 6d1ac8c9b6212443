"""What `otn check` looks at: each check is one function, with a title and a hint, that answers what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile

import psycopg

from otn.errors import ClusterError, ConfigError
from otn.model.datasets import Registry
from otn.model.service import read_service
from otn.settings import Settings
from otn.store import migrations
from otn.store.cluster import database


@dataclass(frozen=True)
class Outcome:
    """One check made: `trouble` is one sentence, None when all is well; `hint` says what to do about it."""

    title: str
    hint: str
    trouble: str | None


@dataclass(frozen=True)
class DatabaseCheck:
    """A check that needs the database, whose URL `look` is given; it answers what is wrong, in a sentence or more."""

    title: str
    hint: str
    look: Callable[[str], str | None]


def check_all(settings: Settings, *further: DatabaseCheck) -> Iterator[Outcome]:
    """Makes every check that can be made, `further` ones last; those of the database only when it answers."""
    yield Outcome("The data directory can be written", "Set OTN_DATA_DIR to another.", _data_directory(settings))
    yield Outcome("The files under config/ are valid", "Correct the file.", _configuration())
    title = "PostgreSQL and PostGIS are there"
    try:
        with database(settings) as url:
            yield Outcome(title, "", None)
            for check in (*_DATABASE_CHECKS, *further):
                trouble = check.look(url)
                yield Outcome(check.title, check.hint, trouble)
                if trouble is not None:  # the next check takes for granted what this one looks for
                    return
    except ClusterError as error:
        yield Outcome(title, "Run `make up`, or set OTN_DATABASE_URL.", str(error))


def _data_directory(settings: Settings) -> str | None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.data_dir):
            return None
    except OSError as error:
        return f"{settings.data_dir}: {error.strerror}."


def _configuration() -> str | None:
    try:
        read_service()
        Registry.read()
    except ConfigError as error:
        return str(error)
    return None


def _migrated(url: str) -> str | None:
    current = migrations.current(url)
    if current == migrations.newest():
        return None
    return f"The database is at revision {current or 'none'}; this program needs {migrations.newest()}."


def _like_the_model(url: str) -> str | None:
    found = migrations.differences(url)
    return f"{len(found)} differences, the first: {found[0]}." if found else None


def _indexes(url: str) -> str | None:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready) ORDER BY 1"
        ).fetchall()
    return f"Not valid: {', '.join(row[0] for row in rows)}." if rows else None


_DATABASE_CHECKS = (
    DatabaseCheck("The database is migrated", "Run `otn db upgrade`.", _migrated),
    DatabaseCheck("Its tables are those of the model", "Undo what was changed by hand.", _like_the_model),
    DatabaseCheck("Its indexes are valid", "Run REINDEX on them.", _indexes),
)
