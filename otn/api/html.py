"""What the API asks of whoever renders its documents as pages for people."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class PageContext:
    """Where and for whom a page is rendered.

    `path` and `query` are those of the request, `alternates` maps the media types of the same resource for machines to
    their addresses.
    """

    base_url: str
    path: str
    query: str
    language: str
    alternates: dict[str, str]
    title: str


class HtmlRenderer(Protocol):
    """Renders a document as HTML."""

    def render(self, page: str, document: dict[str, Any], context: PageContext) -> str:
        """`page` is one of landing, conformance, api, collections, collection, items, feature, queryables,
        sortables, facets, schema, styles, style, styleMetadata, problem; `document` is the very JSON document, for
        items and features with the added keys `collection` and `schema`, and `problem` where a search could not be
        understood.
        """
        ...
