"""Which PostgreSQL is taken, and what is said when there is none."""

from pathlib import Path

import pytest

from otn.errors import ClusterError
from otn.store import installed


def _install(servers: Path, version: int, *, postgis: bool) -> Path:
    """Lays out what the distribution's packages would: a server, whose pg_config tells where extensions lie."""
    programs = servers / str(version) / "bin"
    share = servers / str(version) / "share"
    (share / "extension").mkdir(parents=True)
    programs.mkdir()
    (programs / "initdb").touch()
    (programs / "pg_config").write_text(f"#!/bin/sh\necho '{share}'\n")
    (programs / "pg_config").chmod(0o755)
    if postgis:
        (share / "extension" / "postgis.control").touch()
    return programs


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of installed servers, empty; and no pg_config on the PATH."""
    monkeypatch.setattr(installed, "SERVERS", tmp_path / "servers")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "servers"


def test_the_newest_server_with_postgis_is_taken(servers: Path, tmp_path: Path) -> None:
    _install(servers, 15, postgis=True)
    expected = _install(servers, 16, postgis=True)
    _install(servers, 17, postgis=False)
    assert installed.programs(tmp_path / "new") == expected


def test_a_cluster_stays_with_the_server_that_made_it(servers: Path, tmp_path: Path) -> None:
    expected = _install(servers, 15, postgis=True)
    _install(servers, 16, postgis=True)
    (tmp_path / "PG_VERSION").write_text("15\n")
    assert installed.programs(tmp_path) == expected


def test_a_cluster_whose_server_is_gone_names_the_packages(servers: Path, tmp_path: Path) -> None:
    _install(servers, 16, postgis=True)
    (tmp_path / "PG_VERSION").write_text("15\n")
    with pytest.raises(ClusterError, match=r"packages postgresql-15 and postgresql-15-postgis-3\.$"):
        installed.programs(tmp_path)


@pytest.mark.parametrize("versions", [(), (14,)])
def test_no_server_new_enough_names_the_packages(servers: Path, tmp_path: Path, versions: tuple[int, ...]) -> None:
    for version in versions:
        _install(servers, version, postgis=True)
    with pytest.raises(ClusterError, match="PostgreSQL is missing: install the packages postgresql and"):
        installed.programs(tmp_path)


def test_a_server_without_postgis_names_the_package_that_fits_it(servers: Path, tmp_path: Path) -> None:
    _install(servers, 16, postgis=False)
    with pytest.raises(ClusterError, match=r"PostGIS is missing: .* postgresql-16-postgis-3"):
        installed.programs(tmp_path)
