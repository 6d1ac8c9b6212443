"""In which encoding a text file is: declared, told by a byte order mark, or found from what its bytes would say.

A file that is UTF-8 as a whole is UTF-8. Another one is taken for the encoding in which most of its words are made of
letters that a language of the partner regions has; the language of the region itself wins where two fit alike.
"""

import codecs
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from otn.errors import SourceError

_CHUNK = 1 << 20
_SAMPLE = 20_000  # words
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")

# Letters beyond ASCII by encoding: of Dutch, French, German and English; Czech; Latvian; Greek.
_LETTERS = {
    "cp1252": "àâäáçéèêëîïíôöóùûüúÿæœñß",
    "cp1250": "áčďéěíňóřšťúůýž",
    "cp1257": "āčēģīķļņōŗšūž",
    "iso-8859-7": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
}
_SIGNS = frozenset("\u00a0°€£§©®«»–—‘’‚“”„…·²³½¼¾×")
_OF_COUNTRY = {"cz": "cp1250", "lv": "cp1257", "gr": "iso-8859-7"}
_OWN_LANGUAGE = 0.05
_LEAST = 0.5

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class TextEncoding:
    """An encoding by Python's name, and a remark for people where it was found and not told."""

    name: str
    remark: str | None = None


def text_encoding(path: Path, declared: str | None, region: str) -> TextEncoding:
    """The encoding of a file, whole or gzipped. Raises SourceError where none fits or the text is damaged UTF-8."""
    if declared is not None:
        return TextEncoding("utf-8-sig" if declared == "utf-8" else declared)
    with opened_bytes(path) as file:
        start = file.read(4)
    for mark, name in _BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return TextEncoding(name)
    trouble = _not_utf8(path)
    if trouble is None:
        return TextEncoding("utf-8-sig")
    words = _words(path)
    if _mostly_utf8(words):
        raise SourceError(f"{path} holds text that is not UTF-8; save it as UTF-8 ({trouble}).")
    return _likeliest(path, words, _OF_COUNTRY.get(region.split("-")[0]))


def opened_bytes(path: Path) -> IO[bytes]:
    """The content of a file, whole or gzipped."""
    if path.suffix.lower() == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _not_utf8(path: Path) -> UnicodeDecodeError | None:
    """Where the file is no UTF-8; None where all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return error
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with opened_bytes(path) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _words(path: Path) -> list[bytes]:
    """Words with characters beyond ASCII, the first _SAMPLE of the file."""
    found = (word for chunk in _chunks(path) for word in _WORD.findall(chunk))
    return list(islice(found, _SAMPLE))


def _mostly_utf8(words: list[bytes]) -> bool:
    right = sum(len(_UTF8.findall(word)) for word in words)
    wrong = sum(len(_NOT_ASCII.findall(_UTF8.sub(b"", word))) for word in words)
    return right >= wrong


def _likeliest(path: Path, words: list[bytes], of_region: str | None) -> TextEncoding:
    plausible = {name: sum(_is_plausible(word, name) for word in words) / len(words) for name in _LETTERS}
    best = max(plausible, key=lambda name: plausible[name] + (_OWN_LANGUAGE if name == of_region else 0))
    if plausible[best] < _LEAST:
        raise SourceError(
            f"{path} holds text that is not UTF-8, and in none of the encodings {', '.join(_LETTERS)} are most of its "
            "words words of a partner region; save it as UTF-8, or declare source.encoding."
        )
    return TextEncoding(
        best,
        f"{path.name} is not UTF-8; its text was taken for {best}, in which {plausible[best]:.0%} of the words with "
        "letters beyond ASCII are plausible; source.encoding tells another.",
    )


def _is_plausible(word: bytes, encoding: str) -> bool:
    text = word.decode(encoding, errors="replace")
    beyond = {letter for letter in text.lower() if not letter.isascii() and letter not in _SIGNS}
    # Greek words have no Latin letters in them.
    mixed = encoding == "iso-8859-7" and beyond and any(letter.isascii() for letter in text)
    return not mixed and beyond <= set(_LETTERS[encoding])
