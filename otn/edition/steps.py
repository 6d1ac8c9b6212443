"""The steps of histograms: 1, 5, 10, 50, ... times a power of ten, and days, months, years and decades.

Each step is made of whole smaller ones, and bins begin at zero, or with the calendar, everywhere. A step of numbers is
told by its number: 0 is 1, 1 is 5, 2 is 10, -1 is 0.5, and so on.
"""

import math
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

MOST_BINS = 40
TIME_STEPS = ("day", "month", "year", "decade")
SHORTEST = -40
"""10 to the power of -20."""
_DAYS_OF = {"day": 1, "month": 28, "year": 365}


def step_size(step: int) -> Decimal:
    """How long a step of numbers is."""
    power, is_five = divmod(step, 2)
    return Decimal(5 if is_five else 1).scaleb(power)


def smallest_step(least: float, most: float, *, at_least: int = SHORTEST) -> int:
    """The smallest step from `at_least` on with which MOST_BINS bins are enough."""
    spread = Decimal(most) - Decimal(least)
    step = max(at_least, 2 * math.floor((spread / MOST_BINS).log10())) if spread else max(at_least, 0)
    while bin_of(most, step) - bin_of(least, step) >= MOST_BINS:
        step += 1
    return step


def bin_of(value: float, step: int) -> int:
    """The bin of a step that a value lies in.

    In the decimals that PostgreSQL takes of a number with a floating point: 0.3 is three steps of 0.1.
    """
    return int((Decimal(f"{value:.15g}") / step_size(step)).to_integral_value(ROUND_FLOOR))


def coarser_bin(bin_: int, step: int, other: int) -> int:
    """The bin of the longer step `other` that a bin of `step` lies in."""
    return bin_ // int(step_size(other) / step_size(step))


def smallest_time_step(first: str, last: str) -> str:
    """The smallest step with which MOST_BINS bins are enough, or a decade; instants are RFC 3339 in UTC."""
    days = date.fromisoformat(last[:10]).toordinal() - date.fromisoformat(first[:10]).toordinal()
    return next((name for name, length in _DAYS_OF.items() if days < (MOST_BINS - 1) * length), "decade")


def coarser_day(day: str, step: str) -> str:
    """The day on which the step begins that a day lies in."""
    match step:
        case "month":
            return f"{day[:7]}-01"
        case "year":
            return f"{day[:4]}-01-01"
        case "decade":
            return f"{max(int(day[:3]) * 10, 1):04}-01-01"
    return day


def next_day(day: date, step: str) -> date:
    """The day on which the step after the one that begins on `day` begins; the last day there is, where none does."""
    years = {"year": 1, "decade": 10}.get(step)
    try:
        if years is not None:
            return date((day.year // years + 1) * years, 1, 1)
        return (day.replace(day=28) + timedelta(4)).replace(day=1) if step == "month" else day + timedelta(1)
    except (OverflowError, ValueError):
        return date.max
