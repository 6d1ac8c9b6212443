"""Which features could open an answer, told from what a load has at hand."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.first_page import filled, lowest_of_each
from otn.etl.rows import ARROW_TYPES
from otn.model.collections import ROADS


@given(st.lists(st.integers(0, 2), max_size=60))
def test_of_features_that_fill_the_same_the_ten_with_the_lowest_ids_could_stand_first(fills: list[int]) -> None:
    ids = np.arange(len(fills), dtype=np.int64) * 3
    of_kind = {kind: [3 * place for place, other in enumerate(fills) if other == kind] for kind in set(fills)}
    expected = sorted((id_, kind) for kind, members in of_kind.items() for id_ in members[:10])
    assert sorted(lowest_of_each(ids, np.array(fills, np.int64))) == expected


def test_a_feature_has_a_bit_for_each_property_it_fills() -> None:
    columns = {field.name: pa.nulls(2, ARROW_TYPES[field.kind]) for field in ROADS.fields}
    first, last = ROADS.fields[0], ROADS.fields[-1]
    columns[first.name] = pa.array(["a", "b"])
    columns[last.name] = pa.array([None, "{}"]).cast(ARROW_TYPES[last.kind])
    assert filled(pa.table(columns), ROADS).tolist() == [1, 1 | 1 << len(ROADS.fields) - 1]
