"""The settings of one process: made once from the environment, frozen, and passed down."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from otn.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
CONFIG_DIR = ROOT / "config"
MIGRATIONS_DIR = ROOT / "migrations"

# Read by the tests, not by the program; known here so that they are not taken for typing errors.
_TEST_VARIABLES = frozenset({"OTN_REAL_DATA", "OTN_REAL_SCHEMAS"})


@dataclass(frozen=True)
class Settings:
    """What a person may set. `database_url` None means: run a private cluster under `data_dir`.

    `access_log` is a path or `-` for standard error; None means that no log is kept. `allow_private_downloads` lets
    datasets come from addresses of this machine and its network. `cache_mib` is what each worker keeps of its answers,
    `downloads_gib` what all of them keep of the files of whole collections; `changes_days` is how long the log of
    changes is kept.
    """

    database_url: str | None = None
    data_dir: Path = ROOT / "data"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    workers: int = 1
    access_log: str | None = None
    allow_private_downloads: bool = False
    cache_mib: int = 64
    downloads_gib: int = 8
    changes_days: int = 365

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the `OTN_*` variables; an empty one counts as unset.

        Raises SettingsError for an unknown name (a mistyped variable must not be ignored) or a bad value.
        """
        values = {name: value for name, value in environment.items() if name.startswith("OTN_")}
        known = {"OTN_" + name.upper() for name in cls.__dataclass_fields__} | _TEST_VARIABLES
        for name in sorted(values.keys() - known):
            raise SettingsError(f"{name} is not a setting of OTN; known are {', '.join(sorted(known))}.")

        def value(name: str) -> str | None:
            return values.get(name) or None

        default = cls()
        return cls(
            database_url=_url("OTN_DATABASE_URL", value("OTN_DATABASE_URL"), "postgresql://", "postgres://"),
            data_dir=Path(value("OTN_DATA_DIR") or default.data_dir).absolute(),
            host=value("OTN_HOST") or default.host,
            port=_integer("OTN_PORT", value("OTN_PORT"), default.port, minimum=0, maximum=65535),
            public_url=_url("OTN_PUBLIC_URL", value("OTN_PUBLIC_URL"), "http://", "https://"),
            workers=_integer("OTN_WORKERS", value("OTN_WORKERS"), default.workers, minimum=1, maximum=64),
            access_log=_log_path(value("OTN_ACCESS_LOG")),
            allow_private_downloads=_flag("OTN_ALLOW_PRIVATE_DOWNLOADS", value("OTN_ALLOW_PRIVATE_DOWNLOADS")),
            cache_mib=_integer("OTN_CACHE_MIB", value("OTN_CACHE_MIB"), default.cache_mib, minimum=0, maximum=65536),
            downloads_gib=_integer(
                "OTN_DOWNLOADS_GIB", value("OTN_DOWNLOADS_GIB"), default.downloads_gib, minimum=0, maximum=65536
            ),
            changes_days=_integer(
                "OTN_CHANGES_DAYS", value("OTN_CHANGES_DAYS"), default.changes_days, minimum=0, maximum=36500
            ),
        )

    def to_environment(self) -> dict[str, str]:
        """The same settings as variables, for a child process."""
        values = {
            "OTN_DATABASE_URL": self.database_url,
            "OTN_DATA_DIR": str(self.data_dir),
            "OTN_HOST": self.host,
            "OTN_PORT": str(self.port),
            "OTN_PUBLIC_URL": self.public_url,
            "OTN_WORKERS": str(self.workers),
            "OTN_ACCESS_LOG": self.access_log,
            "OTN_ALLOW_PRIVATE_DOWNLOADS": "yes" if self.allow_private_downloads else None,
            "OTN_CACHE_MIB": str(self.cache_mib),
            "OTN_DOWNLOADS_GIB": str(self.downloads_gib),
            "OTN_CHANGES_DAYS": str(self.changes_days),
        }
        return {name: value for name, value in values.items() if value is not None}

    @property
    def editions_dir(self) -> Path:
        """Where editions lie: a folder for each collection."""
        return self.data_dir / "editions"

    @property
    def rasters_dir(self) -> Path:
        """Where rasters lie: a folder for each collection that is one."""
        return self.data_dir / "rasters"

    @property
    def fingerprint(self) -> str:
        """Eight characters that tell this data directory from others: for names outside it that must be short."""
        return hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:8]


def _integer(name: str, text: str | None, default: int, *, minimum: int, maximum: int) -> int:
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if not minimum <= number <= maximum:
        raise SettingsError(f"{name} must lie between {minimum} and {maximum}, not {number}.")
    return number


def _flag(name: str, text: str | None) -> bool:
    if text not in (None, "yes", "no"):
        raise SettingsError(f"{name} must be yes or no, not {text!r}.")
    return text == "yes"


def _log_path(text: str | None) -> str | None:
    return text if text in (None, "-") else str(Path(text).absolute())


def _url(name: str, text: str | None, *schemes: str) -> str | None:
    if text is None:
        return None
    if not text.startswith(schemes):
        raise SettingsError(f"{name} must begin with {' or '.join(schemes)}.")
    return text.rstrip("/")
