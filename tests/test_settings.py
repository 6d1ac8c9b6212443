"""Settings come from OTN_* variables; a value that cannot be used is named."""

import pytest

from otn.errors import SettingsError
from otn.settings import Settings


def test_without_variables_there_are_defaults() -> None:
    settings = Settings.from_environment({"HOME": "/", "OTN_HOST": ""})
    assert (settings.database_url, settings.host, settings.port, settings.workers) == (None, "127.0.0.1", 8000, 1)


def test_settings_survive_the_way_to_a_child_process() -> None:
    environment = {"OTN_DATABASE_URL": "postgresql:///otn", "OTN_PORT": "0", "OTN_PUBLIC_URL": "https://otn.example/"}
    environment |= {"OTN_ACCESS_LOG": "-", "OTN_ALLOW_PRIVATE_DOWNLOADS": "yes"}
    settings = Settings.from_environment(environment)
    assert Settings.from_environment(settings.to_environment()) == settings
    assert settings.public_url == "https://otn.example"
    assert settings.allow_private_downloads


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OTN_PORT", "eighty", "OTN_PORT must be a whole number, not 'eighty'"),
        ("OTN_PORT", "65536", "OTN_PORT must lie between 0 and 65535, not 65536"),
        ("OTN_WORKERS", "0", "OTN_WORKERS must lie between 1 and 64"),
        ("OTN_PUBLIC_URL", "otn.example", "OTN_PUBLIC_URL must begin with http:// or https://"),
        ("OTN_DATABASE_URL", "host=here password=secret", "OTN_DATABASE_URL must begin with postgresql:// or postgres"),
        ("OTN_PROT", "80", "OTN_PROT is not a setting of OTN; known are OTN_ACCESS_LOG, OTN_ALLOW_PRIVATE_DOWNLO"),
        ("OTN_ALLOW_PRIVATE_DOWNLOADS", "maybe", "OTN_ALLOW_PRIVATE_DOWNLOADS must be yes or no, not 'maybe'"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as raised:
        Settings.from_environment({name: value})
    assert "secret" not in str(raised.value)
