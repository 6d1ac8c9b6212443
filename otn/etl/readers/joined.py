"""Files that belong together: told apart by their headers, joined by a key."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.errors import SourceError
from otn.etl.readers.delimited import Delimited, Lines
from otn.etl.readers.inputs import Inputs
from otn.model.collections import Collection


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
    """A table to look rows up in by a key, text without NUL: `keys` are distinct and in order."""

    def __init__(self, keys: npt.NDArray[np.bytes_], columns: pa.Table) -> None:
        self._keys = keys
        self._columns = columns.combine_chunks()

    @classmethod
    def by_first(cls, keys: pa.Array, columns: pa.Table) -> "Keyed":
        """Of several rows with one key the first counts; rows without a key do not."""
        known = pc.is_valid(keys)
        distinct, first = np.unique(_bytes(keys.filter(known)), return_index=True)
        return cls(distinct, columns.filter(known).take(first))

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
    key_of_row, code_of_row = [np.empty(0, "S1")], [np.empty(0, np.int8)]
    for keys, codes in rows:
        known = pc.is_valid(keys)
        key_of_row.append(_bytes(keys.filter(known)))
        places = pc.index_in(codes.filter(known), pa.array(list(names)))
        code_of_row.append(pc.fill_null(places, -1).to_numpy().astype(np.int8))
    distinct, key = np.unique(np.concatenate(key_of_row), return_inverse=True)
    code = np.concatenate(code_of_row)
    columns = {
        name: pa.array(np.bincount(key[code == number], minlength=len(distinct)))
        for number, name in enumerate(names.values())
    }
    return Keyed(distinct, pa.table(columns))


def _bytes(keys: pa.Array) -> npt.NDArray[np.bytes_]:
    """Keys as fixed-width bytes, which NumPy sorts and searches without Python objects."""
    text = pc.fill_null(keys, "")
    width = pc.max(pc.binary_length(text)).as_py() or 1
    padded = pc.ascii_rpad(text, width, "\0").cast(pa.binary(width))
    return np.frombuffer(padded.buffers()[1], f"S{width}")[padded.offset :][: len(padded)]


def _nulls(keys: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_null(keys), dtype=bool)
