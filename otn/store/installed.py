"""Finding the PostgreSQL that is installed: OTN takes initdb, pg_ctl and postgres from the distribution."""

import re
import shutil
import subprocess
from pathlib import Path

from otn.errors import ClusterError

MINIMUM_POSTGRESQL = 15

# Where Debian and Ubuntu install servers, one directory per major version; elsewhere pg_config knows.
SERVERS = Path("/usr/lib/postgresql")


def programs(cluster: Path) -> Path:
    """The directory of the PostgreSQL that made `cluster`, for a new cluster of the newest that has PostGIS.

    Raises ClusterError naming the packages to install.
    """
    installed = _installed()
    made_by = cluster / "PG_VERSION"
    if made_by.exists():
        version = int(made_by.read_text())
        if version not in installed:
            raise ClusterError(
                f"The database in {cluster} was made by PostgreSQL {version}, which is not installed: "
                f"install the packages postgresql-{version} and postgresql-{version}-postgis-3."
            )
        return installed[version]
    usable = [version for version in installed if version >= MINIMUM_POSTGRESQL]
    if not usable:
        raise ClusterError(missing("PostgreSQL"))
    with_postgis = [version for version in usable if _has_postgis(installed[version])]
    if not with_postgis:
        raise ClusterError(missing("PostGIS", max(usable)))
    return installed[max(with_postgis)]


def _installed() -> dict[int, Path]:
    """The directories of server programs, by major version."""
    found = {int(path.parent.name): path for path in SERVERS.glob("[0-9]*/bin")}
    if not found and (asked := shutil.which("pg_config")):
        version = _output(asked, "--version")
        found = {int(re.findall(r"\d+", version)[0]): Path(_output(asked, "--bindir"))}
    return {version: path for version, path in found.items() if (path / "initdb").exists()}


def _has_postgis(directory: Path) -> bool:
    return (Path(_output(str(directory / "pg_config"), "--sharedir")) / "extension" / "postgis.control").exists()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def missing(what: str, version: int | None = None) -> str:
    """The sentence that says what to install; `version` is the major version of PostgreSQL where one is there."""
    postgis = f"postgresql-{version}-postgis-3" if version else "postgresql-postgis"
    return f"{what} is missing: install the packages postgresql and {postgis}, or set OTN_DATABASE_URL."
