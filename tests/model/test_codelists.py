"""Code lists say what each of their values is called."""

import pytest

from otn.model.codelists import CodeList
from otn.model.collections import COLLECTIONS
from otn.model.text import LANGUAGES

CODELISTS = {
    field.codelist.uri: field.codelist
    for collection in COLLECTIONS.values()
    for field in collection.fields
    if field.codelist
}


@pytest.mark.parametrize("codelist", CODELISTS.values(), ids=[uri.rpartition("/")[2] for uri in CODELISTS])
def test_every_value_has_a_title_of_its_own_in_every_language(codelist: CodeList) -> None:
    assert len(set(codelist.values)) == len(codelist.values) > 1
    for language in LANGUAGES:
        titles = [code.title.in_language(language) for code in codelist.codes]
        assert all(title == title.strip() and title[0].isupper() for title in titles)
        assert len(set(titles)) == len(titles)
