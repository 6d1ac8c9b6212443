"""Query strings become one value, or a refusal that names the parameter at fault."""

import base64
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.bbox import BoundingBox
from otn.api.crs import CRS84
from otn.api.paging import Limits, Place, SortKey, make_token, parse_token
from otn.api.parameters import parse_parameters, refuse_unknown, without_empty
from otn.api.presentation import Presentation
from otn.api.query import ItemsQuery, items_query, parse_identifier
from otn.api.selection import Value, known_parameters
from otn.api.temporal import Interval
from otn.errors import BadRequest
from otn.model.collections import ROADS

LIMITS = Limits(default=10, maximum=10000)
PLACE = Place(("5",), 7, 3)
NAME, ID = SortKey(ROADS.by_name["name"]), SortKey(ROADS.queryables["id"])
ORDERS = [(), (NAME,), (SortKey(NAME.field, descending=True),), (ID, NAME), (NAME, SortKey(ROADS.by_name["lanes"]), ID)]
INTEGERS = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)


@st.composite
def places(draw: st.DrawFn) -> tuple[Place, tuple[SortKey, ...]]:
    """A place in an order that is drawn too: a page rank, or a value for each key that comes before the id."""
    order = draw(st.sampled_from(ORDERS))
    number = order.index(ID) if ID in order else len(order)
    values = st.lists(st.none() | st.text(), min_size=number, max_size=number) if order else st.tuples(st.text())
    return Place(tuple(draw(values)), draw(INTEGERS), draw(INTEGERS), draw(st.booleans())), order


def query(text: str) -> ItemsQuery:
    return items_query(ROADS, parse_parameters(text.encode()), LIMITS)


def refused(text: str) -> BadRequest:
    with pytest.raises(BadRequest) as refusal:
        query(text)
    return refusal.value


def test_nothing_asked_is_the_first_page() -> None:
    assert query("") == ItemsQuery(limit=10, presentation=Presentation(ROADS.fields), systems=(CRS84, CRS84, CRS84))


@pytest.mark.parametrize(("text", "limit"), [("1", 1), ("10000", 10000), ("10001", 10000), ("9" * 18, 10000)])
def test_limit_is_capped(text: str, limit: int) -> None:
    assert query(f"limit={text}").limit == limit


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ten", "", "1e3", "٣", "%2B1"])
def test_limit_is_a_positive_integer(text: str) -> None:
    assert refused(f"limit={text}").parameter == "limit"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("name=Rue%20du%20Bac", "Rue du Bac"),
        ("name=Rue+du+Bac", "Rue du Bac"),
        ("name=", ""),
        ("surface=paved", "paved"),
        ("speedLimit=50", 50),
        ("speedLimit=-1", -1),
        ("maximumHeight=4.5", 4.5),
        ("maximumHeight=4", 4.0),
        ("bridge=true", True),
        ("bridge=TRUE", True),
        ("bridge=1", True),
        ("bridge=false", False),
        ("bridge=0", False),
        (
            "validFrom=2020-01-01T00:00:00Z",
            Interval(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
        ),
    ],
)
def test_filters_are_typed_by_their_field(text: str, value: Value) -> None:
    (filter_,) = query(text).selection.equalities
    assert filter_.value == value
    assert type(filter_.value) is type(value)
    assert filter_.field.name == text.split("=")[0]


@pytest.mark.parametrize(
    "text",
    [
        *("speedLimit=fast", "speedLimit=4.5", f"speedLimit={'9' * 30}", "maximumHeight=nan", "maximumHeight=1e999"),
        *("bridge=yes", "surface=gravel", "validFrom=2020", "length=", "lanes="),
    ],
)
def test_filters_with_unusable_values_are_refused_by_name(text: str) -> None:
    assert refused(text).parameter == text.split("=")[0]


def test_a_code_outside_its_list_is_answered_with_the_list() -> None:
    assert "paved, unpaved" in refused("surface=gravel").detail


