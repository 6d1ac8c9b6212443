from pathlib import Path

import pytest

from otn.errors import ConfigError
from otn.model.declarations import Declaration, MultilingualText, read_yaml, validated
from otn.model.text import Text


class Sign(Declaration):
    words: MultilingualText


WORDS = {"en": "Stop", "nl": "Stop", "fr": "Arrêt", "de": "Halt"}


def test_a_text_has_all_four_languages() -> None:
    assert validated(Sign, {"words": WORDS}, Path("sign.yml")).words == Text(**WORDS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"words": {"en": "Stop", "nl": "Stop"}}, r"sign\.yml: words: .*has no text in fr, de"),
        ({"words": "Stop"}, r"sign\.yml: words: .*must give a text for each of en, nl, fr, de"),
        ({"words": WORDS, "colour": "red"}, r"sign\.yml: colour: "),
        ([], r"sign\.yml: the top level: "),
    ],
)
def test_a_mistake_is_named_by_file_and_place(content: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validated(Sign, content, Path("sign.yml"))


def test_a_syntax_error_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "sign.yml"
    path.write_text("words:\n  en: [Stop\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sign\.yml is not valid YAML: (.|\n)*line 3"):
        read_yaml(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yml cannot be read: No such file or directory\."):
        read_yaml(tmp_path / "none.yml")
