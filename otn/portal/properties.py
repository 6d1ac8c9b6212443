"""What a page says about the properties of features: their declarations and their values, read from JSON Schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from otn.portal.formats import Formats

_ADDRESSES = ("https://", "http://")
_OUTSIDE_PROPERTIES = ("id", "primary-geometry")


@dataclass(frozen=True)
class Property:
    """A property as its JSON Schema declares it; `type` is a JSON type, `date-time`, `date` or `geometry`.

    `values` are those it can have, where they are listed, with their titles in the reader's language. `is_content` is
    false of a feature's identifier and geometry, which stand beside its properties.
    """

    name: str
    title: str
    description: str
    type: str
    unit: str | None
    codelist: str | None
    values: dict[str, str]
    definition: str | None
    minimum: float | None
    maximum: float | None
    is_content: bool

    @property
    def heading(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def is_filter(self) -> bool:
        """Whether a form can ask for one value of it."""
        return self.type in ("string", "integer", "number", "boolean")

    @property
    def is_sortable(self) -> bool:
        """Whether it has one value that comes before or after another."""
        return self.type != "object"


@dataclass(frozen=True)
class Value:
    """A value ready to be shown. `kind` is null, boolean, link, code, text or object; `text` may be empty then.

    A code's `text` is its title, its `code` the value itself.
    """

    kind: str
    text: str = ""
    href: str | None = None
    code: str | None = None
    entries: tuple[tuple[str, str], ...] = ()
    is_number: bool = False


def properties(schema: dict[str, Any]) -> list[Property]:
    """The properties a JSON Schema declares, in its order."""
    return [_property(name, declared) for name, declared in schema["properties"].items()]


def _property(name: str, declared: dict[str, Any]) -> Property:
    return Property(
        name=name,
        title=declared.get("title", name),
        description=declared.get("description", ""),
        type=_type(declared),
        unit=declared.get("x-ogc-unit"),
        codelist=_address(declared.get("x-ogc-codelistUri")),
        values=_values(declared),
        definition=_address(declared.get("x-ogc-definition")),
        minimum=declared.get("minimum"),
        maximum=declared.get("maximum"),
        is_content=declared.get("x-ogc-role") not in _OUTSIDE_PROPERTIES,
    )


def _address(uri: str | None) -> str | None:
    """The URI, if it leads anywhere: what nobody else has defined has a mere name."""
    return uri if uri is not None and uri.startswith(_ADDRESSES) else None


def _values(declared: dict[str, Any]) -> dict[str, str]:
    titles = {entry["const"]: entry["title"] for entry in declared.get("oneOf", ())}
    return {str(value): titles.get(value, str(value)) for value in declared.get("enum", ())}


def _type(declared: dict[str, Any]) -> str:
    form = str(declared.get("format", ""))
    if form.startswith("geometry"):
        return "geometry"
    return form if form in ("date-time", "date") else str(declared["type"])


def value(declared: Property, content: Any, formats: Formats, *, with_unit: bool) -> Value:
    """A property's value, formatted for the reader; `with_unit` where no heading names the unit."""
    if content is None:
        return Value("null", is_number=declared.type in ("integer", "number"))
    if isinstance(content, bool):
        return Value("boolean", "true" if content else "")
    if isinstance(content, dict):
        return Value("object", entries=tuple((str(key), formats.text(entry)) for key, entry in content.items()))
    if isinstance(content, int | float):
        text = formats.number(content, declared.unit if with_unit else None)
        return Value("text", text, is_number=True)
    text = str(content)
    if declared.type in ("date-time", "date"):
        return Value("text", formats.instant(text))
    if text in declared.values:
        href = f"{declared.codelist}/{text}" if declared.codelist else None
        return Value("code", declared.values[text], href=href, code=text)
    if text.startswith(_ADDRESSES):
        return Value("link", text, href=text)
    return Value("text", text)


@dataclass(frozen=True)
class Geometry:
    """A geometry in few words; `bbox` is west, south, east, north, `None` of an empty geometry."""

    type: str
    number_of_positions: int
    bbox: tuple[float, float, float, float] | None


def geometry(content: dict[str, Any] | None) -> Geometry | None:
    """The summary of a GeoJSON geometry, None of a feature without one."""
    if content is None:
        return None
    positions = list(_positions(content["coordinates"]))
    if not positions:
        return Geometry(content["type"], 0, None)
    xs, ys = [position[0] for position in positions], [position[1] for position in positions]
    return Geometry(content["type"], len(positions), (min(xs), min(ys), max(xs), max(ys)))


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)