@pytest.mark.parametrize("name", ["unknown", "sourceCodes", "Name", "offset", "", "geometry"])
def test_unknown_parameters_are_refused_by_name(name: str) -> None:
    assert refused(f"{name}=1").parameter == name


def test_a_mistyped_parameter_is_answered_with_the_nearest() -> None:
    assert "speedLimit" in refused("speedlimit=50").detail
    assert "datetime" in refused("datetme=2020").detail


def test_a_repeated_parameter_is_refused_by_name() -> None:
    assert refused("name=a&name=b").parameter == "name"


@pytest.mark.parametrize("text", ["name=%ff", "name=%00", "%ff=1", "&" * 100, "&".join(f"a{n}=1" for n in range(200))])
def test_unreadable_query_strings_are_refused(text: str) -> None:
    refused(text)


def test_all_together() -> None:
    token = make_token(PLACE, ())
    asked = query(f"limit=3&bbox=1,2,3,4&datetime=../..&name=x&token={token}&f=json&lang=nl")
    assert asked.limit == 3
    assert asked.selection.bbox == BoundingBox(1, 2, 3, 4)
    assert asked.selection.datetime is None
    assert [(entry.field.name, entry.value) for entry in asked.selection.equalities] == [("name", "x")]
    assert asked.place == PLACE


def test_a_form_sends_fields_left_empty() -> None:
    assert without_empty(parse_parameters(b"limit=&name=x&bbox=")) == (("name", "x"),)


def test_known_parameters_are_not_refused() -> None:
    refuse_unknown(["f", "lang"], {"f", "lang"})


@given(places())
def test_tokens_come_back(drawn: tuple[Place, tuple[SortKey, ...]]) -> None:
    place, order = drawn
    token = make_token(place, order)
    assert parse_token(token, order) == place
    assert quote(token) == token


def test_a_token_belongs_to_its_order() -> None:
    token = make_token(PLACE, ())
    assert refused(f"sortby=name&token={token}").parameter == "token"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("name", ["name"]),
        ("%2Bname", ["name"]),
        ("+name", ["name"]),
        ("-speedLimit,name", ["-speedLimit", "name"]),
        ("-id", ["-id"]),
    ],
)
def test_sortby_names_fields_and_directions(text: str, order: list[str]) -> None:
    assert [key.text for key in query(f"sortby={text}").order] == order


@pytest.mark.parametrize("text", ["", "nme", "sourceCodes", "geometry", "name,", "name,-name", "--name", "name desc"])
def test_what_does_not_sort_is_refused(text: str) -> None:
    assert refused(f"sortby={text}").parameter == "sortby"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", Presentation(ROADS.fields)),
        ("properties=speedLimit,name", Presentation((ROADS.by_name["name"], ROADS.by_name["speedLimit"]))),
        ("properties=", Presentation(())),
        ("properties=id", Presentation(())),
        ("properties=name,lanes&exclude-properties=lanes", Presentation((ROADS.by_name["name"],))),
        ("skipGeometry=true", Presentation(ROADS.fields, geometry=False)),
        ("precision=3", Presentation(ROADS.fields, decimals=3)),
        ("zoom-level=0", Presentation(ROADS.fields, tolerance=1.40625)),
        ("max-allowable-offset=0.5", Presentation(ROADS.fields, tolerance=0.5)),
        ("max-allowable-offset=0", Presentation(ROADS.fields)),
    ],
)
def test_what_is_shown(text: str, shown: Presentation) -> None:
    assert query(text).presentation == shown


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("properties=nme", "properties"),
        ("exclude-properties=geometry", "exclude-properties"),
        ("skipGeometry=perhaps", "skipGeometry"),
        ("precision=-1", "precision"),
        ("precision=16", "precision"),
        ("zoom-level=25", "zoom-level"),
        ("zoom-level=1.5", "zoom-level"),
        ("zoom-level=1&max-allowable-offset=1", "zoom-level"),
        ("max-allowable-offset=-1", "max-allowable-offset"),
        ("max-allowable-offset=inf", "max-allowable-offset"),
        ("max-allowable-offset=1e999", "max-allowable-offset"),
        ("crs=EPSG:9999", "crs"),
        ("crs=http://www.opengis.net/def/crs/0/unsupported", "crs"),
        ("bbox-crs=4326", "bbox-crs"),
        ("resulttype=all", "resulttype"),
        ("q=", "q"),
        ("q=a,,b", "q"),
        ("bbox=4,50,3,51&bbox-crs=EPSG:31370", "bbox"),
    ],
)
def test_what_cannot_be_shown_or_found_is_refused_by_name(text: str, parameter: str) -> None:
    assert refused(text).parameter == parameter


