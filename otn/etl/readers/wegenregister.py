"""Road segments of the Flemish road register (Wegenregister), as published and in extracts of others.

Shapefile, GeoPackage or GeoJSON with the register's columns; a prefix before a colon (`original:WS_OIDN`) is taken off.
A segment that comes in several rows, cut at the borders of tiles, becomes one row again: equal pieces count once,
pieces that meet are joined. A row that only repeats or continues a segment, a tramway or a ferry is left out as
normalised.

What is planned, being built or out of use is kept, but as no road that has a form or class: only its codes say what it
is to be. The register's dates (OPNDATUM, BEGINTIJD) say when a segment was recorded, not since when the road is there:
validFrom is null. Road nodes follow the segments.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.errors import SourceError
from otn.etl.readers import wegenregister_codes as lists
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import check_collection
from otn.etl.readers.values import codes, meanings, named
from otn.etl.readers.vector import SUFFIXES, VectorFile
from otn.etl.readers.wegenregister_nodes import BEGIN, END, NodesOfSegments
from otn.etl.rows import Geometries, Reason, Reject, SourceRows, json_objects
from otn.model.collections import ROAD_NODES, ROADS, Collection

_LINE, _MULTI_LINE = 1, 5  # type ids of shapely
_FIRST, _SECOND = lists.FIRST, lists.SECOND
_ID = "WS_OIDN"
_NEEDED = (_ID, "STATUS", "MORF", "WEGCAT")
_NODES = ("B_WK_OIDN", "E_WK_OIDN")
# The second version calls the access to a segment TOEGANG, the first TGBEP.
_COLUMNS_OF_SECOND = ("TOEGANG", "VERHARDING", "AUTOHEEN")
_NO_NAMES = pa.array(["nvt", "ng", "niet gekend", "niet van toepassing", "-8", "-9"])
# The lines that are left of a segment; where these are several, only one begins or ends at the segment's node.
_PIECES = "pieces"
# Labels say the same as their codes, but for that of the authority.
_KEPT = (
    *("WS_UIDN", "WS_GIDN", "STATUS", "MORF", "WEGCAT", "METHODE", "LSTRNMID", "RSTRNMID"),
    *("BEHEER", "LBLBEHEER", "LBEHEER", "RBEHEER", "TGBEP", "TOEGANG", "VERH", "VERHARDING"),
    *("AUTOHEEN", "AUTOTERUG", "FIETSHEEN", "FIETSTERUG", "VOETGANGER"),
    *("OPNDATUM", "BEGINTIJD", "BEGINORG", "CREATIE", "VERSIE"),
)


class Wegenregister:
    """The layer of segments of one file; the files that belong to a Shapefile may be named beside it."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, ROADS)
        paths = [path for path in inputs.files if path.name.lower().endswith(SUFFIXES)]
        if len(paths) != 1:
            names = ", ".join(path.name for path in inputs.files)
            raise SourceError(f"{inputs.dataset.id} is read from the one file of road segments, not from {names}.")
        self._path, self._crs = paths[0], inputs.crs

    def read(self) -> Iterator[SourceRows]:
        """The segments in batches, those of several rows last.

        Raises SourceError as VectorFile.read, and if the file lacks the register's columns.
        """
        # The published archive has a layer for every table of the register.
        file = VectorFile(self._path, self._crs, layer="wegsegment")
        names = {_official(name): name for name in file.columns()}
        if lacking := [name for name in _NEEDED if name not in names]:
            raise SourceError(f"{self._path} lacks the columns {', '.join(lacking)}; it has {', '.join(names)}.")
        repeated = _repeated(_numbered(file.column(names[_ID])))
        nodes = NodesOfSegments()
        held: list[SourceRows] = []
        for rows in file.read():
            segments = _roads(_named_by_segment(rows))
            several = pc.is_in(segments.source_id, repeated)
            held.append(_only(segments, several))
            yield _between(nodes, _whole(_only(segments, pc.invert(several))))
        if len(repeated):
            yield _between(nodes, _whole(_joined(held)))
        yield from nodes.rows()

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields of roads, in sourceCodes everything that the register says; or those of road nodes."""
        if collection == ROAD_NODES:
            return {name: attributes[name].combine_chunks() for name in attributes.column_names}
        morphology = codes(named(attributes, "MORF"))
        second = _of_second_version(attributes, morphology)
        status = codes(named(attributes, "STATUS"))
        unused = pc.if_else(second, *(pc.is_in(status, pa.array(lists.NOT_IN_USE[v])) for v in (_SECOND, _FIRST)))
        left, right = (_street(named(attributes, name)) for name in ("LSTRNM", "RSTRNM"))
        nodes = {name: _numbered(named(attributes, name)) for name in _NODES}
        category = pc.utf8_upper(named(attributes, "WEGCAT"))
        whole = pc.equal(attributes[_PIECES].combine_chunks(), 1)
        kept = {name: named(attributes, name) for name in _KEPT if name in attributes.column_names}
        kept["RSTRNM"] = pc.if_else(pc.fill_null(pc.equal(left, right), False), None, right)
        kept |= {name: pc.if_else(whole, None, node) for name, node in nodes.items()}
        return {
            "name": pc.coalesce(left, right),
            "formOfWay": pc.if_else(unused, None, meanings(morphology, lists.FORM_OF_WAY)),
            "functionalRoadClass": pc.if_else(unused, None, meanings(category, lists.FUNCTIONAL_ROAD_CLASS)),
            "surface": _surface(attributes, second),
            "direction": _direction(attributes),
            "fromNode": attributes[BEGIN].combine_chunks(),
            "toNode": attributes[END].combine_chunks(),
            "sourceCodes": json_objects(kept, len(attributes)),
        }


def _official(name: str) -> str:
    return name.rpartition(":")[2].upper() if ":" in name else name


def _repeated(segments: pa.Array) -> pa.Array:
    """The segments that come in several rows."""
    occurrences = pc.value_counts(segments.drop_null())
    return occurrences.field("values").filter(pc.greater(occurrences.field("counts"), 1))


def _numbered(column: pa.Array) -> pa.Array:
    """Identifiers of segments and nodes; null where there is none."""
    text = codes(pc.utf8_trim_whitespace(column))
    return pc.if_else(pc.match_substring_regex(text, "^[1-9][0-9]*$"), text, None)


def _named_by_segment(rows: SourceRows) -> SourceRows:
    """The rows under the register's names of columns, called by their segment; those without one are rejects."""
    names = [_official(name) for name in rows.attributes.column_names]
    attributes = rows.attributes.rename_columns(names)
    segments = _numbered(attributes[_ID].combine_chunks().cast(pa.string()))
    named_rows = replace(rows, attributes=attributes, source_id=segments)
    nameless = np.flatnonzero(np.asarray(pc.is_null(segments), dtype=bool))
    if not len(nameless):
        return named_rows
    why = f"the row has no {_ID}, the identifier of its segment"
    rejects = [_reject(rows, int(row), why) for row in nameless]
    return _only(named_rows, pc.is_valid(segments)).rejecting(rejects)


