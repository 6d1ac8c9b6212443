"""Whether a line touches a box, as far as its coordinates say so without a geometry library.

Of two convex shapes that do not touch, a side of one of them has the other wholly beyond it. So a segment that lies
beyond no side of a box touches it, unless the whole box lies on one side of the line through the segment.
"""

from collections.abc import Sequence

from otn.edition.part_format import Bounds

_ROUNDING = (3 + 16 * 2**-53) * 2**-53
"""How far rounding may lead astray which side of a line a point is on, as a share of the products that are compared.

Source: Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates (1997), 4.2.
"""


def touches(line: Sequence[float], box: Bounds) -> bool | None:
    """Whether a line, given as x, y, x, y and so on, has a point in a box; None where rounding may decide."""
    west, south, east, north = box
    x, y = line[0], line[1]
    said: bool | None = False
    for next_x, next_y in zip(line[2::2], line[3::2], strict=True):
        if not (
            (x < west and next_x < west)
            or (x > east and next_x > east)
            or (y < south and next_y < south)
            or (y > north and next_y > north)
        ):
            along, up = next_x - x, next_y - y
            # The corners that lie farthest to the left and to the right of the line.
            first, second = (north, south) if (along >= 0) == (up >= 0) else (south, north)
            one, other = _side(along, up, west - x, first - y), _side(along, up, east - x, second - y)
            if one == -other != 0:
                return True
            if one != other or one == 0:
                said = None
        x, y = next_x, next_y
    return said


def _side(along: float, up: float, x: float, y: float) -> int:
    """On which side of the direction `along`, `up` a point lies: 1 or -1, or 0 where it may be on neither."""
    left, right = along * y, up * x
    difference, doubt = left - right, _ROUNDING * (abs(left) + abs(right))
    return (difference > doubt) - (difference < -doubt)
