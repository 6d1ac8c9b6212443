"""Countries by their English names, as publishers spell them: CLDR's names (babel) and those in use beside them."""

import re
import unicodedata
from functools import cache

from babel import Locale

# Territories that CLDR tells apart and ISO 3166-1 does not.
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
_OTHER_NAMES = {
    "ascension": "SH",
    "burma": "MM",
    "cabo verde": "CV",
    "congo brazzaville": "CG",
    "congo kinshasa": "CD",
    "cote d'ivoire": "CI",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "east timor": "TL",
    "federated states of micronesia": "FM",
    "hong kong": "HK",
    "ivory coast": "CI",
    "jan mayen": "SJ",
    "johnston atoll": "UM",
    "johnson atoll": "UM",
    "macao": "MO",
    "macau": "MO",
    "macedonia": "MK",
    "midway islands": "UM",
    "myanmar": "MM",
    "republic of the congo": "CG",
    "russian federation": "RU",
    "saint helena ascension and tristan da cunha": "SH",
    "svalbard": "SJ",
    "swaziland": "SZ",
    "tristan da cunha": "SH",
    "turkey": "TR",
    "vatican": "VA",
    "wake island": "UM",
}


def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its English name, or by the code itself; None for unknown ones."""
    if re.fullmatch("[A-Z]{2}", name):
        return name if name in _names().values() else None
    return _names().get(_plain(name))


@cache
def _names() -> dict[str, str]:
    territories = Locale("en").territories.items()
    names = {_plain(name): code for code, name in territories if len(code) == 2 and code not in _NO_COUNTRIES}
    return names | _OTHER_NAMES


def _plain(name: str) -> str:
    """Without capitals, accents, `the` and what stands between words."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    text = letters.lower().replace("’", "'").replace("&", " and ").replace("st. ", "saint ")
    text = re.sub(r"[^\w']+", " ", text).strip()
    return text.removeprefix("the ").removesuffix(" the")
