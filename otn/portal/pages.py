"""The pages for people: every resource of the API, laid out from its own JSON document."""

from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from otn.api.html import PageContext
from otn.model.service import Service
from otn.model.text import DEFAULT_LANGUAGE, LANGUAGES
from otn.portal.formats import Formats
from otn.portal.languages import read_catalogue, translations
from otn.portal.urls import Urls
from otn.portal.views import VIEWS

TEMPLATES_DIR = Path(__file__).parent / "templates"
STATIC_DIR = Path(__file__).parent / "static"


class Pages:
    """Renders resources as HTML; it implements `otn.api.html.HtmlRenderer`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._formats = {language: Formats.of(language) for language in LANGUAGES}
        self._environments = {language: _environment(language, self._formats[language]) for language in LANGUAGES}

    def render(self, page: str, document: dict[str, Any], context: PageContext) -> str:
        """The HTML of `document`. `page` names the kind of resource: a key of `VIEWS` and the name of its template."""
        formats = self._formats[context.language]
        template = self._environments[context.language].get_template(f"{page}.html")
        return template.render(
            document=document,
            context=context,
            service=self._service,
            urls=Urls(context.base_url, context.path, context.query),
            languages=formats.languages(LANGUAGES),
            **VIEWS[page](document, context, formats),
        )


def _environment(language: str, formats: Formats) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    words = NullTranslations() if language == DEFAULT_LANGUAGE else translations(read_catalogue(language))
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters |= {
        "number": formats.number,
        "percent": formats.percent,
        "degrees": formats.degrees,
        "instant": formats.instant,
    }
    return environment
