"""The service under test as the suite's tests see it: a client that starts at the landing page and follows links."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpx

Document = dict[str, Any]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SPEC = "http://www.opengis.net/spec/"
FEATURES = SPEC + "ogcapi-features-1/1.0/conf/"

# How far the suite goes.
COLLECTIONS_LIMIT = 20
FEATURES_LIMIT = 100
DEFAULT_LIMIT = 10
PAGING_LIMIT = 3
_MOST_PAGES = 1_000


class Answer(NamedTuple):
    """One page of features, and what was asked for."""

    collection: Document
    asked: dict[str, str]
    document: Document

    @property
    def question(self) -> str:
        return f"{self.collection['id']} {self.asked}"


class Iut:
    """The implementation under test. It is asked each question once, however many tests look at the answer."""

    def __init__(self, address: str, client: httpx.Client) -> None:
        self.address = address
        self._client = client
        self._answers: dict[tuple[str, str], httpx.Response] = {}
        self._counts: dict[str, int] = {}

    def ask(self, url: str, accept: str = JSON, **parameters: str) -> httpx.Response:
        """Parameters are named as in the URL, but with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in parameters.items()}
        full = str(httpx.URL(urljoin(self.address + "/", url)).copy_merge_params(named))
        if (full, accept) not in self._answers:
            self._answers[full, accept] = self._client.get(full, headers={"Accept": accept})
        return self._answers[full, accept]

    def document(self, url: str, accept: str = JSON, **parameters: str) -> Document:
        answer = self.ask(url, accept, **parameters)
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:300]}"
        document: Document = answer.json()
        return document

    @cached_property
    def landing(self) -> Document:
        return self.document("/")

    @cached_property
    def declared(self) -> frozenset[str]:
        return frozenset(self.document("/conformance")["conformsTo"])

    @cached_property
    def definition(self) -> Document:
        [link] = [entry for entry in links(self.landing, "service-desc") if entry["type"].replace(" ", "") == OPENAPI]
        return self.document(link["href"], OPENAPI)

    @cached_property
    def collections(self) -> list[Document]:
        """Those with features: the suite leaves out other kinds of items."""
        listed = self.document("/collections")["collections"]
        with_features = [
            entry for entry in listed if entry.get("itemType", "feature") == "feature" and links(entry, "items")
        ]
        assert with_features
        return with_features[:COLLECTIONS_LIMIT]

    @cached_property
    def largest_limit(self) -> int:
        return max(int(self.parameter(name, "limit")["schema"]["maximum"]) for name in self.items_paths)

    @cached_property
    def items_paths(self) -> list[str]:
        """The paths of the API definition that give features."""
        found = [path for path in self.definition["paths"] if re.fullmatch(r"/collections/[^/]+/items", path)]
        assert found
        return found

    def parameter(self, path: str, name: str) -> Document:
        """The definition of a query parameter of GET, with references resolved."""
        item = self.definition["paths"][path]
        declared = [self._resolved(entry) for entry in (*item.get("parameters", []), *item["get"]["parameters"])]
        [found] = [entry for entry in declared if (entry["name"], entry["in"]) == (name, "query")]
        return found

    def _resolved(self, entry: Document) -> Document:
        while "$ref" in entry:
            found: Any = self.definition
            for step in entry["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            entry = found
        return entry

    def items(self, collection: Document) -> str:
        """The address of the features as GeoJSON."""
        [link] = [entry for entry in links(collection, "items") if entry["type"] == GEOJSON]
        return urljoin(self.address, str(link["href"]))

    def ask_features(self, collection: Document, **parameters: str) -> httpx.Response:
        """Ten features where no limit is given: so the suite asks, lest answers grow long."""
        given = parameters if "limit" in parameters else parameters | {"limit": str(DEFAULT_LIMIT)}
        return self.ask(self.items(collection), GEOJSON, **given)

    def features(self, collection: Document, **parameters: str) -> Answer:
        answer = self.ask_features(collection, **parameters)
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:300]}"
        return Answer(collection, parameters, answer.json())

    def first_feature(self, collection: Document) -> str:
        """The address of one feature of the collection."""
        [first, *_] = self.features(collection).document["features"]
        return f"{self.items(collection)}/{first['id']}"

    def number_of_features(self, document: Document) -> int:
        """How many features this page and all those after it hold."""
        counted = len(document["features"])
        [address] = [entry["href"] for entry in links(document, "self")]
        if address not in self._counts:
            self._counts[address] = counted + sum(len(page["features"]) for page in self.following(document))
        return self._counts[address]

    def following(self, document: Document) -> Iterator[Document]:
        """The pages after this one, as long as pages may be."""
        for _ in range(_MOST_PAGES):
            onwards = [entry for entry in links(document, "next") if entry["type"] == GEOJSON]
            if not onwards:
                return
            url = httpx.URL(onwards[0]["href"]).copy_set_param("limit", self.largest_limit)
            document = self._client.get(url, headers={"Accept": GEOJSON}).raise_for_status().json()
            yield document
        raise AssertionError("the pages do not end")


def links(document: Document, rel: str) -> list[Document]:
    """The links with this relation."""
    return [entry for entry in document["links"] if entry["rel"] == rel]


def check_own_links(document: Document, media_types: set[str], rels: tuple[str, ...] = ("self", "alternate")) -> None:
    """One link to the document itself, one to it in each other media type, and all of them with rel and type."""
    [own] = links(document, "self")
    others = {entry.get("type") for entry in links(document, "alternate")}
    assert media_types - {own["type"]} <= others
    for rel in rels:
        assert links(document, rel), rel
        assert all(entry["rel"] and entry["type"] for entry in links(document, rel)), rel


def media_types(iut: Iut, plain: str) -> set[str]:
    """The media types that the declared classes stand for; `plain` is that of JSON."""
    types = {plain} if plain == JSON or FEATURES + "geojson" in iut.declared else set()
    return types | ({HTML} if FEATURES + "html" in iut.declared else set())