@given(st.text(max_size=40) | st.binary(max_size=30).map(lambda raw: quote(raw)))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_token(text, ())
    assert refusal.value.parameter == "token"


def test_a_damaged_token_is_refused() -> None:
    token = make_token(Place(("123",), 456, 7), ())
    damaged = [
        token[:place] + ("B" if token[place] == "A" else "A") + token[place + 1 :] for place in range(len(token))
    ]
    for text in [*damaged, token[:-1], token + "A", token.lower()]:
        with pytest.raises(BadRequest):
            parse_token(text, ())


@pytest.mark.parametrize(
    ("content", "order"),
    [
        (5, ()),
        (None, ()),
        ({}, ()),
        ([1, 2, 3, False], ()),
        ([[], 7, 3, False], ()),
        ([[None], 7, 3, False], ()),
        ([["5", "6"], 7, 3, False], ()),
        ([["5"], "7", 3, False], ()),
        ([["5"], 7, None, False], ()),
        ([["5"], 7, 3, "yes"], ()),
        ([["5"], 7.5, 3, False], ()),
        ([["5"], 7, 2**63, False], ()),
        (["5", 7, 3, False], ()),
        ([[5], 7, 3, False], (NAME,)),
        ([["x"], 7, 3, False], (ID,)),
        ([[], 7, 3, False], (NAME,)),
    ],
)
def test_a_token_of_somebody_elses_making_is_refused(content: Any, order: tuple[SortKey, ...]) -> None:
    raw = orjson.dumps(content)
    checksum = zlib.crc32(",".join(key.text for key in order).encode() + b"\0" + raw).to_bytes(4, "big")
    token = base64.urlsafe_b64encode(checksum + raw).decode().rstrip("=")
    with pytest.raises(BadRequest) as refusal:
        parse_token(token, order)
    assert refusal.value.parameter == "token"


@given(
    st.dictionaries(st.sampled_from([*ROADS.by_name, "limit", "bbox", "datetime", "token", "x"]), st.text(), max_size=4)
)
def test_any_query_string_is_a_query_or_a_refusal(given_parameters: dict[str, str]) -> None:
    text = "&".join(f"{name}={quote(value)}" for name, value in given_parameters.items())
    try:
        query(text)
    except BadRequest as error:
        refusal = error
    else:
        return
    assert refusal.parameter in given_parameters


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), (str(2**53), 2**53)])
def test_identifiers_are_integers(text: str, number: int) -> None:
    assert parse_identifier(text) == number


@pytest.mark.parametrize("text", ["", "-1", "abc", "1.0", "9" * 30, str(2**53 + 1), "٣", " 1", "1;--", "0x1"])
def test_what_can_be_no_identifier(text: str) -> None:
    assert parse_identifier(text) is None


def test_what_is_known_is_kept_and_so_cannot_change() -> None:
    known = known_parameters(ROADS, frozenset({"limit", "q"}))
    assert known is known_parameters(ROADS, frozenset({"q", "limit"}))
    assert {"limit", "q", "speedLimit"} <= known
    assert hash(known)
