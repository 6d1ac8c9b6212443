"""Whether a runway is paved, from what OurAirports' contributors write of its surface.

The text is free: codes of ICAO (ASP, CON, GRE), of the FAA (ASPH-G: asphalt in good condition), and words.
"""

import re

# fmt: off
# PEM is partly concrete, asphalt or macadam; COP a composite.
_PAVED = frozenset({
    "ASP", "ASPH", "ASPHALT", "ASPHALTIC", "CON", "CONC", "CONCRETE", "BIT", "BITUMEN", "BITUMINOUS", "PEM", "PAV",
    "PAVE", "PAVED", "MAC", "MACADAM", "TARMAC", "TAR", "TARRED", "SEALED", "BRI", "BRICK", "BRICKS", "COP",
    "COMPOSITE", "CEMENT", "PAVEMENT",
})
# GRE is graded or rolled earth; TER earth, in French.
_UNPAVED = frozenset({
    "GRS", "GRASS", "GRASSED", "GRE", "TURF", "SOD", "LAWN", "GRV", "GVL", "GRVL", "GRAVEL", "DIRT", "EARTH",
    "EARTHEN", "SOIL", "SAN", "SAND", "SANDY", "CLA", "CLAY", "LAT", "LATERITE", "COR", "CORAL", "TER", "MUD", "SILT",
    "LOAM", "ROCK", "ROCKS", "STONE", "STONES", "CALICHE", "CINDERS", "CINDER", "SHALE", "UNPAVED", "UNSEALED",
    "NATURAL", "ICE", "SNO", "SNOW", "SALT",
})
# fmt: on

_WORDS = re.compile(r"[A-Z]+")


def surface(text: str) -> str | None:
    """`paved` or `unpaved`; None for what is both, water, or not told, as by single letters that may be a condition."""
    words = set(_WORDS.findall(text.upper()))
    paved, unpaved = not words.isdisjoint(_PAVED), not words.isdisjoint(_UNPAVED)
    if paved == unpaved:
        return None
    return "paved" if paved else "unpaved"
