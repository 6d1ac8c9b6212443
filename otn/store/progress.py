"""What long work tells of its progress; the command line shows it, tests ignore it."""

from typing import Protocol


class Progress(Protocol):
    """Receives the stages of a load or of a build, and the rows done."""

    def stage(self, name: str, total: int | None) -> None:
        """A new stage begins; `total` rows are to come, None where that is not known."""

    def advance(self, rows: int) -> None:
        """So many more rows of the current stage are done."""


class Silent:
    """Shows nothing."""

    def stage(self, name: str, total: int | None) -> None:
        """Ignored."""

    def advance(self, rows: int) -> None:
        """Ignored."""
