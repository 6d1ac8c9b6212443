"""A count that takes too long is left out; the page comes all the same."""

import functools

import httpx
import pytest

from otn.settings import Settings
from otn.store.pool import Pool
from tests.api.conftest import served
from tests.api.test_items import ROADS

# Found in the first rows at once; evaluated for all of them it takes seconds.
SLOW = " AND ".join(f"ACCENTI(CASEI(inspireId)) <> ACCENTI(CASEI('{number}'))" for number in range(40))


def test_a_count_over_the_time_limit_is_left_out(loaded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otn.app.Pool", functools.partial(Pool, statement_timeout=0.5))
    with served(Settings(database_url=loaded_url)) as address, httpx.Client(base_url=address, timeout=30) as client:
        answer = client.get(ROADS, params={"filter": SLOW})
        assert answer.status_code == 200
        document = answer.json()
        assert "numberMatched" not in document
        assert "ogc-numbermatched" not in answer.headers
        assert document["numberReturned"] == len(document["features"]) == 10
        assert any(link["rel"] == "next" for link in document["links"])
        hits = client.get(ROADS, params={"filter": SLOW, "resulttype": "hits"})
        assert (hits.status_code, hits.headers["retry-after"]) == (503, "5")
