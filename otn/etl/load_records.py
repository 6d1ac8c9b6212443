"""What a load counts while it is under way, and the record it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from otn.etl.extract import Origin
from otn.etl.memory import give_back_memory
from otn.etl.merge import Changes
from otn.etl.network_check import NetworkCheck
from otn.etl.quality import UnknownCodes
from otn.etl.rows import Reason
from otn.etl.staging import Staging


@dataclass(frozen=True)
class LoadSummary:
    """What a load did, as it was recorded.

    `number_...` count features of the dataset's own collection, `objects_...` the publisher's objects they belong to
    (one road may be cut into many links), `further` has the features of collections it fills beside, by collection.
    """

    load_id: int
    dataset: str
    number_read: int
    number_added: int
    number_changed: int
    number_removed: int
    objects_added: int
    objects_changed: int
    objects_removed: int
    number_rejected: int
    number_normalised: int
    number_repaired: int
    rejects_by_reason: dict[str, int]
    further: dict[str, Changes] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)


@dataclass
class Counts:
    """What the stages before the database counted; `unselected` are rows of other regions than the dataset's."""

    read: int = 0
    unselected: int = 0
    normalised: int = 0
    repaired: int = 0
    unknown_codes: UnknownCodes = field(default_factory=UnknownCodes)
    network: NetworkCheck = field(default_factory=NetworkCheck)
    remarks: list[str] = field(default_factory=list)
    _network_found: dict[str, Any] = field(default_factory=dict)

    def check_network(self) -> None:
        """Looks at the network as a whole, ahead of the report."""
        self._network_found = self.network.report()
        give_back_memory()

    def failed(self, load_id: int, dataset: str) -> LoadSummary:
        """What a load did that failed before it came to compare anything."""
        none = Changes()
        return LoadSummary(
            load_id=load_id,
            dataset=dataset,
            number_read=self.read,
            number_added=none.added,
            number_changed=none.changed,
            number_removed=none.removed,
            objects_added=none.added,
            objects_changed=none.changed,
            objects_removed=none.removed,
            number_rejected=0,
            number_normalised=self.normalised,
            number_repaired=self.repaired,
            rejects_by_reason={},
        )

    def report(self, rejects: dict[str, int], stagings: Sequence[Staging]) -> dict[str, Any]:
        """The quality of what was read: the dataset's own collection, and those it fills beside by their ids."""
        own, *further = stagings
        return {
            "read": self.read,
            "unselected": self.unselected,
            "normalised": self.normalised,
            "repaired": self.repaired,
            "rejected": sum(rejects.values()),
            "duplicates": rejects.get(Reason.DUPLICATE_ID.value, 0),
            "rejects": rejects,
            "unknownCodes": self.unknown_codes.report(),
            "network": self._network_found or self.network.report(),
            "remarks": self.remarks,
            **own.tally.report(own.bbox()),
            "further": {staging.collection.id: staging.tally.report(staging.bbox()) for staging in further},
        }


def record_load(
    connection: psycopg.Connection,
    summary: LoadSummary,
    origin: Origin,
    started: datetime,
    failure: str | None,
) -> None:
    """Writes the record of a load, committed (`failure` None) or failed."""
    values = {
        "id": summary.load_id,
        "dataset": summary.dataset,
        "state": "failed" if failure else "committed",
        "started": started,
        "source": origin.description,
        "source_sha256": origin.sha256,
        "source_url": origin.url,
        "lineage": Jsonb(origin.lineage),
        "number_read": summary.number_read,
        "number_added": summary.number_added,
        "number_changed": summary.number_changed,
        "number_removed": summary.number_removed,
        "objects_added": summary.objects_added,
        "objects_changed": summary.objects_changed,
        "objects_removed": summary.objects_removed,
        "number_rejected": summary.number_rejected,
        "number_normalised": summary.number_normalised,
        "number_repaired": summary.number_repaired,
        "report": Jsonb(summary.report),
        "message": failure,
    }
    connection.execute(
        "INSERT INTO load (finished, id, dataset, state, started, source, source_sha256, source_url, lineage,"
        "  number_read, number_added, number_changed, number_removed, objects_added, objects_changed, objects_removed,"
        "  number_rejected, number_normalised, number_repaired, report, message)"
        " VALUES (clock_timestamp(), %(id)s, %(dataset)s, %(state)s, %(started)s, %(source)s, %(source_sha256)s,"
        "  %(source_url)s, %(lineage)s, %(number_read)s, %(number_added)s, %(number_changed)s, %(number_removed)s,"
        "  %(objects_added)s, %(objects_changed)s, %(objects_removed)s, %(number_rejected)s, %(number_normalised)s,"
        "  %(number_repaired)s, %(report)s, %(message)s)",
        values,
    )


def record_rejects(connection: psycopg.Connection, load_id: int, dataset: str) -> None:
    """Keeps the staged rejects in the place of those of earlier loads of the dataset."""
    connection.execute("DELETE FROM reject USING load WHERE load.id = reject.load_id AND load.dataset = %s", [dataset])
    connection.execute(
        "INSERT INTO reject (load_id, position, source_id, reason, detail, row)"
        " SELECT %s, * FROM staged_reject ORDER BY position",
        [load_id],
    )
