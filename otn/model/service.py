"""The service's and the collections' texts, read from config/pygeoapi.yml.

The file follows pygeoapi's own schema, so that a stock `pygeoapi serve` runs from it too.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from otn.errors import ConfigError
from otn.model.collections import COLLECTIONS
from otn.model.declarations import MultilingualText, read_yaml, validated
from otn.model.rasters import RASTERS
from otn.settings import CONFIG_DIR

SERVICE_FILE = CONFIG_DIR / "pygeoapi.yml"
_LONGEST_PAGE = 1000


class _Part(BaseModel):
    """A part of pygeoapi's file: what else it holds is pygeoapi's own business."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)


class _Keywords(_Part):
    en: list[str]
    nl: list[str]
    fr: list[str]
    de: list[str]


class _Identification(_Part):
    title: MultilingualText
    description: MultilingualText
    keywords: _Keywords
    url: str


class _Named(_Part):
    name: str
    url: str | None = None
    email: str | None = None


class _Metadata(_Part):
    identification: _Identification
    license: _Named
    provider: _Named
    contact: _Named


class _Limits(_Part):
    default_items: int
    max_items: int


class _Server(_Part):
    limits: _Limits


class _Resource(_Part):
    title: MultilingualText
    description: MultilingualText
    keywords: _Keywords


class _ServiceFile(_Part):
    server: _Server
    metadata: _Metadata
    resources: dict[str, _Resource]


@dataclass(frozen=True)
class Service:
    """What config/pygeoapi.yml says: `metadata` of the service, `collections` by identifier, limits of a page."""

    metadata: _Metadata
    collections: dict[str, _Resource]
    default_limit: int
    maximum_limit: int

    @property
    def page_limit(self) -> int:
        """How many features a page for people holds at most: more are a download, and nobody scrolls through them."""
        return min(self.maximum_limit, _LONGEST_PAGE)


def read_service(path: Path = SERVICE_FILE) -> Service:
    """Raises ConfigError naming the dotted path of what is wrong, or the collection that has no texts."""
    content: Any = read_yaml(path)
    declared = validated(_ServiceFile, content, path)
    known = (*COLLECTIONS, *RASTERS)
    for collection_id in set(known) - declared.resources.keys():
        raise ConfigError(f"{path}: resources: has no texts for the collection {collection_id!r}.")
    return Service(
        metadata=declared.metadata,
        collections={collection_id: declared.resources[collection_id] for collection_id in known},
        default_limit=declared.server.limits.default_items,
        maximum_limit=declared.server.limits.max_items,
    )
