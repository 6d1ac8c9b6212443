"""OpenStreetMap's XML has no entities: one that declares some reads no file, asks nobody, fills no memory."""

from pathlib import Path

import pytest

from otn.errors import SourceError
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from tests.etl.publisher import publishing

REGISTRY = Registry.read()
ROADS = REGISTRY.dataset("elsewhere/roads")
OSM = """<?xml version='1.0' encoding='UTF-8'?>
{doctype}
<osm version="0.6">
  <node id="1" lat="51.0" lon="4.0"/><node id="2" lat="51.0" lon="4.1"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="{name}"/></way>
</osm>
"""
LAUGHS = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))


def load(database_url: str, folder: Path, doctype: str, name: str) -> int:
    file = folder / "roads.osm"
    file.write_text(OSM.format(doctype=doctype, name=name))
    return load_dataset(database_url, ROADS, registry=REGISTRY, progress=Silent(), wishes=Wishes([file])).number_added


@pytest.mark.parametrize(
    ("doctype", "name"),
    [
        ('<!DOCTYPE osm [<!ENTITY e SYSTEM "{secret}">]>', "&e;"),
        ('<!DOCTYPE osm [<!ENTITY % e SYSTEM "{secret}"> %e;]>', "Dorp"),
        (f'<!DOCTYPE osm [<!ENTITY e0 "ha">{LAUGHS}]>', "&e9;"),
        ('<!DOCTYPE osm [<!ENTITY e "Dorp">]>', "&e;"),
    ],
)
def test_a_document_with_entities_is_refused(database_url: str, tmp_path: Path, doctype: str, name: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY e "secret">')
    with pytest.raises(SourceError, match=r"roads\.osm declares a document type") as raised:
        load(database_url, tmp_path, doctype.replace("{secret}", secret.as_uri()), name)
    assert "secret" not in str(raised.value)


def test_a_definition_elsewhere_is_not_asked_for(database_url: str, tmp_path: Path) -> None:
    with publishing() as publisher:
        with pytest.raises(SourceError, match=r"roads\.osm declares a document type"):
            load(database_url, tmp_path, f'<!DOCTYPE osm SYSTEM "{publisher.url}">', "Dorp")
        assert publisher.asked == []
