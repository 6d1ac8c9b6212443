"""When a download is tried again, and after how long: only what may pass by itself, later each time, never in step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Backoff:
    """Waiting before another attempt, in seconds: up to `first` at first, twice that each time, never over `longest`.

    A server that asks for up to `patience` seconds gets them.
    """

    first: float = 1.0
    longest: float = 60.0
    patience: float = 300.0

    def wait(self, failures: int, random: float, asked: float | None) -> float:
        """Seconds after so many failures: by chance (`random` is 0 to 1) among all allowed, but no less than asked."""
        ceiling = min(self.longest, self.first * 2.0 ** min(failures - 1, 64))
        return max(random * ceiling, asked or 0.0)


class GivenUp(Exception):
    """A download failed for good; the reason continues a sentence that names its URL."""


class TransientFailure(Exception):
    """An attempt failed in a way that may pass, for a reason as above.

    `asked` are the seconds that the server wants to be left alone.
    """

    def __init__(self, reason: str, asked: float | None = None) -> None:
        super().__init__(reason)
        self.asked = asked


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds of a header Retry-After, which may be a date too; None where it is missing or makes no sense."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
