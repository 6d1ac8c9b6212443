"""Every form of `bbox` that clients send, and clear refusals for the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.bbox import BoundingBox, parse_bbox
from otn.errors import BadRequest


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("4,50,5,51", BoundingBox(4, 50, 5, 51)),
        (" 4 , 50 , 5 , 51 ", BoundingBox(4, 50, 5, 51)),
        ("-.5000000,.5,+.75,1.", BoundingBox(-0.5, 0.5, 0.75, 1)),
        ("1e-7,5E1,5.0e0,51", BoundingBox(1e-7, 50, 5, 51)),
        ("4,50,-100,5,51,900", BoundingBox(4, 50, 5, 51)),
        ("4,50,4,50", BoundingBox(4, 50, 4, 50)),
        ("-180,-100,180,100", BoundingBox(-180, -90, 180, 90)),
        ("-180,-90,180,-85", BoundingBox(-180, -90, 180, -85)),
        ("170,0,190,1", BoundingBox(170, 0, -170, 1)),
        ("-200,0,-190,1", BoundingBox(160, 0, 170, 1)),
        ("-270,0,270,1", BoundingBox(-180, 0, 180, 1)),
    ],
)
def test_reads_what_clients_send(text: str, box: BoundingBox) -> None:
    assert parse_bbox(text) == box


def test_a_box_across_the_antimeridian_has_two_parts() -> None:
    assert BoundingBox(177, 65, -177, 70).parts == (BoundingBox(177, 65, 180, 70), BoundingBox(-180, 65, -177, 70))


@pytest.mark.parametrize(
    "text",
    [
        *("", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,", "1;2;3;4", "1,51,2,50", "0,0,9,1,1,1"),
        *("a,b,c,d", "nan,0,1,1", "inf,0,1,1", "1e999,0,1,1", "1_0,0,1,1", "٤,50,5,51", "0x1,0,1,1"),
    ],
)
def test_refuses_the_rest_by_name(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_bbox(text)
    assert refusal.value.parameter == "bbox"


@given(st.text(alphabet="0123456789.,+-eE naif", max_size=40) | st.text(max_size=30))
def test_any_text_is_a_box_or_a_refusal(text: str) -> None:
    try:
        box = parse_bbox(text)
    except BadRequest:
        return
    assert isinstance(box, BoundingBox)
    for part in box.parts:
        assert -180 <= part.west <= part.east <= 180
        assert -90 <= part.south <= part.north <= 90
