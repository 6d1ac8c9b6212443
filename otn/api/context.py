"""What is known of a request before it is answered: representation, language, addresses."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException
from starlette.types import Scope

from otn.api.editions import Editions
from otn.api.html import HtmlRenderer, PageContext
from otn.api.links import Links, base_url
from otn.api.negotiation import Representation, choose_language, choose_representation
from otn.api.paging import Limits
from otn.api.parameters import Parameters, parse_parameters, without_empty
from otn.api.served import Served
from otn.model.service import Service
from otn.store.pool import Pool

if TYPE_CHECKING:
    from otn.api.rasters import Rasters

VARY = "Accept, Accept-Language"


@dataclass(frozen=True)
class Api:
    """What every answer of the API needs; `public_url` None means: the address the client used."""

    service: Service
    pool: Pool
    served: Served
    editions: Editions
    rasters: "Rasters"
    renderer: HtmlRenderer
    public_url: str | None

    @cached_property
    def limits(self) -> Limits:
        """The sizes of a page."""
        return Limits(self.service.default_limit, self.service.maximum_limit)


class RequestContext(NamedTuple):
    """A request as negotiated. `parameters` are all of the query string's, without empty ones for a page."""

    path: str
    query_string: bytes
    parameters: Parameters
    representation: Representation
    language: str
    links: Links

    @property
    def own_parameters(self) -> Parameters:
        """Those that belong to the address of this very answer: `lang` is added by Links, `f` for pages by browsers."""
        if not self.representation.is_html:
            return self.parameters
        return tuple((name, value) for name, value in self.parameters if name != "f")

    @property
    def question(self) -> Parameters:
        """Those that say what is asked for: neither the format of the answer nor its language."""
        return tuple([said for said in self.parameters if said[0] not in ("f", "lang")])

    def page_context(self, title: str, alternates: dict[str, str]) -> PageContext:
        """The same, for the renderer of pages."""
        return PageContext(
            base_url=self.links.base,
            path=self.path,
            query=self.query_string.decode(),
            language=self.language,
            alternates=alternates,
            title=title,
        )


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name in small letters; what comes several times is one list (RFC 9110 5.3)."""
    given = scope["headers"]
    headers = dict(given)
    if len(headers) < len(given):
        headers = {name: b",".join([value for other, value in given if other == name and value]) for name in headers}
    return headers


def require_reading(scope: Scope) -> None:
    """Raises HTTPException for any method but GET and HEAD."""
    if scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(405, headers={"Allow": "GET, HEAD"})


def request_context(scope: Scope, offered: tuple[Representation, ...], public_url: str | None) -> RequestContext:
    """Raises BadRequest for an unusable query string, `f`, `lang` or Host, and NotAcceptable."""
    parameters = parse_parameters(scope["query_string"])
    given = dict(parameters)
    headers = headers_of(scope)
    representation, language, links = _negotiated(
        offered,
        given.get("f"),
        headers.get(b"accept", b""),
        given.get("lang"),
        headers.get(b"accept-language", b""),
        base_url(scope, headers.get(b"host", b""), public_url),
    )
    return RequestContext(
        scope["path"],
        scope["query_string"],
        without_empty(parameters) if representation.is_html else parameters,
        representation,
        language,
        links,
    )


# Most clients say the same again and again.
@lru_cache(maxsize=512)
def _negotiated(
    offered: tuple[Representation, ...],
    f: str | None,
    accept: bytes,
    lang: str | None,
    accept_language: bytes,
    base: str,
) -> tuple[Representation, str, Links]:
    """The representation, the language, and what makes links."""
    representation = choose_representation(f, accept.decode("latin-1"), offered)
    return representation, choose_language(lang, accept_language.decode("latin-1")), Links(base, lang)
