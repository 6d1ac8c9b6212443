"""pygeoapi within this process: its `API` over the rasters of config/pygeoapi.yml. Imported when it is first asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pygeoapi.api import API, APIRequest
from pygeoapi.api.coverages import get_collection_coverage

from otn.api.coverage_scaling import Domain
from otn.errors import BadRequest, RequestError, Unavailable
from otn.model.declarations import read_yaml
from otn.model.rasters import RASTERS
from otn.model.service import SERVICE_FILE
from otn.model.text import LANGUAGES

_NO_CONTENT = 204


@dataclass(frozen=True)
class _Request:
    """What pygeoapi wants to know of a request: it takes an object like those of Flask."""

    args: dict[str, str]
    headers: dict[str, str]
    path_info: str


def coverage(directory: Path, collection_id: str, domain: Domain, format_: str) -> bytes | None:
    """The coverage that pygeoapi gives of a domain, as `GTiff` or `json`; None where there is none at that place.

    Raises BadRequest for what pygeoapi calls a mistake of the client, and Unavailable for one of its own.
    """
    parameters = {"f": format_, "bbox": ",".join(map(repr, domain.bounds))}
    request = APIRequest(_Request(parameters, {}, f"/collections/{collection_id}/coverage"), list(LANGUAGES))
    size = {"width": str(domain.columns), "height": str(domain.rows)}
    _, status, content = get_collection_coverage(_api_for(directory, collection_id, size), request, collection_id)
    if int(status) == _NO_CONTENT:
        return None
    if int(status) >= 400:
        raise _error(int(status), content)
    return content.encode() if isinstance(content, str) else bytes(content)


def _error(status: int, content: Any) -> RequestError:
    if status < 500:
        return BadRequest(f"The coverage cannot be given so: {str(content)[:300]}")
    return Unavailable("The coverage cannot be read now.")


def _api_for(directory: Path, collection_id: str, options: dict[str, str]) -> Any:
    """pygeoapi's API whose provider of the collection has these options: it hands no scaling on from a request."""
    api = copy(_api(directory))
    resource = api.config["resources"][collection_id]
    providers = [provider | {"options": options} for provider in resource["providers"]]
    api.config = api.config | {"resources": {collection_id: resource | {"providers": providers}}}
    return api


@lru_cache(maxsize=4)
def _api(directory: Path) -> Any:
    """pygeoapi's API over the rasters that lie in `directory`, and nothing else."""
    config = read_yaml(SERVICE_FILE)
    config["resources"] = {name: config["resources"][name] for name in RASTERS}
    for resource in config["resources"].values():
        for provider in resource["providers"]:
            provider["data"] = str(directory)
    with _logging_untouched():
        return API(config, {})


@contextmanager
def _logging_untouched() -> Iterator[None]:
    """pygeoapi sets up logging for the whole process, unless the root has a handler."""
    nothing = logging.NullHandler()
    logging.getLogger().addHandler(nothing)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(nothing)
