"""What waits in a temporary file until all of it is there: rows that then come in one order, and tables.

Rows are a merge of sorted runs; of each some twenty bytes stay in memory, however long it is. Of tables nothing does.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from otn.etl.copy_binary import body

Integers = npt.NDArray[np.int64]

# Large enough to be sent at little cost, small beside everything else.
_CHUNK_BYTES = 4 << 20


@dataclass(frozen=True)
class _Run:
    """A batch in the order of its ranks: where it begins in the file, where each row ends in it, and the place that
    each row had in the batch."""

    begin: int
    ends: npt.NDArray[np.int32]
    rank: Integers
    place: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rank)


class RowsAside:
    """Rows as bytes, added in batches. A row's number is how many were added before it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._runs: list[_Run] = []
        self._bytes = 0
        self._left_out = np.empty(0, np.int64)

    def add(self, rank: Integers, rows: pa.Array) -> None:
        """Puts a batch at the end: `rows` is a binary array, and `rank` orders them."""
        place = np.argsort(rank, kind="stable").astype(np.int32)
        run = rows.take(pa.array(place))
        ends = np.frombuffer(run.buffers()[1], np.int32)[run.offset + 1 :][: len(run)].copy()
        self._file.write(body(run))
        self._runs.append(_Run(self._bytes, ends, rank[place], place))
        self._bytes += int(ends[-1]) if len(run) else 0

    def close(self) -> None:
        """The rows are gone."""
        self._file.close()

    def rows(self, numbers: Integers) -> Iterator[tuple[Integers, pa.Array]]:
        """Rows by their numbers, in batches, and the numbers of each."""
        for run, begin in zip(self._runs, self._begins, strict=False):
            of_run = run.place + begin
            at = np.flatnonzero(np.isin(of_run, numbers))
            if len(at):
                yield of_run[at], self._read(run, at)

    def leave_out(self, numbers: Integers) -> None:
        """These rows are no longer wanted."""
        self._left_out = np.union1d(self._left_out, numbers)

    def numbers(self) -> Integers:
        """The numbers of the rows in the order of their ranks; rows of one rank come as they were added."""
        return self._number()[self._order()]

    def chunks(self) -> Iterator[tuple[Integers, pa.Array]]:
        """The ranks of the rows and the rows, in the order of `numbers`, in batches."""
        rank = self._column([run.rank for run in self._runs])
        size = self._column([np.diff(run.ends, prepend=0) for run in self._runs])
        order = self._order()
        filled = np.cumsum(size[order]) // _CHUNK_BYTES
        for rows in np.split(order, np.flatnonzero(np.diff(filled)) + 1):
            if len(rows):
                yield rank[rows], self._gathered(rows)

    @property
    def _begins(self) -> Integers:
        """The first row of each run, by its place in the file, and behind the last one the number of all."""
        return np.cumsum([0, *map(len, self._runs)], dtype=np.int64)

    def _column(self, of_runs: Sequence[npt.NDArray[np.integer[Any]]]) -> Integers:
        return np.concatenate([np.empty(0, np.int64), *of_runs])

    def _number(self) -> Integers:
        return self._column([run.place + begin for run, begin in zip(self._runs, self._begins, strict=False)])

    def _order(self) -> Integers:
        """The rows in the order of their ranks, by their places in the file."""
        order = np.argsort(self._column([run.rank for run in self._runs]), kind="stable")
        return order[~np.isin(self._number()[order], self._left_out)] if len(self._left_out) else order

    def _gathered(self, rows: Integers) -> pa.Array:
        """Rows by their places in the file, in whatever order; those of one run lie close together."""
        in_file = np.sort(rows)
        begins = self._begins
        edges = np.searchsorted(in_file, begins)
        read = [
            self._read(run, in_file[first:last] - begin)
            for run, begin, first, last in zip(self._runs, begins, edges, edges[1:], strict=False)
            if first < last
        ]
        return pa.concat_arrays(read).take(pa.array(np.searchsorted(in_file, rows)))

    def _read(self, run: _Run, at: Integers) -> pa.Array:
        """Rows of a run by their places in it, which ascend."""
        first, last = int(at[0]), int(at[-1]) + 1
        start = int(run.ends[first - 1]) if first else 0
        self._file.flush()
        data = os.pread(self._file.fileno(), int(run.ends[last - 1]) - start, run.begin + start)
        ends = np.concatenate([[start], run.ends[first:last]]).astype(np.int32) - np.int32(start)
        rows = pa.Array.from_buffers(pa.binary(), last - first, [None, pa.py_buffer(ends), pa.py_buffer(data)])
        return rows if len(rows) == len(at) else rows.take(pa.array(at - first))


class TableAside:
    """Batches of one schema, read again in the order in which they were added, as often as they are wanted."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._bytes = 0
        self._schema = pa.schema([])
        # Of each batch where every column begins in the file, and how long it is.
        self._batches: list[list[tuple[int, int]]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Puts a batch at the end."""
        self._schema = batch.schema
        self._batches.append([self._put(batch.select([name])) for name in batch.schema.names])

    def read(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """The batches, of which only these columns are read, or all where none is named."""
        self._file.flush()
        fields = [self._schema.get_field_index(name) for name in columns or self._schema.names]
        for places in self._batches:
            arrays = [self._column(field, *places[field]) for field in fields]
            yield pa.RecordBatch.from_arrays(arrays, [self._schema.names[field] for field in fields])

    def close(self) -> None:
        """The batches are gone."""
        self._file.close()

    def _put(self, column: pa.RecordBatch) -> tuple[int, int]:
        message = column.serialize()
        self._file.write(message)
        self._bytes += message.size
        return self._bytes - message.size, message.size

    def _column(self, field: int, begin: int, size: int) -> pa.Array:
        # Arrow's own reader of files would take memory from where nobody else does.
        data = pa.py_buffer(os.pread(self._file.fileno(), size, begin))
        return pa.ipc.read_record_batch(data, pa.schema([self._schema.field(field)])).column(0)
