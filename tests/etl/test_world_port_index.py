"""Ports of the World Port Index: countries by name, blanks for nothing, depths that are not known."""

import csv
import json
from pathlib import Path

import pytest
import shapely

from otn.errors import SourceError
from otn.etl.readers.country_names import country_code
from otn.etl.readers.world_port_index import WorldPortIndex
from otn.etl.rows import SourceRows
from otn.model.collections import PORTS
from tests.etl.declared import dataset, features

HEADER = ["OID_", "World Port Index Number", "Main Port Name", "UN/LOCODE", "Country Code", "Channel Depth (m)"]
HEADER += ["Harbor Size", "Latitude", "Longitude"]
ANTWERP = ["1", "31140.0", "Antwerpen", "BE ANR", "Belgium", "15.5", "Large", "51.25", "4.366667000000000"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "UpdatedPub150.csv"


def read(path: Path, *rows: list[str], header: list[str] = HEADER) -> tuple[WorldPortIndex, SourceRows]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    reader = WorldPortIndex(path, None, dataset("ports", "world-port-index"))
    (batch,) = reader.read()
    return reader, batch


def test_a_port_in_the_words_of_the_model(path: Path) -> None:
    reader, rows = read(path, ANTWERP)
    (port,) = features(reader, rows, PORTS)
    assert json.loads(port.pop("sourceCodes")) == {
        "Country Code": "Belgium",
        "Harbor Size": "Large",
        "UN/LOCODE": "BE ANR",
    }
    assert port == {
        "name": "Antwerpen",
        "unLocode": "BEANR",
        "harbourSize": "large",
        "channelDepth": 15.5,
        "country": "BE",
    }
    assert rows.source_id.to_pylist() == ["31140"]
    assert rows.geometry.tolist() == [shapely.Point(4.366667, 51.25)]
    assert rows.attributes["country"].to_pylist() == ["BE"]


def test_blanks_and_depths_of_nothing_are_null(path: Path) -> None:
    row = ANTWERP.copy()
    row[3:7] = " ", "Atlantis", "0.0", " "
    reader, rows = read(path, row)
    (port,) = features(reader, rows, PORTS)
    assert json.loads(port["sourceCodes"]) == {"Channel Depth (m)": "0.0", "Country Code": "Atlantis"}
    assert port.keys() == {"name", "sourceCodes"}
    assert rows.attributes["country"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Belgium", "BE"),
        ("United Kingdom", "GB"),
        ("Turkey", "TR"),
        ("The Bahamas", "BS"),
        ("Bahamas, The", "BS"),
        ("Cote D'Ivoire", "CI"),
        ("Saint Pierre and Miquelon", "PM"),
        ("Trinidad and Tobago", "TT"),
        ("U.S. Virgin Islands", "VI"),
        ("Sao Tome and Principe", "ST"),
        ("Saint Lucia", "LC"),
        ("NA", "NA"),
        ("ZZ", None),
        ("Kosovo", None),
        ("European Union", None),
        ("", None),
    ],
)
def test_countries_have_many_names(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_columns_that_are_not_there_are_named(path: Path) -> None:
    with pytest.raises(SourceError, match=r"lacks the columns Harbor Size, Channel Depth \(m\)"):
        read(path, ANTWERP[:5] + ANTWERP[7:], header=HEADER[:5] + HEADER[7:])


def test_only_ports_are_read(path: Path) -> None:
    with pytest.raises(SourceError, match="is read for ports, not for roads"):
        WorldPortIndex(path, None, dataset("roads", "world-port-index"))


def test_the_ports_of_the_world(real_data: Path) -> None:
    file = real_data / "world_port_index" / "wpi_sample.csv"
    reader = WorldPortIndex(file, None, dataset("ports", "world-port-index"))
    (rows,) = reader.read()
    ports = features(reader, rows, PORTS)
    assert len(ports) == 476
    assert all("country" in port for port in ports)
    counted = {name: sum(name in port for port in ports) for name in ("unLocode", "harbourSize", "channelDepth")}
    assert counted == {"unLocode": 420, "harbourSize": 456, "channelDepth": 387}
