from pathlib import Path

import pytest
import yaml
from pygeoapi.config import validate_config
from pygeoapi.util import yaml_load

from otn.errors import ConfigError
from otn.model.collections import COLLECTIONS
from otn.model.rasters import RASTERS
from otn.model.service import SERVICE_FILE, read_service
from otn.model.text import LANGUAGES


def test_the_service_and_every_collection_have_texts_in_four_languages() -> None:
    service = read_service()
    assert list(service.collections) == [*COLLECTIONS, *RASTERS]
    identification = service.metadata.identification
    parts = [(identification.description, identification.keywords)]
    parts += [(resource.description, resource.keywords) for resource in service.collections.values()]
    for description, keywords in parts:
        assert len(set(description.as_dict().values())) == len(LANGUAGES)
        assert all(getattr(keywords, language) for language in LANGUAGES)


def test_a_page_holds_ten_features_and_at_most_ten_thousand() -> None:
    service = read_service()
    assert (service.default_limit, service.maximum_limit) == (10, 10000)


def test_the_file_follows_the_schema_of_pygeoapi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTN_DATABASE_URL", "postgresql:///otn?host=/run/otn")
    monkeypatch.setenv("OTN_PORT", "8001")
    monkeypatch.setenv("OTN_DATA_DIR", "/srv/otn")
    with SERVICE_FILE.open(encoding="utf-8") as file:
        content = yaml_load(file)
    assert validate_config(content)
    assert content["server"]["bind"]["port"] == 8001
    providers = {name: resource["providers"] for name, resource in content["resources"].items()}
    assert {name: provider["collection"] for name, (provider,) in providers.items()} == {
        id_: id_ for id_ in (*COLLECTIONS, *RASTERS)
    }
    data = {name: provider["data"] for name, (provider,) in providers.items()}
    assert {data[name] for name in COLLECTIONS} == {"postgresql:///otn?host=/run/otn"}
    assert {data[name] for name in RASTERS} == {"/srv/otn/rasters"}


def test_a_collection_without_texts_is_named(tmp_path: Path) -> None:
    content = yaml.safe_load(SERVICE_FILE.read_text(encoding="utf-8"))
    del content["resources"]["ports"]
    path = tmp_path / "pygeoapi.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"resources: has no texts for the collection 'ports'"):
        read_service(path)


def test_a_text_missing_in_one_language_is_named(tmp_path: Path) -> None:
    content = yaml.safe_load(SERVICE_FILE.read_text(encoding="utf-8"))
    del content["resources"]["ports"]["title"]["fr"]
    path = tmp_path / "pygeoapi.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"resources\.ports\.title: .*has no text in fr"):
        read_service(path)