def _reject(rows: SourceRows, row: int, why: str) -> Reject:
    whole = rows.attributes.slice(row, 1).to_pylist()[0] | {"geometry": shapely.to_wkt(rows.geometry[row])}
    return Reject(int(rows.position[row]), None, Reason.UNREADABLE, why, whole)


def _roads(rows: SourceRows) -> SourceRows:
    """Without tramways and ferries, whose places are in `normalised`."""
    other = pc.is_in(codes(named(rows.attributes, "MORF")), pa.array(lists.NO_ROADS))
    places = rows.geometry[np.asarray(other, dtype=bool)]
    return replace(_only(rows, pc.invert(other)), normalised=places)


def _only(rows: SourceRows, mask: pa.Array) -> SourceRows:
    """The rows that `mask` marks; rejects and normalised as they are."""
    kept = np.asarray(mask, dtype=bool)
    return replace(
        rows,
        position=rows.position[kept],
        source_id=rows.source_id.filter(mask),
        geometry=rows.geometry[kept],
        attributes=rows.attributes.filter(mask),
    )


def _whole(rows: SourceRows) -> SourceRows:
    """Rows of one segment each: lines of several pieces joined, and how many are left."""
    geometry = rows.geometry.copy()
    multi = np.flatnonzero(shapely.get_type_id(geometry) == _MULTI_LINE)
    for row in multi:
        geometry[row] = _line(shapely.get_parts(geometry[row]))
    pieces = pa.array(np.maximum(shapely.get_num_geometries(geometry), 1))
    attributes = rows.attributes.append_column(_PIECES, pieces)
    return replace(rows, geometry=geometry, attributes=attributes)


