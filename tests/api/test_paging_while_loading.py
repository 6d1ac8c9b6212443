"""Paging through a collection while loads change it: what stays as it is comes once, in every order."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.settings import Settings
from tests.api.conftest import served

REGISTRY = Registry.read()
ROADS = REGISTRY.dataset("elsewhere/roads")
NAMES = ["Meir", "Δρόμος", "Kerkstraat", None]

Version = dict[str, dict[str, Any]]


def road(chance: random.Random) -> dict[str, Any]:
    west, south = chance.uniform(-170, 170), chance.uniform(-80, 80)
    line = {"type": "LineString", "coordinates": [[west, south], [west + 0.1, south]]}
    # Some fill much and others little, so that loads move features to the front and back again.
    properties = {
        "name": chance.choice(NAMES),
        "lanes": chance.choice([None, 1, 2]),
        "bridge": chance.choice([None, True]),
    }
    return {"type": "Feature", "properties": properties, "geometry": line}


def load(url: str, folder: Path, version: Version) -> None:
    file = folder / "roads.geojson"
    features = [
        feature | {"properties": feature["properties"] | {"localId": identifier}}
        for identifier, feature in version.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    load_dataset(url, ROADS, registry=REGISTRY, progress=Silent(), wishes=Wishes([file]))


def changed(version: Version, kept: list[str], chance: random.Random, number: int) -> Version:
    """Others than `kept` go, change or come, always a few of those at the front among them."""
    after = {name: feature for name, feature in version.items() if name in kept or chance.random() < 0.7}
    for name in after.keys() - kept:
        if chance.random() < 0.3:
            after[name] = road(chance)
    return after | {f"new-{number}-{each}": road(chance) for each in range(4)}


ASKED = ["", "sortby=name,-lanes", "sortby=-bridge", "bbox=-180,-90,180,90"]


@pytest.mark.parametrize("asked", ASKED[:2])
def test_what_stays_comes_once(database_url: str, tmp_path: Path, asked: str) -> None:
    page_while_loading(database_url, tmp_path, asked, seed=1)


@pytest.mark.trust
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("asked", ASKED)
def test_what_stays_comes_once_in_many_runs(database_url: str, tmp_path: Path, asked: str, seed: int) -> None:
    page_while_loading(database_url, tmp_path, asked, seed)


def page_while_loading(database_url: str, tmp_path: Path, asked: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    version = {f"old-{number}": road(chance) for number in range(36)}
    kept = chance.sample(sorted(version), 20)
    load(database_url, tmp_path, version)
    with served(Settings(database_url=database_url)) as address, httpx.Client() as client:
        following: str | None = f"{address}/collections/roads/items?limit=7&{asked}"
        seen: Counter[str] = Counter()
        for number in range(60):
            assert following is not None
            document = client.get(following).raise_for_status().json()
            seen.update(feature["properties"]["localId"] for feature in document["features"])
            following = next((link["href"] for link in document["links"] if link["rel"] == "next"), None)
            if following is None:
                break
            version = changed(version, kept, chance, number)
            load(database_url, tmp_path, version)
        assert following is None
        assert {name: seen[name] for name in kept} == dict.fromkeys(kept, 1)
