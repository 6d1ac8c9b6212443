"""What stands around features, whoever found them and however they are sent."""

from collections.abc import Sequence
from datetime import datetime

from otn.api.documents import instant
from otn.api.encoders.view import Link, Page, View, notice
from otn.api.found import FoundPage
from otn.api.served import ServedCollection
from otn.model.service import Service


def envelope(
    service: Service,
    shown: View,
    language: str,
    updated: datetime,
    *,
    named: ServedCollection | None,
    links: Sequence[Link] = (),
    counted: FoundPage | None = None,
) -> Page:
    """The envelope of features that are `shown` so and were `updated` then.

    Whom to name is what is `named` says; None where links say it, or nothing can.
    """
    return Page(
        shown,
        service.collections[shown.collection.id].title.in_language(language),
        "" if named is None else notice(named.attribution, named.licences),
        instant(updated),
        links,
        None if counted is None else counted.matched,
        None if counted is None else counted.returned,
    )
