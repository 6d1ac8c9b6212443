"""Addresses on a page: of other pages, of static files, and of the same page in another language or format.

They are paths without host, so that a page works under every name the service is reached by.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit


@dataclass(frozen=True)
class Urls:
    """Addresses as seen from the page `path?query` of the service at `base_url`."""

    base_url: str
    path: str
    query: str

    @property
    def prefix(self) -> str:
        """The path the service lies under: empty, or with a leading and no trailing slash."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def language(self) -> str | None:
        """The language the reader asked for by parameter; links keep it."""
        return dict(parse_qsl(self.query)).get("lang")

    def to(self, *steps: object) -> str:
        """The page at these path segments below the landing page."""
        path = "/".join(quote(str(step), safe="") for step in steps)
        return f"{self.prefix}/{path}" + (f"?lang={quote(self.language)}" if self.language else "")

    def dataset(self, dataset_id: str) -> str:
        """The page of a dataset, by its identifier `<region>/<name>`."""
        return self.to("datasets", *dataset_id.split("/"))

    def load(self, dataset_id: str, load_id: int) -> str:
        """The page of a load of a dataset."""
        return self.to("datasets", *dataset_id.split("/"), "loads", load_id)

    def items_of(self, collection_id: str, dataset_id: str) -> str:
        """The page of a dataset's features in a collection."""
        asked = [("dataset", dataset_id), *([("lang", self.language)] if self.language else [])]
        return f"{self.plain('collections', collection_id, 'items')}?{urlencode(asked)}"

    def plain(self, *steps: object) -> str:
        """The resource at these path segments, for scripts, which say themselves in what form they want it."""
        return self.prefix + "".join(f"/{quote(str(step), safe='')}" for step in steps)

    def absolute(self, *steps: str) -> str:
        """The resource at these path segments, to be used outside the page: in a terminal or a GIS."""
        return "/".join([self.base_url.rstrip("/"), *(quote(step, safe="") for step in steps)])

    def static(self, name: str) -> str:
        return f"{self.prefix}/static/{name}"

    def here(self) -> str:
        """This page without its query: what a form is sent to."""
        return self.prefix + quote(self.path)

    def above(self) -> str:
        """The page this one lies under."""
        return self.to(*self.path.strip("/").split("/")[:-1])

    def in_language(self, language: str) -> str:
        """This page, with its query, in another language."""
        kept = [(name, value) for name, value in parse_qsl(self.query) if name != "lang"]
        return f"{self.here()}?{urlencode([*kept, ('lang', language)])}"

    def as_format(self, f: str) -> str:
        """This page, with its query, in another format."""
        kept = [(name, value) for name, value in parse_qsl(self.query) if name != "f"]
        return f"{self.here()}?{urlencode([*kept, ('f', f)])}"

    def download(self, collection_id: str, f: str) -> str:
        """The whole of a collection as a file."""
        return self._plain_in_language(f, "collections", collection_id, "download")

    def style_file(self, style_id: str, f: str) -> str:
        """A style in another language of styles."""
        return self._plain_in_language(f, "styles", style_id)

    def qgis_layers(self, collection_id: str) -> str:
        """The layers of a collection for QGIS."""
        return self._plain_in_language("qlr", "collections", collection_id)

    def legend(self, style_id: str) -> str:
        """The legend of a style as a picture."""
        return self._plain_in_language("svg", "styles", style_id, "legend")

    def _plain_in_language(self, f: str, *steps: str) -> str:
        asked = [("f", f), *([("lang", self.language)] if self.language else [])]
        return f"{self.plain(*steps)}?{urlencode(asked)}"

    def all_found(self, collection_id: str, f: str) -> str:
        """Everything that this page is a page of, as a file."""
        paging = ("f", "limit", "token", "resulttype")
        kept = [(name, value) for name, value in parse_qsl(self.query) if name not in paging]
        return f"{self.plain('collections', collection_id, 'download')}?{urlencode([*kept, ('f', f)])}"

    def as_page(self, href: str) -> str:
        """The page of the resource that `href` gives in another format."""
        parts = urlsplit(href)
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "f"]
        return parts.path + (f"?{urlencode(kept)}" if kept else "")
