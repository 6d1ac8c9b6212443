"""Answers kept as they were sent: asking again for what an edition has answered costs a look-up.

The same request gets the same bytes as long as the edition that answered is the one that would be asked. A request is
the same where its address and every header are that an answer may depend on. Kept are the bytes in the coding of the
client, so that what is asked for often is compressed once.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from otn.api.conditional import CONDITIONAL

REQUEST_KEY = "otn.request_key"
"""Where a request's scope says what it is known by; there is nothing where its answer is not to be kept."""
KEEP_WHILE = "otn.keep_while"
"""Where in its scope an endpoint puts what tells, whenever it is asked, whether its answer still holds."""

Header = tuple[bytes, bytes]
Key = tuple[object, ...]

_VARYING = frozenset((b"host", b"accept", b"accept-language", b"accept-encoding", *CONDITIONAL))
_SHARE = 8
"""No answer takes more than this part of the cache, so that a few huge pages leave room for the others."""
_OVERHEAD = 2048


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """Status, all the header lines but those of the connection, and the whole body."""

    status: int
    head: bytes
    body: bytes
    holds: Callable[[], bool]

    @classmethod
    def of(cls, status: int, headers: Sequence[Header], body: bytes, holds: Callable[[], bool]) -> Self:
        """The answer that an application sent."""
        return cls(status, b"".join([b"%b: %b\r\n" % header for header in headers]), body, holds)


class ResponseCache:
    """The answers that one process keeps, up to so many bytes: what was asked for longest ago goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Key, KeptAnswer] = OrderedDict()
        self.bytes = 0
        """What is kept, in bytes."""

    def find(self, key: Key) -> KeptAnswer | None:
        """The answer, if it is kept and still holds."""
        answer = self._kept.get(key)
        if answer is None:
            return None
        if not answer.holds():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return answer

    def keep(self, key: Key, answer: KeptAnswer) -> None:
        """Keeps an answer that is not too large."""
        size = _size(answer)
        if size * _SHARE > self._most:
            return
        if key in self._kept:
            self._drop(key)
        self._kept[key] = answer
        self.bytes += size
        while self.bytes > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        self.bytes -= _size(self._kept.pop(key))


def key_of(target: bytes, headers: Sequence[Header], *connection: object) -> Key:
    """What a reading of `target`, as it was asked for, is known by; `connection` is what else an answer depends on."""
    return target, *connection, *[header for header in headers if header[0] in _VARYING]


def _size(answer: KeptAnswer) -> int:
    return len(answer.body) + _OVERHEAD
