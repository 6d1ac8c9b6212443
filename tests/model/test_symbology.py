"""The declared look of collections: complete, of fields there are, told apart by people who see colours less."""

from itertools import combinations, pairwise, product
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest

from otn.api.maplibre import COUNTRY, LAND, WATER
from otn.model.codelists import FUNCTIONAL_ROAD_CLASS, CodeList
from otn.model.collections import COLLECTIONS, GeometryKind
from otn.model.drawing import ICONS_DIR, THEMES, Areas, DrawnClass, Lines, Mixed, Points, Symbology, at_zoom, in_theme
from otn.model.symbology import ACCIDENTS, HALO, ROADS, SYMBOLOGIES
from otn.model.traffic_codelists import SEVERITY
from otn.settings import ROOT

Colour = npt.NDArray[np.float64]
PLATES_DIR = ROOT / "scripts" / "vendor" / "sprite"

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
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
# Ottosson (2020): linear RGB to the responses of cones, and their cube roots to OKLab.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# A difference of 0.02 in OKLab is just seen side by side. Classes lie beside each other, features far apart.
_CLASSES_DIFFER, _FEATURES_DIFFER = 0.06, 0.08
# How much wider a line is seen to be wider.
_WIDER = 1.33
# Web Content Accessibility Guidelines 2.2, 1.4.3 and 1.4.11.
_READABLE, _VISIBLE = 4.5, 3.0
# Whoever sees no colour at all is served by print, as is everybody whose printer has one ink.
VIEWS = [(theme, sight) for theme in THEMES for sight in _SIGHTS if sight != "grey" or theme == "print"]


def linear(colour: str) -> Colour:
    encoded = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    light: Colour = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return light


def seen(colour: str, sight: str) -> Colour:
    """A colour in OKLab, as eyes of this sight see it."""
    cones: Colour = np.cbrt(_CONES @ np.clip(_SIGHTS[sight] @ linear(colour), 0, 1))
    return _OKLAB @ cones