def _between(nodes: NodesOfSegments, rows: SourceRows) -> SourceRows:
    """The rows with the nodes that each segment runs between."""
    begin, end = (_numbered(named(rows.attributes, name)) for name in _NODES)
    return nodes.named(rows, begin, end)


def _joined(held: list[SourceRows]) -> SourceRows:
    """One row for each segment that came in several; those of one segment that say different things stay apart."""
    rows = SourceRows(
        position=np.concatenate([batch.position for batch in held]),
        source_id=pa.concat_arrays([batch.source_id for batch in held]),
        geometry=np.concatenate([batch.geometry for batch in held]),
        attributes=pa.concat_tables([batch.attributes for batch in held], promote_options="permissive"),
        crs=held[0].crs,
    )
    said = pa.array([str(row) for row in rows.attributes.to_pylist()], pa.string())
    groups: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(rows.source_id.to_pylist(), said.to_pylist(), strict=True)):
        groups.setdefault(key, []).append(row)
    first = np.array([members[0] for members in groups.values()], dtype=np.int64)
    geometry: Geometries = np.full(len(groups), None, dtype=object)
    geometry[:] = [_line(shapely.get_parts(rows.geometry[members])) for members in groups.values()]
    again = np.setdiff1d(np.arange(len(rows)), first)
    return SourceRows(
        position=rows.position[first],
        source_id=_told_apart([segment for segment, _ in groups]),
        geometry=geometry,
        attributes=rows.attributes.take(first),
        crs=rows.crs,
        normalised=rows.geometry[again],
    )


def _told_apart(segments: list[str]) -> pa.Array:
    """The second of two equal names is called `name/2`."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for segment in segments:
        seen[segment] += 1
        names.append(segment if seen[segment] == 1 else f"{segment}/{seen[segment]}")
    return pa.array(names, pa.string())


def _line(pieces: Geometries) -> shapely.Geometry | None:
    """The pieces of a segment as one line where they meet, else as several, in an order that is always the same."""
    distinct = shapely.from_wkb(sorted(set(shapely.to_wkb(pieces))))
    if len(distinct) < 2:
        return distinct[0] if len(distinct) else None
    if (shapely.get_type_id(distinct) != _LINE).any():
        return shapely.GeometryCollection(distinct.tolist())
    return shapely.line_merge(shapely.multilinestrings(distinct), directed=True)


def _of_second_version(attributes: pa.Table, morphology: pa.Array) -> pa.Array:
    """Which rows have codes of the second version: told by the morphology, where that is not known by the columns."""
    by_columns = any(name in attributes.column_names for name in _COLUMNS_OF_SECOND)
    known = pc.match_substring_regex(morphology, "^[0-9]+$")
    return pc.fill_null(pc.if_else(known, pc.less(pc.utf8_length(morphology), 3), by_columns), by_columns)


def _street(name: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_in(name, _NO_NAMES), None, name)


def _surface(attributes: pa.Table, second: pa.Array) -> pa.Array:
    first_list = meanings(named(attributes, "VERH"), lists.SURFACE[_FIRST])
    second_list = meanings(named(attributes, "VERHARDING", "VERH"), lists.SURFACE[_SECOND])
    return pc.if_else(second, second_list, first_list)


def _direction(attributes: pa.Table) -> pa.Array:
    forth, back = (codes(named(attributes, name)) for name in ("AUTOHEEN", "AUTOTERUG"))
    return meanings(pc.binary_join_element_wise(forth, back, "/"), lists.DIRECTION)
