"""Encodings found from what bytes would say: never without a word."""

import gzip
from pathlib import Path

import pytest

from otn.errors import SourceError
from otn.etl.readers.text_encoding import text_encoding

WORDS = {
    "cp1252": "Liège; Société générale des chemins de fer; Brüssel; Zürich; café — “België”",
    "cp1250": "Plzeň; Ústí nad Labem; Příbram; Žďár nad Sázavou; třída; Hradec Králové",
    "cp1257": "Rīga; Daugavpils; Jūrmala; Ķengarags; Pļavnieki; Ziepniekkalns; Mežciems; Vecāķi; šoseja",
    "iso-8859-7": "Αθήνα; Θεσσαλονίκη; Πειραιάς; οδός; Λεωφόρος Συγγρού",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("region", ["elsewhere", "be", "cz-plzen", "lv", "gr"])
def test_the_languages_of_the_regions_are_told_apart(path: Path, encoding: str, region: str) -> None:
    path.write_bytes(WORDS[encoding].encode(encoding))
    found = text_encoding(path, None, region)
    assert found.name == encoding
    assert found.remark is not None
    assert "a.csv is not UTF-8" in found.remark
    assert encoding in found.remark


def test_where_two_fit_alike_the_language_of_the_region_wins(path: Path) -> None:
    path.write_bytes("Liège".encode("cp1252"))
    assert text_encoding(path, None, "be").name == "cp1252"
    path.write_bytes("Česká".encode("cp1250"))
    assert text_encoding(path, None, "cz").name == "cp1250"


@pytest.mark.parametrize("text", ["plain", *WORDS.values()])
def test_what_is_utf8_is_utf8(path: Path, text: str) -> None:
    path.write_text(text * 100_000, encoding="utf-8")
    assert text_encoding(path, None, "cz").name == "utf-8-sig"
    assert text_encoding(path, None, "cz").remark is None


@pytest.mark.parametrize(("written", "found"), [("utf-16", "utf-16"), ("utf-8-sig", "utf-8-sig")])
def test_a_byte_order_mark_tells(path: Path, written: str, found: str) -> None:
    path.write_text("Plzeň", encoding=written)
    assert text_encoding(path, None, "elsewhere").name == found


def test_what_is_declared_wins(path: Path) -> None:
    path.write_text("Plzeň", encoding="utf-8")
    assert text_encoding(path, "cp1250", "elsewhere").name == "cp1250"


def test_gzipped_text_is_looked_into(path: Path) -> None:
    compressed = path.with_name("a.csv.gz")
    compressed.write_bytes(gzip.compress(WORDS["cp1257"].encode("cp1257")))
    assert text_encoding(compressed, None, "elsewhere").name == "cp1257"


def test_damaged_utf8_is_not_taken_for_something_else(path: Path) -> None:
    path.write_bytes((WORDS["cp1250"] * 10).encode()[:-1] + b"\xc5")
    with pytest.raises(SourceError, match=r"a\.csv holds text that is not UTF-8; save it as UTF-8 \(.*position"):
        text_encoding(path, None, "cz")


def test_what_no_language_would_write_is_refused(path: Path) -> None:
    path.write_bytes("Žluťoučký kůň pěl ďábelské ódy".encode("cp852"))
    with pytest.raises(SourceError, match=r"in none of the encodings cp1252, .* declare source\.encoding"):
        text_encoding(path, None, "elsewhere")
