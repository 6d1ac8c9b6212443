"""What answers from the database and what editions hold is one expression."""

import pytest

from otn.api.encoders.geojson import GEOJSON
from otn.api.presentation import whole_presentation
from otn.api.sql import view
from otn.model.collections import COLLECTIONS, Collection
from otn.store.geojson_sql import whole_feature_sql
from otn.store.statement import SqlParameters


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS.keys())
def test_a_whole_feature_is_the_one_that_is_served(collection: Collection) -> None:
    parameters = SqlParameters()
    served = GEOJSON.feature_sql(view(collection, whole_presentation(collection.id), parameters))
    assert whole_feature_sql(collection) == served
    assert parameters.values == []
