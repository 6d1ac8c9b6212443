"""Which reader reads what: by the name a dataset declares, or by the ending of a file's name."""

from collections.abc import Callable
from pathlib import Path

from otn.errors import SourceError
from otn.etl.readers import (
    csv,
    geoparquet,
    osm_file,
    osm_reader,
    ourairports,
    raster,
    unlocode,
    vector,
    world_port_index,
    xlsx,
)
from otn.etl.readers.baac import Baac
from otn.etl.readers.bicycle_counters import BicycleCounters
from otn.etl.readers.detector_flows import DetectorFlows
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.otn_accidents import OtnAccidents
from otn.etl.readers.stats19 import Stats19
from otn.etl.readers.wegenregister import Wegenregister
from otn.etl.rows import Reader

READERS: dict[str, Callable[[Inputs], Reader]] = {
    "baac": Baac,
    "bicycle-counters": BicycleCounters,
    "csv": lambda inputs: csv.CsvFile(only_file(inputs), inputs.crs, inputs.dataset),
    "detector-flows": DetectorFlows,
    "geoparquet": lambda inputs: geoparquet.GeoParquetFile(only_file(inputs), inputs.crs, inputs.source),
    "osm": lambda inputs: osm_reader.reader_of(only_file(inputs), inputs),
    "otn-accidents": OtnAccidents,
    "ourairports": ourairports.OurAirports,
    "raster": raster.RasterIndex,
    "stats19": Stats19,
    "unlocode": unlocode.UnLocode,
    "vector": lambda inputs: vector.VectorFile(only_file(inputs), inputs.crs, inputs.source),
    "wegenregister": Wegenregister,
    "world-port-index": lambda inputs: world_port_index.WorldPortIndex(only_file(inputs), inputs.crs, inputs.dataset),
    "xlsx": lambda inputs: xlsx.XlsxFile(only_file(inputs), inputs.crs, inputs.dataset),
}
"""By the name that `source.reader` gives."""

_BY_SUFFIX = {
    **dict.fromkeys(osm_file.SUFFIXES, "osm"),
    **dict.fromkeys(vector.SUFFIXES, "vector"),
    **dict.fromkeys(csv.SUFFIXES, "csv"),
    **dict.fromkeys(geoparquet.SUFFIXES, "geoparquet"),
    **dict.fromkeys(xlsx.SUFFIXES, "xlsx"),
    **dict.fromkeys(raster.SUFFIXES, "raster"),
}


def reader_of(inputs: Inputs) -> Reader:
    """The reader that the dataset declares, else the one for the file's name. Raises SourceError without one."""
    declared = inputs.source.reader if inputs.source else reader_of_name(inputs.files[0])
    if declared == "none" or declared not in READERS:
        wanted = inputs.source.format if inputs.source else declared
        raise SourceError(f"{inputs.dataset.id} is declared but cannot be loaded: OTN has no reader for {wanted} yet.")
    return READERS[declared](inputs)


def reader_of_name(file: Path) -> str:
    """The reader for a file whose name tells its format. Raises SourceError where it does not."""
    name = file.name.lower()
    for suffix in sorted(_BY_SUFFIX, key=len, reverse=True):
        if name.endswith(suffix):
            return _BY_SUFFIX[suffix]
    raise SourceError(
        f"The name of {file} has none of the endings {', '.join(_BY_SUFFIX)}. "
        "QGIS and ogr2ogr make GeoPackages of KML, GML, GPX and many other formats; tables of text end in .csv."
    )


def only_file(inputs: Inputs) -> Path:
    """The one file of a format that is one file. Raises SourceError where several were given."""
    if len(inputs.files) != 1:
        names = ", ".join(file.name for file in inputs.files)
        raise SourceError(f"{inputs.dataset.id} is read from one file, not from {len(inputs.files)}: {names}.")
    return inputs.files[0]
