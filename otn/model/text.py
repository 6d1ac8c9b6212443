"""Texts in the four languages of the service."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "nl", "fr", "de")
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Text:
    """One text in each of the four languages; none may be missing."""

    en: str
    nl: str
    fr: str
    de: str

    def in_language(self, language: str) -> str:
        """The text in one of LANGUAGES."""
        return str(getattr(self, language))

    def noted(self, note: "Text") -> "Text":
        """The text and, in brackets, what is to be said of it: a note begins small there, so with no German noun."""
        said = note.as_dict()
        return Text(
            **{
                language: f"{text} ({said[language][0].lower()}{said[language][1:]})"
                for language, text in self.as_dict().items()
            }
        )

    def as_dict(self) -> dict[str, str]:
        return {language: self.in_language(language) for language in LANGUAGES}

    @classmethod
    def from_dict(cls, texts: Mapping[str, str]) -> "Text":
        return cls(**{language: texts[language] for language in LANGUAGES})
