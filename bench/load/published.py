"""`python -m bench.load.published edition|tiles URL FOLDER`: what `otn load` does once a load is committed."""

import bench.load.as_installed  # noqa: F401, I001 - before all others

import sys
from pathlib import Path

from otn.edition.build import publish
from otn.edition.tile_build import make_tiles

if __name__ == "__main__":
    what, url, folder = sys.argv[1:]
    if not (publish(url, Path(folder)) if what == "edition" else make_tiles(url, Path(folder))):
        raise SystemExit(f"There was no {what} to be made.")
