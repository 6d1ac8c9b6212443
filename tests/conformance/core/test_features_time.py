"""Features valid at an instant, in an interval and in a time given by its beginning and a duration.

The suite reads the extent's time in a form that no document has any longer, and so it asks for none; here it is asked.
"""

from datetime import datetime, timedelta

import pytest

from tests.conformance.iut import FEATURES_LIMIT, Answer, Document, Iut
from tests.conformance.responses import (
    check_definition,
    check_features,
    check_geometries_in_crs84,
    check_links,
    check_number_matched,
    check_number_returned,
    check_time_stamp,
    check_type,
)

pytestmark = pytest.mark.conformance

# Where the extent has an open end, or no time at all.
EARLIEST = datetime.fromisoformat("2004-01-01T00:00:00Z")
LATEST = datetime.fromisoformat("2024-01-01T00:00:00Z")


def whole(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def times(collection: Document) -> dict[str, tuple[datetime, datetime]]:
    """What `datetime` says, and the first and last moment it means."""
    [(first, last)] = collection["extent"].get("temporal", {}).get("interval", [(None, None)])
    begin = datetime.fromisoformat(first) if first else EARLIEST
    end = max(datetime.fromisoformat(last) if last else LATEST, begin)
    start = (begin + (end - begin) / 4).replace(microsecond=0)
    stop = (start + (end - begin) / 4).replace(microsecond=0)
    day = start.replace(hour=0, minute=0, second=0)
    return {
        whole(begin): (begin, begin),
        f"{whole(start)}/{whole(stop)}": (start, stop),
        f"{day:%Y-%m-%d}/P2D": (day, day + timedelta(days=2)),
    }


def roles(iut: Iut, collection: Document) -> dict[str, str]:
    """Which property has which role of Part 5."""
    schema = iut.document(f"/collections/{collection['id']}/schema", "application/schema+json")
    return {entry["x-ogc-role"]: name for name, entry in schema["properties"].items() if "x-ogc-role" in entry}


@pytest.fixture(scope="module")
def pages(iut: Iut) -> list[Answer]:
    return [iut.features(collection, datetime=text) for collection in iut.collections for text in times(collection)]


class TestFeaturesTime:
    def test_timeParameterDefinition(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 18: (Requirement
        /req/core/fc-time-definition)
        """
        for path in iut.items_paths:
            check_definition(iut.parameter(path, "datetime"))
            assert iut.parameter(path, "datetime")["schema"]["type"] == "string", path

    def test_validateFeaturesWithDateTimeOperation(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 13: (Requirement
        /req/core/fc-op)
        """
        for collection in iut.collections:
            for text in times(collection):
                assert iut.ask_features(collection, datetime=text).status_code == 200, text

    def test_validateFeaturesWithDateTimeResponse(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 19: (Requirement
        /req/core/fc-time-response)
        """
        for answer in pages:
            names = roles(iut, answer.collection)
            first, last = times(answer.collection)[answer.asked["datetime"]]
            for feature in answer.document["features"][:FEATURES_LIMIT]:
                start, end = (feature["properties"][names[f"primary-interval-{which}"]] for which in ("start", "end"))
                assert start is None or datetime.fromisoformat(start) <= last, (answer.question, feature["id"])
                assert end is None or datetime.fromisoformat(end) >= first, (answer.question, feature["id"])

    def test_validateFeaturesWithDateTimeResponse_GeometryInCRS84(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 2, Test Method 2
        (Requirement /req/core/crs84)
        """
        check_geometries_in_crs84(pages)

    def test_validateFeaturesWithDateTimeResponse_TypeProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 1
        (Requirement /req/core/fc-response)
        """
        check_type(pages)

    def test_validateFeaturesWithDateTimeResponse_FeaturesProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 2
        (Requirement /req/core/fc-response)
        """
        check_features(pages)

    def test_validateFeaturesWithDateTimeResponse_Links(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 4
        (Requirement /req/core/fc-response) - Abstract Test 23 (Requirement /req/core/fc-links,
        /req/core/fc-rel-type)
        """
        check_links(iut, pages)

    def test_validateFeaturesWithDateTimeResponse_TimeStamp(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 5
        (Requirement /req/core/fc-response) - Abstract Test 24 (Requirement /req/core/fc-timeStamp)
        """
        check_time_stamp(pages)

    def test_validateFeaturesWithDateTimeResponse_NumberMatched(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 6
        (Requirement /req/core/fc-response) - Abstract Test 25 (Requirement /req/core/fc-numberMatched)
        """
        check_number_matched(iut, pages)

    def test_validateFeaturesResponse_NumberReturned(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Datetime, Abstract Test 22, Test Method 7
        (Requirement /req/core/fc-response) - Abstract Test 26 (Requirement /req/core/fc-numberReturned)
        """
        check_number_returned(pages)
