"""What the suite asserts of every page of features, whatever selected them."""

from collections.abc import Iterable
from datetime import datetime

import shapely
from shapely.geometry import shape

from tests.conformance.iut import FEATURES_LIMIT, GEOJSON, Answer, Document, Iut, check_own_links, media_types

_CRS84 = shapely.box(-180, -90, 180, 90)


def check_geometries_in_crs84(answers: Iterable[Answer]) -> None:
    """Abstract Test 2, Test Method 2."""
    for answer in answers:
        for feature in answer.document["features"][:FEATURES_LIMIT]:
            assert feature["geometry"] is None or _CRS84.covers(shape(feature["geometry"])), answer.question


def check_type(answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 1."""
    for answer in answers:
        assert answer.document["type"] == "FeatureCollection", answer.question


def check_features(answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 2."""
    for answer in answers:
        assert isinstance(answer.document["features"], list), answer.question
        assert all(feature["type"] == "Feature" for feature in answer.document["features"]), answer.question


def check_links(iut: Iut, answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 4, and Abstract Test 23."""
    for answer in answers:
        check_own_links(answer.document, media_types(iut, GEOJSON))


def check_time_stamp(answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 5, and Abstract Test 24."""
    for answer in answers:
        assert datetime.fromisoformat(answer.document["timeStamp"]).tzinfo is not None, answer.question


def check_number_matched(iut: Iut, answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 6, and Abstract Test 25; the suite skips what is over 10,000, this does not."""
    for answer in answers:
        assert answer.document["numberMatched"] == iut.number_of_features(answer.document), answer.question


def check_number_returned(answers: Iterable[Answer]) -> None:
    """Abstract Test 22, Test Method 7, and Abstract Test 26."""
    for answer in answers:
        assert answer.document["numberReturned"] == len(answer.document["features"]), answer.question


def check_definition(parameter: Document) -> None:
    """A query parameter as Part 1 defines it, in the words of OpenAPI, `style` and `explode` written out."""
    assert parameter["in"] == "query"
    assert not parameter.get("required", False)
    assert (parameter["style"], parameter["explode"]) == ("form", False)
