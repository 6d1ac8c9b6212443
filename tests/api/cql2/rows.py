"""The rows that filters are tried on. Every property is null in some row."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A feature; `properties` are named as they are served, those left out are null."""

    id: int
    wkt: str
    properties: dict[str, Any] = field(default_factory=dict)


ROAD_ROWS = (
    Row(
        1,
        "LINESTRING(0 0, 10 0)",
        {
            "name": "Straße",
            "nationalRoadCode": "N1;N2",
            "functionalRoadClass": "mainRoad",
            "speedLimit": 50,
            "lanes": 2,
            "maximumHeight": 4.5,
            "bridge": True,
            "tunnel": False,
            "validFrom": "2020-01-01T10:00:00Z",
            "validTo": "2020-12-31T23:00:00Z",
        },
    ),
    Row(
        2,
        "LINESTRING(0 -5, 0 5)",
        {
            "name": "STRASSE",
            "nationalRoadCode": "N2",
            "functionalRoadClass": "firstClass",
            "speedLimit": 90,
            "lanes": 2,
            "bridge": False,
            "tunnel": False,
            "validFrom": "2020-06-15T00:00:00Z",
        },
    ),
    Row(
        3,
        "LINESTRING(5 -5, 5 5)",
        {
            "name": "Église",
            "nationalRoadCode": "N1; N3",
            "speedLimit": 70,
            "lanes": 4,
            "maximumHeight": 70.0,
            "bridge": True,
            "tunnel": True,
            "validFrom": "2021-01-01T00:00:00Z",
            "validTo": "2021-01-01T23:59:59Z",
        },
    ),
    Row(
        4,
        "LINESTRING(0 0, 10 0)",
        {
            "name": "eglise 100%",
            "speedLimit": 0,
            "lanes": 0,
            "maximumHeight": 0.0,
            "tunnel": True,
            "validTo": "2019-05-05T12:00:00Z",
        },
    ),
    Row(5, "LINESTRING(20 20, 30 30)"),
    Row(
        6,
        "LINESTRING(170 10, 180 10)",
        {
            "name": "O'Neill \\ x_y",
            "speedLimit": 50,
            "maximumHeight": 1e308,
            "validFrom": "2020-01-01T00:00:00Z",
            "validTo": "2020-01-01T00:00:00Z",
        },
    ),
    Row(7, "LINESTRING(-180 10, -170 10)", {"name": "ΟΔΟΣ", "maximumHeight": 1e-308}),
)

AIRPORT_ROWS = (
    Row(101, "POINT(0 0)", {"name": "Liège", "elevation": 10.5}),
    Row(102, "POINT(5 5)", {"name": "Plzeň", "elevation": -3.0}),
    Row(103, "POINT(4.5 51)"),
)
