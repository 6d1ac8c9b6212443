"""The portal's words in other languages: gettext catalogues, read from their source when the service starts."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

TRANSLATIONS_DIR = Path(__file__).parent / "translations"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language other than English, which the templates themselves are written in."""
    with (TRANSLATIONS_DIR / language / "LC_MESSAGES" / "otn.po").open("rb") as file:
        return read_po(file, locale=language, domain="otn")


def translations(catalogue: Catalog) -> Translations:
    """The catalogue in the form that looks words up."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain="otn")
