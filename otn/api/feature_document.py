"""GeoJSON and its kin of any number of features, from the parts of an edition: any stretch of it, made when it is read.

There is no file of it: what lies in the parts are the features as they are sent.
"""

from collections.abc import Sequence

from otn.api.encoders.geojson import GeoJsonLines
from otn.api.encoders.view import Page, TextFormat
from otn.edition.extract import Extract, Stretches, Texts
from otn.edition.part import Part


class FeatureDocument:
    """A document of `size` bytes."""

    def __init__(self, extract: Extract, format_: TextFormat, page: Page) -> None:
        self._head, self._tail = format_.head(page), format_.tail(page)
        self._features = Stretches(extract, *_written(extract.parts, format_))
        # Nothing separates the last feature from the next one.
        self._length = max(0, self._features.size - len(format_.separator))
        self.size = len(self._head) + self._length + len(self._tail)

    def read(self, length: int, offset: int) -> bytes:
        """As many bytes from `offset` on, fewer at the end. Raises DamagedPart."""
        begins, ends = len(self._head), len(self._head) + self._length
        stop = min(offset + length, self.size)
        return b"".join(
            (
                self._head[offset:stop],
                self._features.read(max(offset - begins, 0), min(stop, ends) - begins),
                self._tail[max(offset - ends, 0) : max(stop - ends, 0)],
            )
        )


def _written(parts: Sequence[Part], format_: TextFormat) -> tuple[Texts, int]:
    """How the features are written, and how many bytes of each are not its own."""
    if isinstance(format_, GeoJsonLines):
        line = format_.line
        return lambda rows: b"".join([line(bytes(text)) for text in rows.texts(parts)]), len(line(b""))
    separator = format_.separator
    return lambda rows: separator.join([*rows.runs(parts), b""]), len(separator)
