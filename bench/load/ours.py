"""`python -m bench.load.ours DATASET FILE URL [--dry-run]`: one load as `otn load` does it, and nothing else."""

import bench.load.as_installed  # noqa: F401, I001 - before all others

import sys
from pathlib import Path

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry

if __name__ == "__main__":
    dataset, file, url, *options = sys.argv[1:]
    registry = Registry.read()
    load_dataset(
        url,
        registry.dataset(dataset),
        registry=registry,
        progress=Silent(),
        wishes=Wishes([Path(file)], dry_run="--dry-run" in options, accept_losses=True),
    )
