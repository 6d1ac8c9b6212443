"""How much a load may lose before it stops: a source that is broken must not empty what is served."""

from dataclasses import dataclass

_FEW = 10
"""So many rows are never too many: small datasets change by hand."""


@dataclass(frozen=True)
class Tolerance:
    """Shares from 0 to 1: of rows that may be rejected, beyond those the load before rejected too, and of the
    publisher's objects that may be removed. They are asked for where the dataset has features already."""

    rejected: float = 0.2
    removed: float = 0.3

    @classmethod
    def of_anything(cls) -> "Tolerance":
        """What a person has who says that losses are right."""
        return cls(rejected=1.0, removed=1.0)

    def too_many_rejected(
        self, dataset: str, rejects: dict[str, int], staged: int, *, before: float, dry_run: bool = False
    ) -> str | None:
        """Why a load with these rejects, by reason, stops; `before` is the share that the load before rejected."""
        rejected = sum(rejects.values())
        rows = rejected + staged
        if rejected <= _FEW or rejected <= (self.rejected + before) * rows:
            return None
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in rejects.items())
        return (
            f"{rejected:,} of {rows:,} rows would be rejected ({reasons}), more than {self.rejected:.0%}"
            f"{f' beyond the {before:.0%} of the load before' if before else ''}: {dataset} stays as it is. "
            f"{rows_shown(dataset, dry_run=dry_run)}; --accept-losses loads the rest."
        )

    def is_lost(self, removed: int, before: int) -> bool:
        """Whether so many of what was there before are too many to remove."""
        return removed > max(_FEW, self.removed * before)

    def too_much_removed(self, dataset: str, removed: int, before: int) -> str | None:
        """Why a load stops that would remove so many of the objects there are."""
        if not self.is_lost(removed, before):
            return None
        return (
            f"{removed:,} of {before:,} objects would be removed, more than {self.removed:.0%}: {dataset} stays as it "
            "is. If the publisher really removed them, --accept-losses does too."
        )


def rows_shown(dataset: str, *, dry_run: bool) -> str:
    """What shows the rows that were rejected: a dry run keeps none."""
    return f"`otn rejects {dataset}` shows the rows{' after a load without --dry-run' if dry_run else ''}"
