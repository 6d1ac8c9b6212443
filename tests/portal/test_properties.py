import pytest

from otn.portal.formats import Formats
from otn.portal.properties import Geometry, Value, geometry, properties, value

ENGLISH = Formats.of("en")


def test_a_geometry_is_told_in_few_words() -> None:
    lines = {"type": "MultiLineString", "coordinates": [[[4, 51, 12], [5, 50, 12]], [[3, 52, 1], [4, 49, 1]]]}
    assert geometry(lines) == Geometry("MultiLineString", 4, (3, 49, 5, 52))
    assert geometry({"type": "Point", "coordinates": [4.4, 51.2]}) == Geometry("Point", 1, (4.4, 51.2, 4.4, 51.2))
    assert geometry({"type": "LineString", "coordinates": []}) == Geometry("LineString", 0, None)
    assert geometry(None) is None


def test_a_number_has_its_unit_only_where_no_heading_names_it() -> None:
    (length,) = properties({"properties": {"length": {"title": "Length", "type": "number", "x-ogc-unit": "m"}}})
    assert length.heading == "Length (m)"
    assert value(length, 1234.567, ENGLISH, with_unit=True).text == "1,234.57\N{NO-BREAK SPACE}m"
    assert value(length, 1234.567, ENGLISH, with_unit=False).text == "1,234.57"


def test_only_a_value_the_code_list_is_known_to_hold_is_a_link() -> None:
    """The EU's list of countries names Belgium BEL, so that its address cannot be made from BE."""
    code = {"title": "Code", "type": "string", "x-ogc-codelistUri": "http://example.org/list"}
    titled = {"enum": ["bridge"], "oneOf": [{"const": "bridge", "title": "On a bridge"}]}
    form, country = properties({"properties": {"form": code | titled, "country": code}})
    shown = value(form, "bridge", ENGLISH, with_unit=True)
    assert shown == Value("code", "On a bridge", "http://example.org/list/bridge", code="bridge")
    assert value(form, "tunnel", ENGLISH, with_unit=True) == Value("text", "tunnel")
    assert value(country, "BE", ENGLISH, with_unit=True) == Value("text", "BE")


def test_unknown_and_false_are_different_things() -> None:
    (bridge,) = properties({"properties": {"bridge": {"title": "Bridge", "type": "boolean"}}})
    assert value(bridge, None, ENGLISH, with_unit=True) == Value("null")
    assert value(bridge, False, ENGLISH, with_unit=True) == Value("boolean", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2012-05-03T00:00:00Z", "3 May 2012"),
        ("2012-05-03", "3 May 2012"),
        ("2012-05-03T14:05:00Z", "3 May 2012 14:05 UTC"),
        ("infinity", "infinity"),
    ],
)
def test_an_instant_is_shown_as_day_or_time_and_never_breaks_a_page(text: str, shown: str) -> None:
    assert ENGLISH.instant(text) == shown
