"""Reading what people declare under config/, with errors that name the file and the dotted path."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from otn.errors import ConfigError
from otn.model.text import LANGUAGES, Text

Declared = TypeVar("Declared", bound=BaseModel)


def _text(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"must give a text for each of {', '.join(LANGUAGES)}")
    missing = [language for language in LANGUAGES if not value.get(language)]
    if missing:
        raise ValueError(f"has no text in {', '.join(missing)}")
    return Text.from_dict(value)


MultilingualText = Annotated[Text, BeforeValidator(_text)]


class Declaration(BaseModel):
    """A part of a declaration: frozen, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises ConfigError naming file, line and column of a syntax error."""
    try:
        # The parser in C, which every wheel of PyYAML carries: the one in Python takes eight times as long.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {error}.") from error


def validated(model: type[Declared], content: Any, path: Path) -> Declared:
    """`content` as a `model`. Raises ConfigError naming the dotted path of the first mistake."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistake = error.errors()[0]
        where = ".".join(_steps(mistake["loc"], content)) or "the top level"
        raise ConfigError(f"{path}: {where}: {mistake['msg']}.") from error


def _steps(location: tuple[int | str, ...], content: Any) -> Iterator[str]:
    """The keys that lead to a mistake, without the names pydantic puts between them for one choice of several."""
    for number, step in enumerate(location, 1):
        inside = content[step] if _has(content, step) else None
        if inside is not None or number == len(location) or not isinstance(content, dict | list):
            yield str(step)
            content = inside


def _has(content: Any, step: int | str) -> bool:
    if isinstance(content, list):
        return isinstance(step, int) and step < len(content)
    return isinstance(content, dict) and step in content
