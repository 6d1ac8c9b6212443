"""Files that belong together: told apart by their headers, joined by a key."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.errors import SourceError
from otn.etl.readers.delimited import Delimited, Lines
from otn.etl.readers.inputs import Inputs
from otn.model.collections import Collection

_ROWS_BEFORE_MERGE = 1_000_000


def check_collection(inputs: Inputs, *collections: Collection) -> None:
    """Raises SourceError unless the dataset wants one of the collections that the format gives."""
    if inputs.dataset.collection not in [collection.id for collection in collections]:
        given = " and ".join(collection.id for collection in collections)
        raise SourceError(
            f"{inputs.dataset.id}: {inputs.files[0].name} gives {given}, not {inputs.dataset.collection}."
        )


def files_of(inputs: Inputs, fallback: str = "utf-8") -> list[Delimited]:
    """The files, in the encoding and with the delimiter that are declared; where none are, what they seem to have."""
    source = inputs.source
    encoding, delimiter = (source.encoding, source.delimiter) if source else (None, None)
    return [Delimited(path, encoding, delimiter, fallback) for path in inputs.files]


def by_role(
    inputs: Inputs, roles: Mapping[str, Callable[[frozenset[str]], bool]], main: str | None, fallback: str = "utf-8"
) -> dict[str, list[Delimited]]:
    """The files by what they hold: each role tells its files by the names of their columns, in lower case.

    Raises SourceError for a file of no role, naming its columns, and when there is none of the role `main` (None: each
    role will do).
    """
    found: dict[str, list[Delimited]] = defaultdict(list)
    for file in files_of(inputs, fallback):
        columns = frozenset(name.lower() for name in file.header)
        role = next((role for role, tells in roles.items() if tells(columns)), None)
        if role is None:
            raise SourceError(
                f"{file.path} is no file of {', '.join(roles)}: its columns are {', '.join(file.header)}."
            )
        found[role].append(file)
    if main is not None and main not in found:
        names = ", ".join(path.name for path in inputs.files)
        raise SourceError(f"{inputs.dataset.id} needs the file of {main}; there is none among {names}.")
    return found


def check_columns(file: Delimited, *needed: tuple[str, ...]) -> None:
    """Raises SourceError naming the columns that `file` lacks; each is given by the names it may have."""
    present = {name.lower() for name in file.header}
    lacking = [" or ".join(names) for names in needed if not present & {name.lower() for name in names}]
    if lacking:
        raise SourceError(f"{file.path} lacks the columns {', '.join(lacking)}; it has {', '.join(file.header)}.")


def lines_of(files: Iterable[Delimited]) -> Iterator[Lines]:
    """The rows of the files, one after the other. Raises SourceError for a file without rows."""
    for file in files:
        read = 0
        for lines in file.lines():
            yield lines
            read += len(lines.position) + len(lines.rejects)
        if read == 0:
            raise SourceError(f"{file.path} has no rows.")


def present(file: Delimited, *names: str) -> tuple[str, ...]:
    """Those of the names that are columns of the file, spelled as there."""
    wanted = {name.lower() for name in names}
    return tuple(name for name in file.header if name.lower() in wanted)


class Keyed:
    """A table to look rows up in by a key, text without NUL; of several rows with one key the first counts."""

    def __init__(self, keys: pa.Array, columns: pa.Table) -> None:
        known = np.asarray(pc.is_valid(keys), dtype=bool)
        self._keys, first = np.unique(_bytes(keys.filter(pa.array(known))), return_index=True)
        self._columns = columns.filter(pa.array(known)).take(first).combine_chunks()

    def of(self, keys: pa.Array) -> dict[str, pa.Array]:
        """The columns for each of `keys`, by name; null where a key is not known."""
        wanted = _bytes(keys)
        at = np.searchsorted(self._keys, wanted)
        inside = at < len(self._keys)
        at[~inside] = 0
        found = inside & (self._keys[at] == wanted if len(self._keys) else False) & ~_nulls(keys)
        places = pa.array(at, mask=~found)
        return {name: self._columns[name].combine_chunks().take(places) for name in self._columns.column_names}


def counted(rows: Iterable[tuple[pa.Array, pa.Array]], names: Mapping[str, str]) -> Keyed:
    """How often each code of `names` occurs with each key, in columns of these names; `rows` are keys and codes.

    A key that occurs with none of the codes has none but zeros.
    """
    counts = pa.table(
        {"key": pa.array([], pa.string()), "code": pa.array([], pa.string()), "n": pa.array([], pa.int64())}
    )
    pending: list[pa.Table] = []
    for keys, codes in rows:
        once = pa.array(np.ones(len(keys), np.int64))
        pending.append(_summed(pa.table({"key": keys, "code": codes, "n": once})))
        if sum(map(len, pending)) > _ROWS_BEFORE_MERGE:
            counts, pending = _summed(pa.concat_tables([counts, *pending])), []
    return _pivoted(_summed(pa.concat_tables([counts, *pending])), names)


def _pivoted(counts: pa.Table, names: Mapping[str, str]) -> Keyed:
    """From a row for each key and code to a row for each key with a column for each code."""
    keys = pc.unique(counts["key"])
    places = pc.index_in(counts["key"], keys).to_numpy()
    columns: dict[str, Any] = {}
    for code, name in names.items():
        of_code = np.asarray(pc.fill_null(pc.equal(counts["code"], code), False), dtype=bool)
        column = np.zeros(len(keys), np.int64)
        column[places[of_code]] = counts["n"].to_numpy()[of_code]
        columns[name] = pa.array(column)
    return Keyed(keys, pa.table(columns))


def _summed(table: pa.Table) -> pa.Table:
    grouped = table.group_by(["key", "code"]).aggregate([("n", "sum")])
    return grouped.rename_columns({"n_sum": "n"}).select(["key", "code", "n"])


def _bytes(keys: pa.Array) -> npt.NDArray[np.bytes_]:
    """Keys as fixed-width bytes, which NumPy sorts and searches without Python objects."""
    return np.array(pc.fill_null(keys, "").cast(pa.binary()).to_pylist(), dtype=np.bytes_)


def _nulls(keys: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_null(keys), dtype=bool)
