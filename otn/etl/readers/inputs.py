"""What a reader is given to read."""

from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS

from otn.model.datasets import Dataset
from otn.model.sources import FileSource


@dataclass(frozen=True)
class Inputs:
    """The files of one load, and what is declared about them.

    `files` are several where a format joins files; they come in the order of the declaration, or as they were named.
    `crs` was named by hand or declared; None leaves it to the format. `dataset.collection` says what is wanted of a
    format that holds several collections.
    """

    files: tuple[Path, ...]
    dataset: Dataset
    crs: CRS | None = None

    @property
    def source(self) -> FileSource | None:
        """The declaration of the source; None where there is none and the file speaks for itself."""
        return self.dataset.source if isinstance(self.dataset.source, FileSource) else None
