"""Where the data files of Python packages lie, without importing the packages.

scgraph_data must not be imported: its modules are literals that take minutes and gigabytes to compile.
"""

from importlib.util import find_spec
from pathlib import Path

from otn.errors import SourceError


def package_file(package: str, name: str) -> Path:
    """The file `name` of an installed package. Raises SourceError when it is not there."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or []:
        path = Path(folder) / name
        if path.is_file():
            return path
    raise SourceError(f"The Python package {package} with its file {name} is not installed; run `make up`.")
