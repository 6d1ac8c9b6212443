"""The units that publishers count in, and those of the fields."""

from typing import Literal

Unit = Literal["ft", "in", "km", "m", "mi", "mph", "km/h", "kn", "kg", "t"]

# What one of each is in the unit of its kind: metres, kilometres per hour, tonnes. All are exact by definition.
_LENGTH = {"m": 1.0, "km": 1000.0, "ft": 0.3048, "in": 0.0254, "mi": 1609.344}
_SPEED = {"km/h": 1.0, "mph": 1.609344, "kn": 1.852}
_MASS = {"t": 1.0, "kg": 0.001}


def factor(unit: str, wanted: str | None) -> float | None:
    """By what to multiply a number of `unit` for one of `wanted`; None where they do not measure the same."""
    for kind in (_LENGTH, _SPEED, _MASS):
        if unit in kind and wanted in kind:
            return kind[unit] / kind[wanted]
    return None
