"""A browser, and a web site of another origin than the service's, as developers who use OTN have."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from otn.settings import ROOT

_LIBRARIES = ROOT / ".tools" / "web-clients"
# Maps are drawn by the processor: WebGL without a graphics card. The browser asks nobody for anything by itself.
_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class _WebSite(http.server.SimpleHTTPRequestHandler):
    """The pages of tests/clients/web, and the map libraries under /node_modules/."""

    def translate_path(self, path: str) -> str:
        place = urlsplit(path).path
        folder = _LIBRARIES if place.startswith("/node_modules/") else Path(__file__).with_name("web")
        return str(folder / place.lstrip("/"))

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="session")
def web_site() -> Iterator[str]:
    """The address of a web site whose pages draw what the service serves, without a slash at its end."""
    assert (_LIBRARIES / "node_modules").is_dir(), "the map libraries are not installed: `make test-clients` does it"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _WebSite) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a screen. Not for the whole session: as long as it is open, no other event loop may run."""
    program = shutil.which("chromium")
    assert program, "chromium is not installed: `make test-clients` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        print(f"Chromium {browser.version}")
        yield browser
        browser.close()
