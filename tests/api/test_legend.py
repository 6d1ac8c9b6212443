"""Legends: every class, as it is drawn, in words that can be read."""

from xml.etree import ElementTree as ET

import pytest

from otn.api.legend import SAMPLE, entries, legend
from otn.model.collections import COLLECTIONS
from otn.model.drawing import THEMES, Lines, at_zoom
from otn.model.symbology import ACCIDENTS, ROADS, SYMBOLOGIES
from otn.model.text import LANGUAGES
from otn.model.traffic_codelists import SEVERITY

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<b title='\"'>&"


def drawn(
    *collections: tuple[str, str], title: str = "Title", theme: str = "light", language: str = "en"
) -> ET.Element:
    return ET.fromstring(legend(title, collections, theme, language))  # noqa: S314


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_its_title_and_its_sample(language: str) -> None:
    root = drawn(("roads", "Roads"), language=language)
    assert isinstance(ROADS.drawn, Lines)
    fields = ("tunnel", *(plate.field for plate in ROADS.plates))
    titles = [entry.title.in_language(language) for entry in ROADS.drawn.classes]
    titles += [COLLECTIONS["roads"].by_name[field].title.in_language(language) for field in fields]
    assert [text.text for text in root.findall(f"{SVG}text")] == titles
    assert len(root.findall(f"{SVG}g")) == len(titles)
    assert root.findtext(f"{SVG}desc") == ", ".join(titles)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_sample_has_the_colours_of_the_map(name: str, theme: str) -> None:
    symbology = SYMBOLOGIES[name]
    expected = {entry.colour.on(theme) for part in symbology.classified for entry in part.classes}
    expected |= {symbology.areas.fill.on(theme), symbology.areas.outline.on(theme)} if symbology.areas else set()
    expected |= {colour.on(theme) for plate in symbology.plates for colour in (plate.paper, plate.rim, plate.ink)}
    text = legend("Title", [(name, name)], theme, "en")
    assert all(colour in text for colour in expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_discs_of_classes_have_their_sizes_and_the_words_of_the_code_list(language: str) -> None:
    assert ACCIDENTS.points is not None
    root = drawn(("accidents", "Accidents"), language=language)
    for code, text in zip(SEVERITY.codes, root.findall(f"{SVG}text"), strict=False):
        assert code.title.in_language(language).lower() in (text.text or "").lower()
    discs = [[float(disc.get(name, 0)) for name in ("r", "stroke-width")] for disc in root.iter(f"{SVG}circle")]
    radii = [middle - rim / 2 for middle, rim in discs]
    on_the_map = [at_zoom(entry.sizes, 14) for entry in ACCIDENTS.points.classes]
    assert radii == pytest.approx([size * radii[0] / on_the_map[0] for size in on_the_map], abs=0.02)
    assert all(middle + rim / 2 <= SAMPLE[1] / 2 for middle, rim in discs)


def test_several_collections_have_headings_and_no_two_classes_one_name() -> None:
    root = drawn(*((name, f"The {name}") for name in COLLECTIONS))
    words = [text.text or "" for text in root.findall(f"{SVG}text")]
    assert {f"The {name}" for name in COLLECTIONS} <= set(words)
    assert len(words) == len(set(words)) == len(COLLECTIONS) + sum(len(entries(name, "en")) for name in COLLECTIONS)


def test_what_is_drawn_is_named_and_samples_are_not_read_aloud() -> None:
    root = drawn(("ports", "Ports"), title=NASTY)
    names = [root.find(f"*[@id='{root.get(attribute)}']") for attribute in ("aria-labelledby", "aria-describedby")]
    assert [name.text for name in names if name is not None] == [f"Legend: {NASTY}", entries("ports", "en")[0].title]
    assert all(sample.get("aria-hidden") == "true" for sample in root.findall(f"{SVG}g"))


def test_words_lie_within_the_picture() -> None:
    root = drawn(*((name, f"The {name}") for name in COLLECTIONS), language="de")
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for text in root.findall(f"{SVG}text"):
        assert 0 < float(text.get("y", 0)) < height
        assert float(text.get("x", 0)) + 7 * len(text.text or "") < width
