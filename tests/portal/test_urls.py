import pytest

from otn.portal.urls import Urls


def test_paths_lie_below_the_public_address() -> None:
    urls = Urls("https://data.example.org/otn", "/collections/roads", "")
    assert urls.to() == "/otn/"
    assert urls.to("collections", "sea-lanes", "items", 7) == "/otn/collections/sea-lanes/items/7"
    assert urls.static("portal.css") == "/otn/static/portal.css"
    assert urls.absolute("collections") == "https://data.example.org/otn/collections"
    assert urls.above() == "/otn/collections"


def test_a_step_cannot_leave_its_place() -> None:
    assert Urls("http://127.0.0.1:8000", "/", "").to("collections", "../a?b#c") == "/collections/..%2Fa%3Fb%23c"


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:8000", "http://127.0.0.1:8000/"])
def test_a_service_at_the_root_has_no_prefix(base_url: str) -> None:
    assert Urls(base_url, "/", "").to("api") == "/api"


def test_a_format_is_dropped_from_the_address_of_a_page() -> None:
    urls = Urls("http://127.0.0.1:8000", "/collections/roads/items", "")
    assert urls.as_page("http://127.0.0.1:8000/collections/roads/items?f=json&token=a") == (
        "/collections/roads/items?token=a"
    )
    assert urls.as_page("http://127.0.0.1:8000/collections?f=json") == "/collections"
