"""OGC API - Features - Part 3 (19-079r2), Annex A: "Filter" and "Features Filter".

The docstrings are the identifiers of the abstract tests. In the place of two corners, which a system with curved
parallels turns into a box that is too small, `filter-crs` is asked with a box that holds the whole extent.
"""

import pytest

from tests.conformance.crs.systems import box_around, extent, identifiers, pairs, printed
from tests.conformance.iut import Document, Iut

pytestmark = pytest.mark.conformance

PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"


def inside(collection: Document) -> str:
    return f"S_INTERSECTS(geometry,BBOX({printed(extent(collection))}))"


def refused(iut: Iut, collection: Document, **parameters: str) -> bool:
    return iut.ask_features(collection, **parameters).status_code == 400


def test_get_conformance(iut: Iut) -> None:
    """/conf/filter/get-conformance, /conf/features-filter/get-conformance"""
    assert {PART_3 + "filter", PART_3 + "features-filter"} <= iut.declared


def test_the_definition_declares_the_parameters(iut: Iut) -> None:
    """/req/filter/filter-param, /req/filter/filter-lang-param, /req/filter/filter-crs-param"""
    for path in iut.items_paths:
        assert iut.parameter(path, "filter")["schema"]["type"] == "string"
        assert {"cql2-text", "cql2-json"} <= set(iut.parameter(path, "filter-lang")["schema"]["enum"])
        assert iut.parameter(path, "filter-lang")["schema"]["default"] == "cql2-text"
        assert iut.parameter(path, "filter-crs")["schema"]["type"] == "string"


def test_filter_param(iut: Iut) -> None:
    """/conf/filter/filter-param"""
    for collection in iut.collections:
        answer = iut.features(collection, filter="validFrom IS NULL", filter_lang="cql2-text")
        assert all(feature["properties"]["validFrom"] is None for feature in answer.document["features"])
        assert refused(iut, collection, filter="THIS IS NOT A FILTER", filter_lang="cql2-text")


def test_filter_lang_default(iut: Iut) -> None:
    """/conf/filter/filter-lang-default"""
    for collection in iut.collections:
        stated = identifiers(iut, collection, filter="validFrom IS NULL", filter_lang="cql2-text")
        assert identifiers(iut, collection, filter="validFrom IS NULL") == stated
        assert refused(iut, collection, filter="THIS IS NOT A FILTER")
        assert refused(iut, collection, filter="validFrom IS NULL", filter_lang="no-such-language")


def test_expression_construction(iut: Iut) -> None:
    """/conf/filter/expression-construction"""
    for collection in iut.collections:
        assert refused(iut, collection, filter="this_is_not_a_queryable IS NULL")


def test_filter_crs_wgs84(iut: Iut) -> None:
    """/conf/filter/filter-crs-wgs84"""
    for collection in iut.collections:
        everything = iut.features(collection).document
        found = iut.features(collection, filter=inside(collection)).document
        assert found["numberMatched"] == everything["numberMatched"]
        assert found["features"] == everything["features"]
        assert refused(iut, collection, filter="S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))")


def test_filter_crs_param(iut: Iut) -> None:
    """/conf/filter/filter-crs-param"""
    for collection, uri in pairs(iut):
        box = printed(box_around(extent(collection), uri))
        found = iut.features(collection, filter=f"S_INTERSECTS(geometry,BBOX({box}))", filter_crs=uri).document
        assert found["numberMatched"] == iut.features(collection).document["numberMatched"], (collection["id"], uri)
        assert found["features"] == iut.features(collection).document["features"], (collection["id"], uri)
    unknown = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
    for collection in iut.collections:
        assert refused(iut, collection, filter=inside(collection), filter_crs=unknown)


def test_mixing_expression(iut: Iut) -> None:
    """/conf/filter/mixing-expression"""
    for collection in iut.collections:
        box = printed(extent(collection))
        everything = iut.features(collection).document["numberMatched"]
        assert iut.features(collection, filter=inside(collection), bbox=box).document["numberMatched"] == everything
        elsewhere = iut.features(collection, filter=inside(collection), bbox="-120,-60,-119,-59").document
        assert (elsewhere["numberMatched"], elsewhere["features"]) == (0, [])
