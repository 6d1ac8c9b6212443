"""What is drawn at which zoom is declared so that it makes sense for the collection."""

from dataclasses import replace

import pytest

from otn.model.collections import COLLECTIONS, Collection
from otn.model.tiling import ROAD_RULE, TileRule, pixel_metres

collections = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda collection: collection.id)


@collections
def test_a_rule_speaks_of_fields_of_its_collection(collection: Collection) -> None:
    rule = collection.tile_rule
    assert {*rule.notable, *rule.details} <= collection.by_name.keys()
    if rule.ranked_by is not None:
        codelist = collection.by_name[rule.ranked_by].codelist
        assert codelist is not None
        assert list(rule.minimum_zooms) == list(codelist.values)


@collections
def test_what_matters_more_is_drawn_no_later(collection: Collection) -> None:
    zooms = list(collection.tile_rule.minimum_zooms.values())
    assert zooms == sorted(zooms)


@collections
def test_overviews_never_carry_what_deeper_tiles_leave_out(collection: Collection) -> None:
    rule = collection.tile_rule
    assert rule.details_from == 0 or rule.details_from >= rule.overviews_below


def test_a_class_is_hidden_until_its_zoom_comes() -> None:
    rule = TileRule(12, "class", {"main": 4, "other": 12})
    assert rule.hidden_at(3) == ["main", "other"]
    assert rule.hidden_at(4) == ["other"]
    assert rule.hidden_at(12) == []


def test_details_come_late() -> None:
    for name in ("localId", "fromNode"):
        assert not ROAD_RULE.carries(name, 13)
        assert ROAD_RULE.carries(name, 14)
    assert ROAD_RULE.carries("name", 0)


def test_another_rule_has_another_fingerprint() -> None:
    assert ROAD_RULE.fingerprint == replace(ROAD_RULE).fingerprint
    assert ROAD_RULE.fingerprint != replace(ROAD_RULE, minimum_zooms={"mainRoad": 5}).fingerprint


def test_a_pixel_halves_with_each_zoom() -> None:
    assert pixel_metres(0) == pytest.approx(40075016.685578488 / 512)
    assert pixel_metres(10) == pytest.approx(pixel_metres(9) / 2)
