"""Imported first: hides the libraries that are there for tests and the bench alone.

pyogrio and pyarrow import pandas where it is, which takes a second; who installs OTN has none.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

_ABSENT = frozenset({"geopandas", "pandas"})


class _Hidden(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:  # noqa: ARG002
        if name in _ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, _Hidden())
