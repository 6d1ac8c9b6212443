"""The sources that packages carry hold what their datasets say."""

from collections import Counter

import pytest

from otn.errors import SourceError
from otn.etl.readers.airportsdata import AirportsData
from otn.etl.readers.packages import package_file
from otn.etl.readers.scgraph import ScgraphNetwork
from otn.etl.readers.searoute import SearouteLanes, SearoutePorts
from otn.model.collections import AIRPORTS, PORTS

PARTNERS = ("BE", "CZ", "FR", "GB", "GR", "LV")


def test_airports_of_the_partner_countries() -> None:
    [rows] = AirportsData().read()
    countries = Counter(rows.attributes["country"].to_pylist())
    assert {country: countries[country] for country in PARTNERS} == {
        "BE": 59,
        "CZ": 99,
        "FR": 462,
        "GB": 245,
        "GR": 63,
        "LV": 16,
    }


def test_elevations_of_airports_are_converted_from_feet() -> None:
    reader = AirportsData()
    [rows] = reader.read()
    fields = reader.harmonise(rows.attributes, AIRPORTS)
    riga = fields["icao"].to_pylist().index("EVRA")
    assert fields["elevation"][riga].as_py() == pytest.approx(36 * 0.3048, abs=0.06)
    assert fields["sourceCodes"][riga].as_py() == '{"elevation": "36 ft"}'
    assert fields["iata"][riga].as_py() == "RIX"


def test_ports_of_the_partner_countries() -> None:
    reader = SearoutePorts()
    [rows] = reader.read()
    countries = Counter(reader.harmonise(rows.attributes, PORTS)["country"].to_pylist())
    assert {country: countries[country] for country in PARTNERS} == {
        "BE": 9,
        "CZ": 2,
        "FR": 81,
        "GB": 227,
        "GR": 47,
        "LV": 6,
    }


def test_sea_lanes_have_identifiers_of_their_own() -> None:
    [rows] = SearouteLanes().read()
    assert len(rows) == len(set(rows.source_id.to_pylist())) == 4109


@pytest.mark.parametrize(
    ("module", "edges", "loops"), [("world_highways", 822_234, 7_745), ("world_railways", 328_750, 158_922)]
)
def test_networks_have_each_edge_once_and_their_loops_apart(module: str, edges: int, loops: int) -> None:
    identifiers: set[str] = set()
    left_out = 0
    for rows in ScgraphNetwork(module).read():
        identifiers.update(rows.source_id.to_pylist())
        left_out += len(rows.normalised)
    assert (len(identifiers), left_out) == (edges, loops)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(SourceError, match=r"no_such_package with its file data\.csv is not installed"):
        package_file("no_such_package", "data.csv")
