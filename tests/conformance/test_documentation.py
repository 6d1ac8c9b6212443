"""docs/conformance.md names the declared classes, all of them and no others."""

import re

import pytest

from otn.settings import ROOT
from tests.conformance.iut import SPEC, Iut

pytestmark = pytest.mark.conformance


def test_the_declared_classes_are_documented(village: Iut) -> None:
    table = (ROOT / "docs" / "conformance.md").read_text().partition("## Declared classes")[2]
    documented = {
        f"{SPEC}{standard}/1.0/conf/{name}"
        for standard, names in re.findall(r"^\| `([\w-]+)` \| (.*) \|$", table, re.MULTILINE)
        for name in re.findall(r"`([\w-]+)`", names)
    }
    assert documented == village.declared
