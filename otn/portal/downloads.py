"""The formats features can be had in, for people who choose one: what it is called and what it is good for."""

from dataclasses import dataclass

from otn.api.encoders.registry import FORMATS


@dataclass(frozen=True)
class Format:
    """A format: the value of `f` that asks for it, its name, which is the same everywhere, and its use."""

    f: str
    media_type: str
    name: str
    use: str


def formats(language: str) -> list[Format]:
    """The formats that are offered, in the order of the offer."""
    return [
        Format(output.name, output.representation.media_type, output.title, output.use.in_language(language))
        for output in FORMATS
    ]
