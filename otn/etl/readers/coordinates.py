"""Places as publishers write them in text: degrees, or degrees with minutes and seconds, in one cell or in two.

Which of a pair comes first is declared, or said by the letters N, S, E and W; it is never guessed from the values.
"""

import re
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.readers.numbers import Decimal, number

Axis = Literal["x", "y"]
Order = Literal["lat_lon", "lon_lat"]
Numbers = npt.NDArray[np.float64]

# Numbers of one reading, by the decimal mark that is declared.
_PLAIN: dict[Decimal | None, str] = {
    ".": r"^[+-]?\d+(?:\.\d+)?$",
    ",": r"^[+-]?\d+(?:,\d+)?$",
    None: r"^[+-]?\d+(?:[.,]\d+)?$",
}
_PAIR = r"^[\(\[]?\s*(?P<first>[+-]?\d+(?:\.\d+)?)\s*[,; ]\s*(?P<second>[+-]?\d+(?:\.\d+)?)\s*[\)\]]?$"
_COMPACT = re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<h>[NS])|(?P<d3>\d{3})(?P<m3>\d{2})(?P<h3>[EW])")
_SEXAGESIMAL = re.compile(
    r"""(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*
    (?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?P<mark>[°º])?
    (?:(?<=[°º\s:])\s*(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*['′’]?
    (?:(?<=['′’\s:])\s*(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:"|''|″|”)?)?)?
    \s*(?P<after>[NSEW])?""",
    re.VERBOSE,
)
_LETTERS_AFTER = re.compile(r"([^NSEW]+[NSEW])[\s,;/]*([^NSEW]+[NSEW])")
_LETTERS_BEFORE = re.compile(r"([NSEW][^NSEW]+?)[\s,;/]*([NSEW][^NSEW]+)")


def coordinates(column: pa.Array, axis: Axis, decimal: Decimal | None) -> tuple[Numbers, set[int]]:
    """The coordinate that each cell is, NaN where it is blank, and the rows whose cells are none."""
    text = _texts(column)
    plain = pc.fill_null(pc.match_substring_regex(text, _PLAIN[decimal]), False)
    numbers = pc.replace_substring(pc.if_else(plain, text, None), ",", ".")
    values = numbers.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    unreadable = set()
    for row in np.flatnonzero(np.asarray(pc.and_not(pc.is_valid(text), plain))):
        value = coordinate(text[row].as_py(), axis, decimal)
        if value is None:
            unreadable.add(int(row))
        else:
            values[row] = value
    return values, unreadable


def pairs(column: pa.Array, order: Order, decimal: Decimal | None) -> tuple[Numbers, Numbers, set[int]]:
    """x and y of each cell, NaN where it is blank, and the rows whose cells are no pair."""
    text = _texts(column)
    # With decimal commas, 48,2 is one number and no pair.
    found = pc.extract_regex(pa.nulls(len(text), pa.string()) if decimal == "," else text, _PAIR)
    first, second = (
        pc.struct_field(found, name).cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        for name in ("first", "second")
    )
    x, y = (first, second) if order == "lon_lat" else (second, first)
    unreadable = set()
    for row in np.flatnonzero(np.asarray(pc.and_(pc.is_valid(text), pc.is_null(found)))):
        place = pair(text[row].as_py(), order, decimal)
        if place is None:
            unreadable.add(int(row))
        else:
            x[row], y[row] = place
    return x, y, unreadable


def coordinate(text: str, axis: Axis, decimal: Decimal | None = None) -> float | None:
    """One coordinate: a number, or degrees with minutes and seconds; None for what is neither, or of the other axis."""
    # Nobody sets thousands apart in degrees: a comma that comes alone is a decimal comma.
    plain = number(text, decimal or ("," if "," in text and "." not in text else "."))
    if plain is not None:
        return plain
    angle = _angle(text.strip().upper())
    if angle is None or angle[1] not in (axis, None):
        return None
    return angle[0]


def pair(text: str, order: Order, decimal: Decimal | None = None) -> tuple[float, float] | None:
    """x and y of a place in one cell, or None."""
    compact = text.strip().strip("()[]").strip().upper()
    lettered = _LETTERS_AFTER.fullmatch(compact) or _LETTERS_BEFORE.fullmatch(compact)
    if lettered:
        angles = [_angle(part.strip()) for part in lettered.groups()]
        by_axis = {angle[1]: angle[0] for angle in angles if angle is not None}
        return (by_axis["x"], by_axis["y"]) if by_axis.keys() == {"x", "y"} else None
    axes: tuple[Axis, Axis] = ("x", "y") if order == "lon_lat" else ("y", "x")
    parts = _parts(compact, decimal)
    if len(parts) != 2:
        return None
    values = {axis: coordinate(part, axis, decimal) for axis, part in zip(axes, parts, strict=True)}
    return None if values["x"] is None or values["y"] is None else (values["x"], values["y"])


def _parts(text: str, decimal: Decimal | None) -> list[str]:
    if ";" in text:
        return text.split(";")
    by_blank = [part.removesuffix(",") for part in text.split() if part != ","]
    if len(by_blank) == 2:
        return by_blank
    by_comma = text.split(",")
    if decimal != ",":
        return by_comma
    return [",".join(by_comma[:2]), ",".join(by_comma[2:])] if len(by_comma) == 4 else []


def _angle(text: str) -> tuple[float, Axis | None] | None:
    """Degrees of text in capitals, and the axis that its letter tells; None for what is no angle."""
    compact = _COMPACT.fullmatch(text)
    if compact:
        degrees, minutes, letter = (group for group in compact.groups() if group is not None)
        return _degrees(letter, float(degrees), float(minutes), 0)
    found = _SEXAGESIMAL.fullmatch(text)
    letter = (found["before"] or found["after"]) if found else None
    # 51 13 may be anything unless a sign of degrees or a letter says what it is.
    if found is None or not (found["mark"] or letter) or (found["before"] and found["after"]):
        return None
    if (letter and found["sign"]) or (found["minutes"] and not found["degrees"].isdecimal()):
        return None
    parts = [float((found[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")]
    return _degrees(letter or found["sign"], *parts)


def _degrees(letter: str | None, degrees: float, minutes: float, seconds: float) -> tuple[float, Axis | None] | None:
    if minutes >= 60 or seconds >= 60:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    axis: Axis | None = "y" if letter in ("N", "S") else "x" if letter in ("E", "W") else None
    return (-value if letter in ("S", "W", "-") else value), axis


def _texts(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)
