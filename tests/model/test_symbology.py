"""The declared look of collections: complete, of fields there are, told apart by people who see colours less."""

from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest

from otn.model.codelists import FUNCTIONAL_ROAD_CLASS
from otn.model.collections import COLLECTIONS, GeometryKind
from otn.model.drawing import ICONS_DIR, THEMES, Areas, Lines, Mixed, Points, Symbology, at_zoom
from otn.model.symbology import ROADS, SYMBOLOGIES

Colour = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009): what full protanopia, deuteranopia and tritanopia make of linear RGB.
_SIGHTS = {
    "all": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def seen(colour: str, sight: str) -> Colour:
    """A colour in CIELAB, as eyes of this sight see it."""
    encoded = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    relative = _XYZ @ np.clip(_SIGHTS[sight] @ linear, 0, 1) / _WHITE
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def test_every_collection_is_drawn_as_its_geometry_asks() -> None:
    assert SYMBOLOGIES.keys() == COLLECTIONS.keys()
    kinds = {
        GeometryKind.POINT: Points,
        GeometryKind.LINE_STRING: Lines,
        GeometryKind.MULTI_POLYGON: Areas,
        GeometryKind.ANY: Mixed,
    }
    for name, symbology in SYMBOLOGIES.items():
        assert isinstance(symbology.drawn, kinds[COLLECTIONS[name].geometry])


def test_features_without_names_are_drawn_without_names() -> None:
    for name, symbology in SYMBOLOGIES.items():
        assert symbology.name_field is not None or name == "road-nodes" or "name" not in COLLECTIONS[name].by_name


@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_the_fields_of_a_symbology_are_fields_of_its_collection(name: str) -> None:
    symbology: Symbology = SYMBOLOGIES[name]
    fields = {field for field in (symbology.name_field, *(plate.field for plate in symbology.plates)) if field}
    if isinstance(symbology.drawn, Lines) and symbology.drawn.class_field:
        fields.add(symbology.drawn.class_field)
    assert fields <= COLLECTIONS[name].by_name.keys()


def test_every_road_class_is_drawn_once_and_the_unknown_class_too() -> None:
    assert isinstance(ROADS.drawn, Lines)
    codes = [code for entry in ROADS.drawn.classes for code in entry.codes]
    assert sorted(codes) == sorted(FUNCTIONAL_ROAD_CLASS.values)
    assert ROADS.drawn.classes[-1].codes == ()


@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_only_the_last_class_stands_for_the_rest(name: str) -> None:
    drawn = SYMBOLOGIES[name].drawn
    if isinstance(drawn, Lines):
        *known, rest = drawn.classes
        assert all(entry.codes for entry in known)
        assert not rest.codes


@pytest.mark.parametrize("sight", _SIGHTS)
@pytest.mark.parametrize("theme", THEMES)
def test_road_classes_are_told_apart_by_every_eye(theme: str, sight: str) -> None:
    """By colour, or by being at least a third wider; 10 is a difference in CIELAB that nobody misses side by side."""
    assert isinstance(ROADS.drawn, Lines)
    for one, other in combinations(ROADS.drawn.classes, 2):
        widths = [at_zoom(entry.widths, 14) for entry in (one, other)]
        wider = max(widths) / min(widths)
        assert difference(one.colour.on(theme), other.colour.on(theme), sight) > 10 or wider > 1.33


@pytest.mark.parametrize("sight", _SIGHTS)
@pytest.mark.parametrize("theme", THEMES)
def test_ports_and_airports_are_told_apart_by_every_eye(theme: str, sight: str) -> None:
    ports, airports = SYMBOLOGIES["ports"].drawn, SYMBOLOGIES["airports"].drawn
    assert isinstance(ports, Points)
    assert isinstance(airports, Points)
    assert difference(ports.colour.on(theme), airports.colour.on(theme), sight) > 10


ICONS = sorted({how.points.icon for how in SYMBOLOGIES.values() if how.points and how.points.icon})


@pytest.mark.parametrize("icon", ICONS)
def test_icons_are_drawings(icon: str) -> None:
    assert ET.parse(ICONS_DIR / f"{icon}.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_widths_grow_between_their_stops_and_hold_beyond_them() -> None:
    stops = ((4, 1.0), (8, 5.0))
    assert [at_zoom(stops, zoom) for zoom in (0, 4, 8, 20)] == [1, 1, 5, 5]
    assert 1 < at_zoom(stops, 6) < 3, "widths grow faster the deeper the zoom"
