"""A raster as one image: of the box, in the system and on the pixels that are asked for; every mistake in words."""

import httpx
import numpy as np
import pytest

from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress
from tests.api.test_relief import read_png

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

PATH = "/collections/elevation/map"
BOX = "7.02,43.92,7.08,43.98"


def test_the_whole_fits_its_image(heights: httpx.Client) -> None:
    answer = heights.get(PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert read_png(answer.content).shape == (686, 800, 4)
    assert heights.get(PATH, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_an_image_is_the_tile_of_the_same_box(heights: httpx.Client) -> None:
    limits = WEB_MERCATOR_QUAD.limits((7.02, 43.92, 7.08, 43.98), 11)
    tile = TileAddress(11, limits.min_row, limits.min_column)
    for style in ("hillshade", "relief"):
        below = f"/collections/elevation/styles/{style}/map"
        box = ",".join(f"{edge!r}" for edge in WEB_MERCATOR_QUAD.box(tile))
        parameters: dict[str, str | int] = {
            "bbox": box,
            "bbox-crs": "EPSG:3857",
            "crs": "EPSG:3857",
            "width": 256,
            "height": 256,
        }
        image = read_png(heights.get(below, params=parameters).content)
        path = f"{below}/tiles/WebMercatorQuad/11/{tile.row}/{tile.column}"
        expected = read_png(heights.get(path).content)
        different = np.abs(image[..., -1].astype(int) - expected[..., -1].astype(int)) > 4
        assert different.mean() < 0.002


def test_a_box_of_degrees_is_shown_in_any_system(heights: httpx.Client) -> None:
    for crs in ("EPSG:4326", "EPSG:4258", "EPSG:3857", "EPSG:3035", "EPSG:2154"):
        answer = heights.get(PATH, params={"bbox": BOX, "crs": crs, "width": 200})
        assert answer.status_code == 200, answer.text
        picture = read_png(answer.content)
        assert picture.shape[1] == 200
        assert picture[picture.shape[0] // 2, :, 3].any()
        assert answer.headers["content-crs"].endswith(f"/{crs.partition(':')[2]}>")
    latitude_first = heights.get(PATH, params={"bbox": "43.92,7.02,43.98,7.08", "bbox-crs": "EPSG:4326", "width": 200})
    assert latitude_first.content == heights.get(PATH, params={"bbox": BOX, "width": 200}).content


def test_paper(heights: httpx.Client) -> None:
    def corner(**parameters: str) -> list[int]:
        answer = heights.get(PATH, params={"bbox": "20,50,21,51", "width": "20"} | parameters)
        return [int(channel) for channel in read_png(answer.content)[0, 0]]

    assert corner() == [0, 0, 0, 0]
    assert corner(bgcolor="0xf6f4ef") == [0xF6, 0xF4, 0xEF]
    assert corner(transparent="false") == [255, 255, 255]
    assert corner(bgcolor="#102030", transparent="true") == [0, 0, 0, 0]


def test_width_and_height(heights: httpx.Client) -> None:
    def size(**parameters: int) -> tuple[int, ...]:
        return read_png(heights.get(PATH, params={"bbox": BOX, **parameters}).content).shape[:2]

    assert size(width=300) == (300, 300)
    assert size(height=100) == (100, 100)
    assert size(width=300, height=100) == (100, 300)
    assert size(width=2048, height=1) == (1, 2048)


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "7,43,7,44"}, "bbox"),
        ({"bbox": "7,44,6,45"}, "bbox"),
        ({"bbox-crs": "EPSG:4326"}, "bbox-crs"),
        ({"crs": "EPSG:1"}, "crs"),
        ({"crs": "EPSG:27700"}, "crs"),
        ({"width": "0"}, "width"),
        ({"width": "2049"}, "width"),
        ({"height": "many"}, "height"),
        ({"bgcolor": "red"}, "bgcolor"),
        ({"transparent": "perhaps"}, "transparent"),
        ({"f": "jpeg"}, "f"),
        ({"scale-denominator": "5"}, "scale-denominator"),
    ],
)
def test_a_mistake_is_told(heights: httpx.Client, parameters: dict[str, str], parameter: str) -> None:
    answer = heights.get(PATH, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["parameter"] == parameter


def test_what_is_far_away_is_an_empty_image(heights: httpx.Client) -> None:
    for crs, bbox in (("EPSG:3857", "-180,-90,180,90"), ("EPSG:3035", "-100,-80,-90,-70"), ("EPSG:4326", "0,89,1,90")):
        answer = heights.get(PATH, params={"bbox": bbox, "crs": crs, "width": 50})
        assert answer.status_code in (200, 400), (crs, answer.text)
    assert heights.get("/collections/elevation/styles/none/map").status_code == 404
    assert heights.get("/collections/roads/map").status_code == 404