def difference(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(float(_SIGHTS["grey"][0] @ linear(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


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
    fields = set(SYMBOLOGIES[name].fields)
    assert fields <= COLLECTIONS[name].by_name.keys()


@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_what_decides_how_a_feature_is_drawn_is_in_tiles_of_every_zoom(name: str) -> None:
    collection = COLLECTIONS[name]
    carried = {field.name for field in collection.tile_fields if collection.tile_rule.carries(field.name, zoom=0)}
    assert set(SYMBOLOGIES[name].fields) <= carried


@pytest.mark.parametrize(("how", "codelist"), [(ROADS, FUNCTIONAL_ROAD_CLASS), (ACCIDENTS, SEVERITY)])
def test_every_code_is_drawn_once_and_the_unknown_class_too(how: Symbology, codelist: CodeList) -> None:
    [part] = how.classified
    assert [code for entry in part.classes for code in entry.codes] == list(codelist.values)
    assert part.classes[-1].codes == ()


@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_only_the_last_class_stands_for_the_rest(name: str) -> None:
    for part in SYMBOLOGIES[name].classified:
        *known, rest = part.classes
        assert all(entry.codes for entry in known)
        assert not rest.codes


@pytest.mark.parametrize(("theme", "sight"), VIEWS)
@pytest.mark.parametrize("name", [name for name, how in SYMBOLOGIES.items() if how.classified])
def test_classes_are_told_apart_by_every_eye(name: str, theme: str, sight: str) -> None:
    """By colour, or by being wider."""
    for part in SYMBOLOGIES[name].classified:
        for one, other in combinations(part.classes, 2):
            assert told_apart(one, other, theme, sight, _CLASSES_DIFFER), (one.title.en, other.title.en)


def told_apart(one: DrawnClass, other: DrawnClass, theme: str, sight: str, enough: float) -> bool:
    return difference(one.colour.on(theme), other.colour.on(theme), sight) > enough or wider(one, other)


def wider(one: DrawnClass, other: DrawnClass) -> bool:
    """Whether one of them is, at the zoom of a town."""
    less, more = sorted(at_zoom(entry.sizes, 14) for entry in (one, other))
    return more > _WIDER * less


@pytest.mark.parametrize("theme", THEMES)
def test_the_worse_an_accident_the_more_it_stands_out_by_shade_and_size(theme: str) -> None:
    """Even where no colour is seen: darker on light paper, lighter on dark paper, and larger."""
    assert ACCIDENTS.points is not None
    *known, unknown = ACCIDENTS.points.classes
    shades = [difference(entry.colour.on(theme), LAND.on(theme), "grey") for entry in known]
    assert all(worse > better + _CLASSES_DIFFER for worse, better in pairwise(shades))
    for worse, better in pairwise(known):
        sizes = [[at_zoom(entry.sizes, zoom) for entry in (worse, better)] for zoom in range(19)]
        assert all(large > _WIDER * small for large, small in sizes), worse.title.en
    assert at_zoom(unknown.sizes, 14) <= at_zoom(known[-2].sizes, 14), "what is not known does not stand out"


@pytest.mark.parametrize(("theme", "sight"), VIEWS)
def test_collections_of_points_are_told_apart_by_every_eye(theme: str, sight: str) -> None:
    """By colour, or by being wider. Road nodes are smaller than the rest, port facilities stand where ports do."""
    discs = ("ports", "airports", "accidents", "traffic-counts", "traffic-volumes")
    classes = [how.points.classes for name in discs if (how := SYMBOLOGIES[name]).points]
    assert len(classes) == len(discs)
    for some, others in combinations(classes, 2):
        for one, other in product(some, others):
            assert told_apart(one, other, theme, sight, _FEATURES_DIFFER), (one.title.en, other.title.en)


@pytest.mark.parametrize("theme", THEMES)
def test_words_are_readable(theme: str) -> None:
    inks = [how.ink for how in SYMBOLOGIES.values()] + [COUNTRY]
    assert all(contrast(ink.on(theme), HALO.on(theme)) >= _READABLE for ink in inks)
    assert all(contrast(plate.ink.on(theme), plate.paper.on(theme)) >= _READABLE for plate in ROADS.plates)


@pytest.mark.parametrize("theme", THEMES)
def test_plates_are_in_the_sprite_as_they_are_declared(theme: str) -> None:
    for plate in ROADS.plates:
        drawing = ET.parse(PLATES_DIR / f"{plate.images.on(theme)}.svg").getroot()  # noqa: S314
        drawn = drawing.find("{http://www.w3.org/2000/svg}rect")
        assert drawn is not None
        assert full(drawn.get("fill", "")) == plate.paper.on(theme)
        assert full(drawn.get("stroke", "")) == plate.rim.on(theme)


def full(colour: str) -> str:
    """#rgb as #rrggbb."""
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_features_stand_out_from_the_paper(name: str, theme: str) -> None:
    """Lines by themselves or by their casing, areas by their outline, icons from their disc."""
    how, paper = SYMBOLOGIES[name], LAND.on(theme)
    for entry in how.lines.classes if how.lines else ():
        colours = [entry.colour, *([how.lines.casing] if how.lines and how.lines.casing else [])]
        assert max(contrast(colour.on(theme), paper) for colour in colours) >= _VISIBLE, entry.title.en
    if how.areas is not None:
        assert contrast(how.areas.outline.on(theme), paper) >= _VISIBLE
    if how.points is not None:
        for entry in how.points.classes:
            assert contrast(entry.colour.on(theme), paper) >= _VISIBLE, entry.title.en
            assert how.points.icon is None or contrast("#ffffff", entry.colour.on(theme)) >= _VISIBLE


def test_print_fills_no_large_areas_and_is_on_white() -> None:
    assert LAND.print == WATER.print == HALO.print == "#ffffff"
    assert all(how.areas is None or how.areas.opacity.print <= 0.12 for how in SYMBOLOGIES.values())
    stops = ((4, 1.0), (8, 5.0))
    assert all(thin < wide for (_, thin), (_, wide) in zip(in_theme(stops, "print"), stops, strict=True))


ICONS = sorted({how.points.icon for how in SYMBOLOGIES.values() if how.points and how.points.icon})


@pytest.mark.parametrize("icon", ICONS)
def test_icons_are_drawings(icon: str) -> None:
    assert ET.parse(ICONS_DIR / f"{icon}.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_widths_grow_between_their_stops_and_hold_beyond_them() -> None:
    stops = ((4, 1.0), (8, 5.0))
    assert [at_zoom(stops, zoom) for zoom in (0, 4, 8, 20)] == [1, 1, 5, 5]
    assert 1 < at_zoom(stops, 6) < 3, "widths grow faster the deeper the zoom"
