"""Whether a request costs more where there are more features: the same boxes, asked of a tenth of the roads too."""

from dataclasses import replace
from pathlib import Path

from bench.boxes import Box, as_parameter, fitted
from bench.data import DATA_DIR
from otn.edition.edition import Edition
from otn.edition.manifest import PARTS, write_manifest
from otn.edition.shelf import Shelf
from otn.model.collections import ROADS

_TOWNS = ("cz/prague-roads", "elsewhere/liechtenstein-roads", "elsewhere/porto-roads", "elsewhere/andorra-roads")
"""Datasets that lie apart from the others and have about 50,000 roads together."""
_MATCHED = 250
_PLACES = 12


def few_roads(directory: Path) -> int:
    """Makes an edition of the parts of some towns; returns how many there are."""
    edition = _edition(DATA_DIR)
    parts = tuple(part for part in edition.manifest.parts if part.identity.dataset in _TOWNS)
    number = sum(part.count for part in parts)
    folder = directory / "editions" / ROADS.id
    (folder / PARTS).mkdir(parents=True)
    for part in parts:
        (folder / PARTS / part.file).symlink_to(DATA_DIR / "editions" / ROADS.id / PARTS / part.file)
    kept = [edition.manifest.parts.index(part) for part in parts]
    manifest = replace(
        edition.manifest,
        count=number,
        front=(),
        parts=parts,
        declarations=tuple(edition.manifest.declarations[place] for place in kept),
    )
    write_manifest(folder, manifest)
    return number


def queries(directory: Path) -> list[str]:
    """Pages of 10 in boxes that hold as many of the few roads as of all."""
    few, all_ = _edition(directory), _edition(DATA_DIR)

    def matched(edition: Edition, box: Box) -> int:
        return edition.page((box,), limit=0).matched

    found = []
    for part in few.parts:
        for position in range(0, part.count, part.count // (_PLACES // len(few.parts))):
            west, south, _, _ = part.boxes[position].tolist()
            box = fitted(lambda box: matched(few, box), west, south, _MATCHED)
            if box is not None and matched(all_, box) == matched(few, box):
                found.append(f"limit=10&bbox={as_parameter(box)}")
    return found


def _edition(directory: Path) -> Edition:
    shelf = Shelf(directory / "editions")
    shelf.poll()
    edition = shelf.current(ROADS.id)
    if edition is None:
        raise RuntimeError(f"There is no edition of {ROADS.id} below {directory}.")
    return edition
