"""How a part lies on the disk: what writing and reading it agree on.

    magic | section | section | ... | directory | tail

Each section begins at a multiple of eight bytes; numbers are little-endian. The directory is JSON: where each section
lies, and what the part is. The tail is that of every sealed file (otn.edition.sealed_file).
"""

from dataclasses import dataclass
from typing import Any

MAGIC = b"OTNPART1"
SEPARATOR = b","
"""After every fragment, the last one too: neighbours are one slice."""

FRAGMENTS = "fragments"
"""Every feature as GeoJSON text, in the order of rank and id."""
GEOMETRY = "geometry"
"""WKB of the features whose box does not say all: those that are no points."""
TREE = "tree"
"""The packed R-tree of geoindex-rs over the boxes."""

COLUMNS = {
    "offsets": "<u8",
    "ids": "<i8",
    "ranks": "<i8",
    "boxes": "<f8",
    "geometry_offsets": "<u8",
    "by_id": "<i8",
}
"""Sections that are arrays of numbers, one for each feature; `boxes` has four, the two of offsets have one more at the
end, and `by_id` has the positions of the features in the order of their ids."""

UNFINISHED = ".unfinished"
"""The suffix of a file that is being written; one that nobody writes any more was left by a build that was killed."""

Bounds = tuple[float, float, float, float]
"""West, south, east and north in degrees; west is never greater than east."""


@dataclass(frozen=True)
class Identity:
    """What a part was made of: two parts that have this in common have the same features in the same words.

    `load_id` is the newest load that changed the dataset's features of the collection, `loaded` when it ended, which
    tells it from a load of the same number in another database; `recipe` is the fingerprint of how it was made.
    """

    collection: str
    dataset: str
    load_id: int
    loaded: str
    recipe: str


@dataclass(frozen=True)
class PartInfo:
    """What a part says of itself."""

    identity: Identity
    licence: str
    count: int
    bbox: Bounds | None
    statistics: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the directory holds it."""
        return {
            "identity": vars(self.identity),
            "licence": self.licence,
            "count": self.count,
            "bbox": self.bbox,
            "statistics": self.statistics,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "PartInfo":
        """What `to_json` made."""
        bbox = content["bbox"]
        return cls(
            Identity(**content["identity"]),
            content["licence"],
            content["count"],
            None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3]),
            content["statistics"],
        )
