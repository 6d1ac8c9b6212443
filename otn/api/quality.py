"""The documents about datasets, their loads and the quality of what was loaded. Pure, as otn.api.documents."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from otn.api import texts
from otn.api.documents import Document, instant, licence_link
from otn.api.links import Link, Links
from otn.api.loaded import Load, LoadedDataset
from otn.api.negotiation import GEOJSON_TYPE, HTML_TYPE, JSON_TYPE
from otn.model.collections import COLLECTIONS
from otn.model.fields import Field
from otn.model.frequencies import FREQUENCIES
from otn.model.rasters import RASTERS
from otn.model.reject_reasons import REJECT_REASONS
from otn.model.service import Service


def datasets(loaded: tuple[LoadedDataset, ...], links: Links, language: str, own: list[Link]) -> Document:
    """All datasets that were loaded; `own` are the links to the document itself."""
    return {
        "title": texts.DATASETS.in_language(language),
        "datasets": [
            _described(entry, language) | {"links": [_dataset_link("item", entry, links, language)]} for entry in loaded
        ],
        "links": own,
    }


def dataset(
    service: Service,
    loaded: LoadedDataset,
    history: tuple[Load, ...],
    links: Links,
    language: str,
    own: list[Link],
) -> Document:
    """One dataset: what was declared of it, the collections it fills, where its data came from, its loads."""
    newest = next((entry for entry in history if entry.is_committed), None)
    return _described(loaded, language) | {
        "collections": [
            {"id": name, "title": _collection_title(service, name, language), "numberOfFeatures": number}
            for name, number in loaded.features.items()
        ],
        "lineage": newest and _lineage(newest),
        "loads": [_load(entry) | {"links": [_load_link("item", loaded, entry, links, language)]} for entry in history],
        "declaration": loaded.declaration,
        "links": [
            *own,
            links.to("collection", "/datasets", JSON_TYPE, texts.DATASETS.in_language(language)),
            *_items_links(service, loaded, links, language),
            licence_link(loaded.dataset.licence_model),
        ],
    }


def load(
    service: Service, loaded: LoadedDataset, entry: Load, links: Links, language: str, own: list[Link]
) -> Document:
    """One load: what it did, and the quality of what it read; null where it did not come so far as to tell.

    Of its quality `network` is what was found odd about links between nodes, null where there were none.
    """
    return {
        "dataset": {"id": loaded.dataset.id, "title": loaded.dataset.title.in_language(language)},
        **_load(entry),
        "lineage": _lineage(entry),
        "quality": _quality(service, loaded, entry, language) if entry.report else None,
        "links": [*own, _dataset_link("collection", loaded, links, language)],
    }


def _described(loaded: LoadedDataset, language: str) -> Document:
    declared = loaded.dataset
    licence = declared.licence_model
    frequency = declared.update_frequency
    return {
        "id": declared.id,
        "title": declared.title.in_language(language),
        "description": declared.description.in_language(language),
        "region": declared.region,
        "collection": declared.collection,
        "landingPage": declared.landing_page,
        "publisher": {"name": declared.publisher.name, "url": declared.publisher.url},
        "licence": licence.id,
        "licenceTitle": licence.title,
        "licenceUrl": licence.url,
        "shareAlike": licence.share_alike,
        "attribution": declared.attribution,
        "numberOfFeatures": loaded.number_of_features,
        "lastLoaded": loaded.last_loaded and instant(loaded.last_loaded),
        "updateFrequency": frequency,
        "updateFrequencyTitle": FREQUENCIES[frequency].in_language(language),
    }


def _lineage(entry: Load) -> Document:
    """Where the data came from: `url` and `sha256` are null where it was no download, or no file."""
    return entry.lineage | {
        "load": entry.id,
        "source": entry.source,
        "url": entry.url,
        "sha256": entry.sha256,
        "loaded": instant(entry.finished),
    }


def _load(entry: Load) -> Document:
    return {
        "id": entry.id,
        "state": "committed" if entry.is_committed else "failed",
        "started": instant(entry.started),
        "finished": instant(entry.finished),
        "message": entry.message,
        "counts": {
            "read": entry.read,
            "rejected": entry.rejected,
            "repaired": entry.repaired,
            "normalised": entry.normalised,
            "features": asdict(entry.features),
            "objects": asdict(entry.objects),
        },
    }


def _quality(service: Service, loaded: LoadedDataset, entry: Load, language: str) -> Document:
    report = entry.report
    own = loaded.dataset.collection
    tallies = {own: report} | report.get("further", {})
    return {
        "collections": [_tally(service, name, tally, language) for name, tally in tallies.items()],
        "rejects": [
            {"reason": reason, "title": _reason_title(reason, language), "count": count}
            for reason, count in sorted(report.get("rejects", {}).items(), key=lambda counted: -counted[1])
        ],
        "unknownCodes": [
            {
                "field": name,
                "title": _field_title(own, name, language),
                "codes": [{"code": code, "count": count} for code, count in codes.items()],
            }
            for name, codes in report.get("unknownCodes", {}).items()
        ],
        "network": report.get("network") or None,
        "remarks": report.get("remarks", []),
        "repaired": report.get("repaired", entry.repaired),
        "duplicates": report.get("duplicates", 0),
        "note": texts.REJECTED_ROWS_ARE_HELD.in_language(language),
    }


def _tally(service: Service, collection_id: str, tally: Document, language: str) -> Document:
    shares: dict[str, float] = tally.get("completeness", {})
    return {
        "id": collection_id,
        "title": _collection_title(service, collection_id, language),
        "numberOfFeatures": tally.get("features"),
        "bbox": tally.get("bbox"),
        "completeness": [
            {"field": name, "title": _field_title(collection_id, name, language), "share": shares[name]}
            for name in _in_order(collection_id, shares)
        ],
    }


def _in_order(collection_id: str, names: Iterable[str]) -> list[str]:
    """Fields as the model orders them; the database keeps no order. Those the model no longer has come last."""
    places = {name: place for place, name in enumerate(_fields(collection_id))}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def _collection_title(service: Service, collection_id: str, language: str) -> str:
    return service.collections[collection_id].title.in_language(language)


def _fields(collection_id: str) -> dict[str, Field]:
    """By name; of a raster the one that its cells hold."""
    if collection_id in RASTERS:
        field = RASTERS[collection_id].field
        return {field.name: field}
    return COLLECTIONS[collection_id].by_name


def _field_title(collection_id: str, name: str, language: str) -> str:
    """A load may be older than the model and have counted a field that there is no more."""
    field = _fields(collection_id).get(name)
    return name if field is None else field.title.in_language(language)


def _reason_title(reason: str, language: str) -> str:
    known = REJECT_REASONS.get(reason)
    return reason if known is None else known.in_language(language)


def _dataset_link(rel: str, loaded: LoadedDataset, links: Links, language: str) -> Link:
    title = loaded.dataset.title.in_language(language)
    return links.to(rel, f"/datasets/{loaded.dataset.id}", JSON_TYPE, title)


def _load_link(rel: str, loaded: LoadedDataset, entry: Load, links: Links, language: str) -> Link:
    title = texts.LOAD_NUMBER.in_language(language).format(id=entry.id)
    return links.to(rel, f"/datasets/{loaded.dataset.id}/loads/{entry.id}", JSON_TYPE, title)


def _items_links(service: Service, loaded: LoadedDataset, links: Links, language: str) -> Iterator[Link]:
    """The features of the dataset in each collection where it has some; of a raster the whole."""
    chosen = ("dataset", loaded.dataset.id)
    for name, number in loaded.features.items():
        if name in RASTERS:
            yield links.to("collection", f"/collections/{name}", JSON_TYPE, _collection_title(service, name, language))
        elif number:
            path, title = f"/collections/{name}/items", _collection_title(service, name, language)
            yield links.to("items", path, GEOJSON_TYPE, title, (chosen,))
            yield links.to("items", path, HTML_TYPE, title, (chosen, ("f", "html")))
