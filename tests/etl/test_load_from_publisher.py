"""A load of what a publisher offers: downloaded, unpacked, read, and told where it came from."""

import io
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

from otn.errors import LoadError
from otn.etl.download import DownloadLimits
from otn.etl.extract import Downloads
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.model.datasets import Dataset, Registry
from otn.model.sources import FileSource
from tests.etl.publisher import Publisher, answer, file

REGISTRY = Registry.read()
PORTS = "id,name,lon,lat\n1,Zeebrugge,3.2,51.33\n2,Gent,3.7,51.1\n"


def declared(url: str, **source: Any) -> Dataset:
    offered = FileSource(reader="csv", format="CSV", urls=(url,), **source)
    return REGISTRY.dataset("elsewhere/ports").model_copy(update={"source": offered})


def load(database_url: str, dataset: Dataset, folder: Path, *, private: bool = True) -> LoadSummary:
    downloads = Downloads(folder, DownloadLimits(allow_private=private, attempts=1))
    return load_dataset(database_url, dataset, registry=REGISTRY, progress=Silent(), downloads=downloads)


def records(database_url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT state, source_url, source_sha256, lineage FROM load ORDER BY id").fetchall()


def test_a_download_is_loaded_and_asked_for_again_only_if_it_changed(
    database_url: str, publisher: Publisher, tmp_path: Path
) -> None:
    url = f"{publisher.url}/ports.csv"
    publisher.answers(file(PORTS.encode(), ETag='"1"'), answer(b"", "304 Not Modified"))
    assert load(database_url, declared(url), tmp_path).number_added == 2
    assert load(database_url, declared(url), tmp_path).number_changed == 0
    (state, source_url, sha256, lineage), again = records(database_url)
    assert (state, source_url) == ("committed", url)
    [download] = lineage["downloads"]
    assert (download["url"], download["etag"], download["sha256"]) == (url, '"1"', sha256)
    assert again[3]["downloads"][0]["fetched"] == download["fetched"]


def test_the_wanted_member_of_an_archive_is_loaded(database_url: str, publisher: Publisher, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("README.txt", "about ports")
        archive.writestr("data/ports.csv", PORTS)
    publisher.answers(file(packed.getvalue()))
    dataset = declared(f"{publisher.url}/ports.zip", members=("*.csv",))
    assert load(database_url, dataset, tmp_path).number_added == 2


def test_a_private_address_is_not_asked_and_the_failure_is_recorded(
    database_url: str, publisher: Publisher, tmp_path: Path
) -> None:
    with pytest.raises(LoadError, match="which is not on the public internet"):
        load(database_url, declared(f"{publisher.url}/ports.csv"), tmp_path, private=False)
    assert publisher.asked == []
    assert [state for state, *_ in records(database_url)] == ["failed"]


def test_what_was_found_out_about_a_file_stands_in_the_report(
    database_url: str, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.answers(file(PORTS.replace("Gent", "Liège").encode("cp1252")))
    summary = load(database_url, declared(f"{publisher.url}/ports.csv"), tmp_path)
    [remark] = summary.report["remarks"]
    assert "cp1252" in remark
