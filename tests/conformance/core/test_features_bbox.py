"""Features that meet a box: the extent of their collection, and boxes at the edges of the world."""

import math

import pytest
import shapely
from shapely.geometry import shape

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

Box = tuple[float, float, float, float]

# Across the meridian of Greenwich, the equator, the antimeridian, and at both poles.
BOXES: list[Box] = [
    (-1.5, 50.0, 1.5, 53.0),
    (-80.0, -5.0, -70.0, 5.0),
    (177.0, 65.0, -177.0, 70.0),
    (-180.0, 85.0, 180.0, 90.0),
    (-180.0, -90.0, 180.0, -85.0),
]


def printed(number: float) -> str:
    """As the pattern `###.0000000` of the suite prints it: `-1.5000000`, `.5000000`, `.0000000`."""
    text = f"{number:.7f}"
    return text.replace("0.", ".", 1) if math.trunc(number) == 0 else text


def boxes(collection: Document) -> list[Box]:
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    return [(west, south, east, north), *BOXES]


def area(box: Box) -> shapely.Geometry:
    """What the box covers; one whose west is greater than its east spans the antimeridian."""
    west, south, east, north = box
    if west <= east:
        return shapely.box(*box)
    return shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))


@pytest.fixture(scope="module")
def pages(iut: Iut) -> list[Answer]:
    return [
        iut.features(collection, bbox=",".join(map(printed, box)))
        for collection in iut.collections
        for box in boxes(collection)
    ]


class TestFeaturesBBox:
    def test_boundingBoxParameterDefinition(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 14: (Requirement
        /req/core/fc-bbox-definition)
        """
        for path in iut.items_paths:
            check_definition(iut.parameter(path, "bbox"))
            schema = iut.parameter(path, "bbox")["schema"]
            assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 4, 6), path
            assert schema["items"]["type"] == "number", path

    def test_validateFeaturesWithBoundingBoxOperation(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 13: (Requirement
        /req/core/fc-op)
        """
        for collection in iut.collections:
            for box in boxes(collection):
                asked = iut.ask_features(collection, bbox=",".join(map(printed, box)))
                assert asked.status_code == 200, asked.url

    def test_validateFeaturesWithBoundingBoxResponse(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 15: (Requirement
        /req/core/fc-bbox-response)
        """
        asked = [(collection, box) for collection in iut.collections for box in boxes(collection)]
        for answer, (_, box) in zip(pages, asked, strict=True):
            for feature in answer.document["features"][:FEATURES_LIMIT]:
                assert shapely.intersects(area(box), shape(feature["geometry"])), answer.question
        assert all(page.document["features"] for page in pages[:: len(BOXES) + 1])
        check_geometries_in_crs84(pages)

    def test_validateFeaturesResponse_GeometryInCRS84(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 2, Test Method 2
        (Requirement /req/core/crs84)
        """
        check_geometries_in_crs84(pages)

    def test_validateFeaturesWithBoundingBoxResponse_TypeProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 1
        (Requirement /req/core/fc-response)
        """
        check_type(pages)

    def test_validateFeaturesWithBoundingBoxResponse_FeaturesProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 2
        (Requirement /req/core/fc-response)
        """
        check_features(pages)

    def test_validateFeaturesWithBoundingBoxResponse_Links(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 4
        (Requirement /req/core/fc-response) - Abstract Test 23 (Requirement /req/core/fc-links,
        /req/core/fc-rel-type)
        """
        check_links(iut, pages)

    def test_validateFeaturesWithBoundingBoxResponse_TimeStamp(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 5
        (Requirement /req/core/fc-response) - Abstract Test 24 (Requirement /req/core/fc-timeStamp)
        """
        check_time_stamp(pages)

    def test_validateFeaturesWithBoundingBoxResponse_NumberMatched(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 6
        (Requirement /req/core/fc-response) - Abstract Test 25 (Requirement /req/core/fc-numberMatched)
        """
        check_number_matched(iut, pages)

    def test_validateFeaturesResponse_NumberReturned(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - BoundingBox, Abstract Test 22, Test Method 7
        (Requirement /req/core/fc-response) - Abstract Test 26 (Requirement /req/core/fc-numberReturned)
        """
        check_number_returned(pages)
