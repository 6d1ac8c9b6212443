"""Regions and their datasets, as declared in config/regions/<region>.yml."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from otn.errors import ConfigError, UnknownDataset
from otn.model.collections import COLLECTIONS, Collection
from otn.model.declarations import Declaration, MultilingualText, read_yaml, validated
from otn.model.licences import LICENCES, Licence
from otn.model.rasters import RASTERS, RasterCollection
from otn.model.sources import Checks, Expected, FileSource, Frequency, PackageSource, Url
from otn.settings import CONFIG_DIR

ELSEWHERE = "elsewhere"

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class Publisher(Declaration):
    """Who publishes a dataset."""

    name: str
    url: Url


class Dataset(Declaration):
    """One dataset of a region; `id` is `<region>/<name>`. Without `source` it is loaded from a file only.

    `update_frequency` is how often the publisher renews it.
    """

    id: str
    region: str
    collection: str
    title: MultilingualText
    description: MultilingualText
    publisher: Publisher
    landing_page: Url
    licence: str
    attribution: str
    namespace: str | None = None
    update_frequency: Frequency = "UNKNOWN"
    source: Annotated[PackageSource | FileSource, Field(discriminator="reader")] | None = None
    expected: Expected | None = None
    checks: Checks = Checks()

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Self:
        if self.collection not in COLLECTIONS.keys() | RASTERS.keys():
            raise ValueError(f"collection {self.collection!r} is none of {', '.join((*COLLECTIONS, *RASTERS))}")
        if self.licence not in LICENCES:
            raise ValueError(f"licence {self.licence!r} is none of {', '.join(LICENCES)}")
        if self.raster is None:
            self._check_mapping(self.collection_model)
        elif not (isinstance(self.source, FileSource) and self.source.reader in ("raster", "none")):
            raise ValueError(f"source.reader: must be raster, since {self.collection} is one")
        return self

    def _check_mapping(self, collection: Collection) -> None:
        """A mapping names fields of the collection, and codes that its code lists have."""
        mapping = self.source.fields if isinstance(self.source, FileSource) else {}
        for name, mapped in mapping.items():
            field = collection.by_name.get(name)
            if field is None:
                known = ", ".join(collection.by_name)
                raise ValueError(f"source.fields.{name}: {collection.id} has no such field, only {known}")
            mistake = mapped.mistake(field)
            if mistake is not None:
                raise ValueError(f"source.fields.{name}.{mistake}")

    @property
    def collection_model(self) -> Collection:
        """The collection of features that it fills; `raster` is None then."""
        return COLLECTIONS[self.collection]

    @property
    def raster(self) -> RasterCollection | None:
        """The raster that it fills, if it fills one."""
        return RASTERS.get(self.collection)

    @property
    def licence_model(self) -> Licence:
        return LICENCES[self.licence]

    def inspire_id(self, local_id: str) -> str:
        """The identifier across publishers: the namespace, by default the dataset's own, and the local identifier."""
        return f"{self.namespace or 'urn:otn:' + self.id}/{local_id}"


class Region(Declaration):
    """A partner region: its name in URLs, its country (ISO 3166-1 alpha-2) and the country's ISO numeric outline.

    A region within a country names it as its `parent`, and its own extent as `bbox`: degrees west, south, east, north,
    taken from `bbox_source`.
    """

    id: str
    title: MultilingualText
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    outline: Annotated[str, Field(pattern=r"^[0-9]{3}$")] | None = None
    parent: Name | None = None
    bbox: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    bbox_source: str | None = None
    datasets: dict[Name, Dataset]

    @model_validator(mode="after")
    def _extent_is_whole(self) -> Self:
        if self.parent is not None and (self.bbox is None or self.bbox_source is None):
            raise ValueError("a region with a parent needs its bbox, and bbox_source to say where that comes from")
        if self.bbox is not None and (self.bbox[0] >= self.bbox[2] or self.bbox[1] >= self.bbox[3]):
            raise ValueError("bbox must be west, south, east, north")
        return self


def read_region(path: Path) -> Region:
    """The region declared in `path`, whose file name is the region's name.

    Raises ConfigError naming the dotted path of what is wrong.
    """
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("datasets"), dict):
        raise ConfigError(f"{path}: datasets: must map names to datasets.")
    for name, declared in content["datasets"].items():
        if isinstance(declared, dict):
            declared |= {"id": f"{path.stem}/{name}", "region": path.stem}
    return validated(Region, content | {"id": path.stem}, path)


class Registry:
    """Every region and dataset that is declared."""

    def __init__(self, regions: list[Region]) -> None:
        self.regions = {region.id: region for region in regions}
        self.datasets = {dataset.id: dataset for region in regions for dataset in region.datasets.values()}
        for region in regions:
            if region.parent is not None and region.parent not in self.regions:
                raise ConfigError(f"{region.id}.yml: parent: {region.parent!r} is no region.")

    @classmethod
    def read(cls, directory: Path = CONFIG_DIR / "regions") -> "Registry":
        return cls([read_region(path) for path in sorted(directory.glob("*.yml"))])

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset `<region>/<name>`. Raises UnknownDataset, naming those of a like name."""
        try:
            return self.datasets[dataset_id]
        except KeyError:
            like = get_close_matches(dataset_id, sorted(self.datasets))
            meant = f", but {', '.join(like)}" if like else ""
            raise UnknownDataset(f"There is no dataset {dataset_id!r}{meant}; `otn datasets` lists them all.") from None

    def defaults(self) -> list[Dataset]:
        """The datasets that packages carry: what `otn up` loads into an empty database."""
        return [dataset for dataset in self.datasets.values() if isinstance(dataset.source, PackageSource)]

    def with_source(self) -> list[Dataset]:
        """The datasets that can be loaded without naming a file: packages carry them, or publishers offer them."""
        return [dataset for dataset in self.datasets.values() if _has_source(dataset)]


def _has_source(dataset: Dataset) -> bool:
    source = dataset.source
    return isinstance(source, PackageSource) or (source is not None and bool(source.urls) and source.reader != "none")
