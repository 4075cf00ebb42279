"""Arbitrary bytes and arbitrary JSON at every route: a success or a whole problem document, never 5xx."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.catalogue import EVENTS
from tests.ledger.api.conftest import Served, check_problem
from tests.ledger.world import sign_bytes

POSTED = ("/api/events", "/api/batches", "/api/drafts")
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(codec=None), max_size=20)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({name for cls in EVENTS.values() for name in cls.model_fields} | {"from", "to", "caption"})
LIKELY = VALUES | st.sampled_from(["2023-05-01", "2023-02-31", 1, 10**15, -1, "a\nb", {"from": "2023-05-01"}])
BLANK = {
    "log": "ledger.example/test",
    "type": "place.registered",
    "schema": 1,
    "record": "place/018744a0-c680-7213-8caf-238f6e8c44d9",
    "version": 1,
    "previous": None,
    "tree": {"size": 1, "root": "A" * 43 + "="},
    "occurred_on": "2023-04-03",
    "data": {},
}


def post(served: Served, path: str, content: bytes | str) -> None:
    answer = served.client.post(path, content=content)
    if answer.status_code != 200 or path != "/api/drafts":
        check_problem(answer)


@pytest.mark.parametrize("path", POSTED)
@given(content=st.binary(max_size=200))
@QUIET
def test_arbitrary_bytes(unchanged: Served, path: str, content: bytes) -> None:
    post(unchanged, path, content)


@pytest.mark.parametrize("path", POSTED)
@given(value=VALUES)
@QUIET
def test_arbitrary_json(unchanged: Served, path: str, value: Any) -> None:
    post(unchanged, path, json.dumps(value))


@given(change=st.dictionaries(st.sampled_from(["payload", "payloadType", "signatures", "x"]), LIKELY))
@QUIET
def test_arbitrary_members_of_an_envelope(unchanged: Served, change: dict[str, Any]) -> None:
    envelope = sign_bytes(b"{}", "admin-1").envelope.to_json() | change
    post(unchanged, "/api/events", json.dumps({"envelope": envelope}))
    post(unchanged, "/api/batches", json.dumps({"events": [{"envelope": envelope}]}))


@given(change=st.dictionaries(st.sampled_from([*BLANK, "sealed", "withdrawable"]), LIKELY))
@QUIET
def test_arbitrary_members_of_a_signed_payload(unchanged: Served, change: dict[str, Any]) -> None:
    payload = json.dumps(BLANK | change, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    submission = sign_bytes(payload.encode("utf-8", "surrogatepass"), "admin-1")
    post(unchanged, "/api/events", json.dumps({"envelope": submission.envelope.to_json()}))


@given(disclosures=VALUES | st.lists(TEXTS))
@QUIET
def test_arbitrary_disclosures(unchanged: Served, disclosures: Any) -> None:
    envelope = sign_bytes(json.dumps(BLANK).encode(), "admin-1").envelope.to_json()
    post(unchanged, "/api/events", json.dumps({"envelope": envelope, "disclosures": disclosures}))


@given(
    type_=st.sampled_from(sorted(name for name, _ in EVENTS)),
    data=st.dictionaries(st.sampled_from(NAMES) | TEXTS, LIKELY, max_size=8),
    more=st.dictionaries(st.sampled_from(["record", "occurred_on", "fields", "rows", "free", "x"]), LIKELY),
)
@settings(QUIET, max_examples=600)
def test_arbitrary_drafts_of_every_event_type(
    unchanged: Served, type_: str, data: dict[str, Any], more: dict[str, Any]
) -> None:
    wish = {"type": type_, "occurred_on": "2023-04-03", "data": data}
    post(unchanged, "/api/drafts", json.dumps(wish | more))
    for record in unchanged.refs.values():
        if record.startswith(type_.partition(".")[0]):
            post(unchanged, "/api/drafts", json.dumps(wish | {"record": record}))


@given(changes=st.dictionaries(st.sampled_from(NAMES), LIKELY), rest=st.dictionaries(st.sampled_from(NAMES), LIKELY))
@QUIET
def test_arbitrary_corrections(unchanged: Served, changes: dict[str, Any], rest: dict[str, Any]) -> None:
    for name in ("donation", "works", "granting", "project"):
        record = unchanged.world.ledger.record(unchanged.refs[name])
        assert record is not None
        for past in record.history:
            data = {"event": past.event_id, "changes": changes, "reason": "typing"} | rest
            wish = {"type": f"{record.kind}.corrected", "record": record.reference, "occurred_on": "2023-04-03"}
            post(unchanged, "/api/drafts", json.dumps(wish | {"data": data}))


@given(path=st.lists(st.text(st.characters(codec="utf-8"), max_size=10), max_size=4))
@QUIET
def test_arbitrary_paths(unchanged: Served, path: list[str]) -> None:
    answer = unchanged.client.get("/api/" + "/".join(quote(part, safe="") for part in path))
    if answer.status_code != 200:
        check_problem(answer)
