"""What is known of a request before it is answered: representation, language, addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    @property
    def limits(self) -> Limits:
        """The sizes of a page."""
        return Limits(self.service.default_limit, self.service.maximum_limit)


@dataclass(frozen=True)
class RequestContext:
    """A request as negotiated. `parameters` are all of the query string's, without empty ones for a page."""

    path: str
    query: str
    parameters: Parameters
    representation: Representation
    language: str
    links: Links

    @property
    def own_parameters(self) -> Parameters:
        """Those that belong to the address of this very answer: `lang` is added by Links, `f` for pages by browsers."""
        page = self.representation.is_html
        return tuple((name, value) for name, value in self.parameters if not (page and name == "f"))

    @property
    def question(self) -> Parameters:
        """Those that say what is asked for: neither the format of the answer nor its language."""
        return tuple((name, value) for name, value in self.parameters if name not in ("f", "lang"))

    def page_context(self, title: str, alternates: dict[str, str]) -> PageContext:
        """The same, for the renderer of pages."""
        return PageContext(
            base_url=self.links.base,
            path=self.path,
            query=self.query,
            language=self.language,
            alternates=alternates,
            title=title,
        )


def headers_of(scope: Scope, names: Iterable[bytes]) -> dict[bytes, str]:
    """The values of these headers, empty where absent."""
    wanted = dict.fromkeys(names, "")
    for name, value in scope["headers"]:
        if name in wanted:
            wanted[name] = f"{wanted[name]},{value.decode('latin-1')}" if wanted[name] else value.decode("latin-1")
    return wanted


def require_reading(scope: Scope) -> None:
    """Raises HTTPException for any method but GET and HEAD."""
    if scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(405, headers={"Allow": "GET, HEAD"})


def request_context(scope: Scope, offered: tuple[Representation, ...], public_url: str | None) -> RequestContext:
    """Raises BadRequest for an unusable query string, `f`, `lang` or Host, and NotAcceptable."""
    headers = headers_of(scope, (b"accept", b"accept-language", b"host"))
    parameters = parse_parameters(scope["query_string"])
    given = dict(parameters)
    f, lang = given.get("f"), given.get("lang")
    representation = choose_representation(f, headers[b"accept"], offered)
    return RequestContext(
        path=scope["path"],
        query=scope["query_string"].decode(),
        parameters=without_empty(parameters) if representation.is_html else parameters,
        representation=representation,
        language=choose_language(lang, headers[b"accept-language"]),
        links=Links(base_url(scope, headers[b"host"], public_url), lang),
    )
