"""Rasters are areas: where they lie, what they hold; what is no raster, or lies nowhere, is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from otn.errors import SourceError
from otn.etl.geometry import to_crs84
from otn.etl.readers.raster import RasterIndex
from otn.model.collections import AREAS
from tests.etl.declared import features, inputs

PIXELS = np.array([[1, 2, 3], [4, 5, -9]], dtype="int16")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heights.tif"


def from_origin(west: float, north: float, width: float, height: float) -> Affine:
    return Affine(width, 0, west, 0, -height, north)


def write(path: Path, crs: str | None = "EPSG:31370", transform: Affine | None = None, **profile: Any) -> None:
    place = transform or from_origin(150_000, 212_000, 10, 20)
    shape = {"height": 2, "width": 3, "count": 1, "dtype": "int16"}
    with rasterio.open(
        path, "w", driver="GTiff", crs=crs, transform=place, **(shape | {"nodata": -9} | profile)
    ) as file:
        file.write(PIXELS, 1)


def index(*paths: Path) -> list[dict[str, Any]]:
    reader = RasterIndex(inputs(*paths, collection="areas", reader="raster"))
    return [feature for rows in reader.read() for feature in features(reader, rows, AREAS)]


def refusal(path: Path, collection: str = "areas") -> str:
    with pytest.raises(SourceError) as raised:
        list(RasterIndex(inputs(path, collection=collection, reader="raster")).read())
    return str(raised.value)


def test_a_raster_is_an_area_that_says_what_it_holds(path: Path) -> None:
    write(path)
    (feature,) = index(path)
    assert (feature["name"], feature["kind"]) == ("heights.tif", "other")
    assert json.loads(feature["sourceCodes"]) == {
        "driver": "GTiff",
        "crs": "EPSG:31370",
        "width": 3,
        "height": 2,
        "resolution": "10 x 20",
        "bands": [
            {
                "dataType": "int16",
                "nodata": -9.0,
                "minimum": 1.0,
                "maximum": 5.0,
                "mean": 3.0,
                "deviation": round(2**0.5, 6),
            }
        ],
    }
    assert list(path.parent.iterdir()) == [path], "a file was left beside the raster"


def test_the_footprint_is_the_extent_in_the_system_of_the_raster(path: Path) -> None:
    write(path)
    (rows,) = RasterIndex(inputs(path, collection="areas", reader="raster")).read()
    assert rows.geometry[0].bounds == (150_000, 211_960, 150_030, 212_000)
    assert rows.source_id.to_pylist() == ["heights.tif"]
    assert len(rows.geometry[0].exterior.coords) > 50, "edges are curves in another system"
    assert 4.3 < to_crs84(rows.geometry, rows.crs)[0].centroid.x < 4.5


def test_a_rotated_raster_has_a_rotated_footprint(path: Path) -> None:
    write(path, transform=Affine(0.5**0.5, 0.5**0.5, 0, 0.5**0.5, -(0.5**0.5), 0))
    (rows,) = RasterIndex(inputs(path, collection="areas", reader="raster")).read()
    assert rows.geometry[0].area == pytest.approx(6)
    assert rows.geometry[0].envelope.area > 7


def test_each_file_is_a_row_in_its_own_system(path: Path) -> None:
    other = path.with_name("other.tif")
    write(path)
    write(other, crs="EPSG:4326", transform=from_origin(4, 51, 0.1, 0.1), nodata=None)
    reader = RasterIndex(inputs(path, other, collection="areas", reader="raster"))
    assert [(rows.position.tolist(), rows.crs.to_epsg()) for rows in reader.read()] == [([1], 31370), ([2], 4326)]


def test_a_band_without_any_value_has_no_statistics(path: Path) -> None:
    write(path, dtype="float32", nodata=float("nan"))
    with rasterio.open(path, "r+") as file:
        file.write(np.full((2, 3), np.nan, "float32"), 1)
    (feature,) = index(path)
    assert json.loads(feature["sourceCodes"])["bands"] == [{"dataType": "float32", "nodata": "nan"}]


def test_a_raster_without_system_or_place_is_refused(path: Path) -> None:
    write(path, crs=None)
    assert "does not say what coordinate reference system it is in" in refusal(path)
    with pytest.warns(NotGeoreferencedWarning):
        write(path, transform=Affine.identity())
    assert "does not say where it lies" in refusal(path)


def test_what_is_no_raster_or_cut_off_is_refused(path: Path) -> None:
    write(path)
    whole = path.read_bytes()
    for content in (b"nothing of the kind", whole[:60], whole[:-8]):
        path.write_bytes(content)
        assert f"{path} is damaged, cut off or no raster" in refusal(path)
    path.write_bytes(b"")
    assert "is empty" in refusal(path)


def test_a_name_of_another_format_is_refused_with_those_there_are(path: Path) -> None:
    write(path)
    assert "is no raster by its name, which has none of the endings .tif" in refusal(
        path.rename(path.with_suffix(".vrt"))
    )


def test_a_file_that_leads_to_others_is_no_raster(path: Path) -> None:
    write(path)
    leading = path.with_name("leading.tif")
    leading.write_text(
        '<VRTDataset rasterXSize="3" rasterYSize="2"><VRTRasterBand dataType="Int16" band="1"><SimpleSource>'
        f"<SourceFilename>{path}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    assert "no raster" in refusal(leading)


def test_rasters_are_areas_only(path: Path) -> None:
    write(path)
    assert refusal(path, "roads") == "Rasters are read for areas, not for roads."


def test_heights_of_the_alps_and_the_oberpfalz(real_data: Path) -> None:
    monaco, oberpfalz = index(*sorted((real_data / "srtm_dem").glob("*.tif")))
    assert (monaco["name"], oberpfalz["name"]) == ("N43E007.tif", "N49E011.tif")
    for feature, highest in ((monaco, 2064), (oberpfalz, 920)):
        codes = json.loads(feature["sourceCodes"])
        assert (codes["width"], codes["height"], codes["crs"]) == (1201, 1201, "EPSG:4326")
        (band,) = codes["bands"]
        assert (band["dataType"], band["nodata"], band["maximum"]) == ("int16", -32768, highest)
