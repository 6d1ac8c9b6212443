"""Which reader of OpenStreetMap gives what: the file is the same, the collection of the dataset decides."""

from pathlib import Path

from otn.errors import SourceError
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.osm import OsmRoads
from otn.etl.readers.osm_places import OsmPlaces
from otn.etl.readers.osm_runways import OsmRunways
from otn.etl.readers.osm_themes import kind_of
from otn.etl.rows import Reader
from otn.model.collections import ROADS, RUNWAYS


def reader_of(path: Path, inputs: Inputs) -> Reader:
    """The reader of the extract at `path`. Raises SourceError for a collection that OpenStreetMap has nothing for.

    The option `country` of the source (ISO 3166-1 alpha-2) says where administrative areas lie that do not say so
    themselves: their level means something only in a country. Declare it of extracts that end at its border.
    """
    collection = inputs.dataset.collection_model
    if collection == ROADS:
        return OsmRoads(path)
    kind = kind_of(collection.id, _country(inputs))
    if kind is None:
        raise SourceError(f"{path} is an OpenStreetMap extract: it gives no {collection.id}.")
    return OsmRunways(path, kind) if collection == RUNWAYS else OsmPlaces(path, collection, kind)


def _country(inputs: Inputs) -> str | None:
    country = inputs.source.options.get("country") if inputs.source else None
    return str(country) if country is not None else None
