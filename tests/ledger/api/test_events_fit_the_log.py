"""How an event must fit the log and its record: each refusal of rule 2, through HTTP, with nothing recorded."""

import hashlib
from datetime import timedelta
from pathlib import Path

from ledger.domain.drafting import Draft
from ledger.tlog.base64 import encode_base64
from tests.ledger.api.conftest import Served
from tests.ledger.world import World, resign


def receipt_number(served: Served) -> Draft:
    """The next event of a donation that stands at version 3."""
    return served.world.draft("donation.receipted", served.refs["donation"], {"number": "1"})


def test_a_stale_version_is_refused(unchanged: Served) -> None:
    document = unchanged.refused(
        unchanged.post(resign(receipt_number(unchanged), "foundation", version=3)), "stale-version"
    )
    assert document["status"] == 409
    assert document["field"] == "/payload/version"


def test_a_version_from_the_future_is_refused(unchanged: Served) -> None:
    unchanged.refused(unchanged.post(resign(receipt_number(unchanged), "foundation", version=5)), "stale-version")


def test_a_wrong_previous_digest_is_refused(unchanged: Served) -> None:
    for previous in ("ab" * 32, None):
        submission = resign(receipt_number(unchanged), "foundation", previous=previous)
        document = unchanged.refused(unchanged.post(submission), "wrong-previous")
        assert document["status"] == 409


def test_a_tree_size_beyond_the_log_is_refused(unchanged: Served) -> None:
    head = unchanged.head()
    tree = {"size": head["size"] + 1, "root": head["root"]}
    document = unchanged.refused(
        unchanged.post(resign(receipt_number(unchanged), "foundation", tree=tree)), "wrong-tree-head"
    )
    assert document["field"] == "/payload/tree/size"


def test_a_tree_size_before_the_record_s_last_event_is_refused(unchanged: Served) -> None:
    tree = {"size": 1, "root": unchanged.head()["root"]}
    submission = resign(receipt_number(unchanged), "foundation", tree=tree)
    unchanged.refused(unchanged.post(submission), "wrong-tree-head")


def test_a_root_that_is_not_this_log_s_is_refused(unchanged: Served) -> None:
    tree = {"size": unchanged.head()["size"], "root": encode_base64(hashlib.sha256(b"another history").digest())}
    document = unchanged.refused(
        unchanged.post(resign(receipt_number(unchanged), "foundation", tree=tree)), "wrong-tree-head"
    )
    assert document["field"] == "/payload/tree/root"


def test_an_event_signed_for_another_ledger_is_refused(unchanged: Served, tmp_path: Path) -> None:
    other = World(tmp_path, origin="ledger.example/rehearsal")
    submission = other.sign("place.registered", other.new("place"), _place(), "admin-1")
    other.ledger.close()
    document = unchanged.refused(unchanged.post(submission), "wrong-log")
    assert "ledger.example/rehearsal" in document["detail"]


def test_a_reference_to_an_unknown_record_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = {"project": world.new("project"), "amount_fen": 100}
    submission = world.sign("donation.allocated", unchanged.refs["donation"], data, "foundation")
    document = unchanged.refused(unchanged.post(submission), "unknown-record")
    assert document["field"] == "/payload/data/project"


def test_an_event_that_the_record_s_state_does_not_allow_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    submission = world.sign("project.started", unchanged.refs["project"], {}, "builder")
    assert unchanged.refused(unchanged.post(submission), "wrong-state")["status"] == 409


def test_an_id_that_belongs_to_a_record_of_another_kind_is_refused(unchanged: Served) -> None:
    drafted = unchanged.world.draft("place.registered", unchanged.world.new("place"), _place())
    taken = "place/" + unchanged.refs["donation"].partition("/")[2]
    unchanged.refused(unchanged.post(resign(drafted, "admin-1", record=taken)), "duplicate")


def test_an_id_that_is_no_uuid_version_7_is_refused(unchanged: Served) -> None:
    drafted = unchanged.world.draft("place.registered", unchanged.world.new("place"), _place())
    for uuid in ("b1e7d7f0-6d0a-4c9e-9f50-2c0d1f0e8f9a", "018744A0-C680-7213-8CAF-238F6E8C44D9", "1", ""):
        unchanged.refused(unchanged.post(resign(drafted, "admin-1", record=f"place/{uuid}")), "invalid-field")


def test_a_date_that_has_not_come_is_refused(unchanged: Served) -> None:
    tomorrow = (unchanged.world.today + timedelta(1)).isoformat()
    submission = resign(receipt_number(unchanged), "foundation", occurred_on=tomorrow)
    document = unchanged.refused(unchanged.post(submission), "invalid-field")
    assert document["field"] == "/payload/occurred_on"


def test_an_event_type_or_schema_that_does_not_exist_is_refused(unchanged: Served) -> None:
    for change in ({"type": "donation.vanished"}, {"schema": 2}):
        submission = resign(receipt_number(unchanged), "foundation", **change)
        document = unchanged.refused(unchanged.post(submission), "invalid-field")
        assert document["field"] == "/payload/type"


def _place() -> dict[str, str]:
    return {"code": "p", "name": "村", "level": "village"}
