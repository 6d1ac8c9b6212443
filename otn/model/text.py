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

    def as_dict(self) -> dict[str, str]:
        return {language: self.in_language(language) for language in LANGUAGES}

    @classmethod
    def from_dict(cls, texts: Mapping[str, str]) -> "Text":
        return cls(**{language: texts[language] for language in LANGUAGES})
