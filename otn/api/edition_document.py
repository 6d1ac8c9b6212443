"""GeoJSON and its kin of any number of features, from the parts of an edition: any stretch of it, made when it is read.

There is no file of it: what lies in the parts are the features as they are sent.
"""

from typing import TYPE_CHECKING

from otn.api.encoders.geojson import GeoJsonLines
from otn.api.encoders.view import Page, TextFormat
from otn.edition.extract import Extract, Stretches, Texts

if TYPE_CHECKING:
    from otn.edition.matches import Rows


class Document:
    """A document of `size` bytes."""

    def __init__(self, extract: Extract, format_: TextFormat, page: Page) -> None:
        self._extract = extract
        self._head, self._tail = format_.head(page), format_.tail(page)
        lines = format_ if isinstance(format_, GeoJsonLines) else None
        texts = self._joined if lines is None else self._in_lines(lines)
        around = len(format_.separator) if lines is None else len(lines.line(b""))
        self._features = Stretches(extract, texts, around)
        # Nothing separates the last feature from the next one.
        self._length = max(0, self._features.size - len(format_.separator))
        self._separator = format_.separator
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

    def _joined(self, rows: "Rows") -> bytes:
        return self._separator.join([*rows.runs(self._extract.parts), b""])

    def _in_lines(self, lines: GeoJsonLines) -> Texts:
        return lambda rows: b"".join([lines.line(bytes(text)) for text in rows.texts(self._extract.parts)])
