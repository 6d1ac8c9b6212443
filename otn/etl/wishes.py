"""What somebody asks of one load."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wishes:
    """`files` to read in place of the declared source, and `crs` of them.

    `clip` keeps only what touches the region's outline; what the dataset itself selects is selected anyway.
    `dry_run` says what a load would do, and takes it back; `accept_losses` loads however much is rejected or removed.
    """

    files: Sequence[Path] = ()
    crs: str | None = None
    clip: bool = False
    dry_run: bool = False
    accept_losses: bool = False


AS_DECLARED = Wishes()
"""Nothing but what the dataset declares."""
