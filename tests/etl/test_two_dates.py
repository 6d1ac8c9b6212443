"""Two dates of one country, one after the other: what changed is what a comparison of the two files by itself finds."""

from collections import Counter
from pathlib import Path

import osmium
from osmium.filter import EntityFilter, KeyFilter
from osmium.osm import NODE, WAY

from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.readers.osm_tags import ROAD_TAGS
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry

REGISTRY = Registry.read()
# What a road tells of a way: its tags, its line, and the nodes at which it is cut.
Way = tuple[tuple[str | None, ...], tuple[tuple[float, float], ...], tuple[int, ...]]


def ways(path: Path) -> dict[int, Way]:
    uses = Counter[int]()
    raw = {}
    processor = osmium.FileProcessor(path).with_locations("flex_mem")
    for way in processor.with_filter(EntityFilter(WAY)).with_filter(KeyFilter("highway")):
        assert isinstance(way, osmium.osm.types.Way)
        nodes = [(node.ref, round(node.lon, 7), round(node.lat, 7)) for node in way.nodes if node.location.valid()]
        uses.update(ref for ref, _, _ in nodes)
        raw[way.id] = tuple(way.tags.get(tag) for tag in ("name", *ROAD_TAGS)), nodes
    cutting = {ref for ref, times in uses.items() if times > 1} | tagged(path)
    return {
        identifier: (
            tags,
            tuple((lon, lat) for _, lon, lat in nodes),
            tuple(ref for at, (ref, _, _) in enumerate(nodes) if at in (0, len(nodes) - 1) or ref in cutting),
        )
        for identifier, (tags, nodes) in raw.items()
    }


def tagged(path: Path) -> set[int]:
    nodes = osmium.FileProcessor(path).with_filter(EntityFilter(NODE)).with_filter(KeyFilter("railway", "highway"))
    crossings = ("level_crossing", "crossing")
    return {
        node.id
        for node in nodes
        if node.tags.get("railway") in crossings or node.tags.get("highway") == "mini_roundabout"
    }


def load(url: str, path: Path) -> LoadSummary:
    dataset = REGISTRY.dataset("elsewhere/liechtenstein-roads")
    return load_dataset(url, dataset, registry=REGISTRY, progress=Silent(), wishes=Wishes([path]))


def test_liechtenstein_of_2021_and_of_2022(database_url: str, real_data: Path) -> None:
    old, new = (real_data / "osm" / f"liechtenstein-{date}.osm.pbf" for date in ("latest", "pyosmium"))
    before, after = ways(old), ways(new)
    first, second = load(database_url, old), load(database_url, new)
    assert (first.number_read, first.objects_added) == (len(before), len(before))
    assert second.number_read == len(after)
    assert second.objects_added == len(after.keys() - before.keys())
    assert second.objects_removed == len(before.keys() - after.keys())
    assert second.objects_changed == sum(before[way] != after[way] for way in before.keys() & after.keys())
    assert load(database_url, new).objects_changed == 0
