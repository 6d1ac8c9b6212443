"""What stands between the cells of a text file."""

import re
from pathlib import Path

from otn.errors import SourceError

_DELIMITERS = ",;\t|"


def delimiter_of(path: Path, header: str, declared: str | None) -> str:
    """The declared delimiter, else the one that the header has most often.

    Raises SourceError where the header lacks the declared one and has another: the file would be of one column, and
    whatever is missed in it would be told in its place.
    """
    bare = re.sub('"[^"]*"', "", header)
    found = max(_DELIMITERS, key=bare.count)
    if declared is not None and declared not in bare and found in bare:
        raise SourceError(
            f"{path} has {found!r} between the names of its columns, where {declared!r} is declared as the delimiter: "
            "correct `delimiter` in the dataset's source, or leave it out."
        )
    return declared or found
