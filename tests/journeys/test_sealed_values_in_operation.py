"""A running ledger and the staff's commands: open, erase, withdraw; and nothing personal in what the server writes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.serving import free_port, run, served
from tests.ledger.privacy.household import NOTE, Household, bytes_under
from tests.ledger.world import private_key

NAMES = [f"测试用名-{number:04d}" for number in range(1, 13)]


@pytest.fixture
def household(tmp_path: Path) -> Household:
    """A household whose ledger is closed, with its keys in files."""
    made = Household(tmp_path, NAMES, founded_on=datetime.now(UTC).date() - timedelta(days=40))
    for name in ("supervisor", "care", "builder"):
        private_key(name).save(tmp_path / f"{name}.pem")
    event = made.payload
    (tmp_path / "event").write_text(event.event_id)
    (tmp_path / "digest").write_text(event.withdrawable[0])
    made.world.ledger.close()
    return made


def test_two_open_one_child_is_erased_a_note_withdrawn_and_the_server_writes_no_name(
    household: Household, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "server.log"
    to = f"http://127.0.0.1:{port}"
    event, digest = (tmp_path / "event").read_text(), (tmp_path / "digest").read_text()
    both = f"--key supervisor.pem --key care.pem --to {to}"
    for _ in served(f"yangguang serve ledger --port {port}", cwd=tmp_path, url=to, log=log):
        opened = run(f"yangguang sealed open {event} --purpose audit {both}", cwd=tmp_path)
        assert all(name in opened for name in NAMES)
        assert "没有保存" in opened
        run(f"yangguang sealed open {event} --purpose audit --key care.pem --to {to}", cwd=tmp_path, good=1)
        gone = household.rows[3]
        run(f"yangguang sealed erase {gone['vault_key']} --ground consent {both}", cwd=tmp_path)
        left = run(f"yangguang sealed open {event} --purpose request {both} --json", cwd=tmp_path)
        found = [item["value"]["name"] for item in json.loads(left)]
        assert sorted(found) == [name for name in NAMES if name != gone["name"]]
        run(f"yangguang sealed withdraw {digest} --ground identifies --key care.pem --to {to}", cwd=tmp_path)
        twice = f"yangguang sealed withdraw {digest} --ground identifies --key care.pem --to {to}"
        run(twice, cwd=tmp_path, good=1)
        refused = {"data": {"people": {}, "total_fen": 1}, "record": household.award, "rows": household.rows}
        (tmp_path / "refused.json").write_text(json.dumps(refused, ensure_ascii=False))
        run(f"yangguang record award.granted --data refused.json --key builder.pem --to {to}", cwd=tmp_path, good=1)
        assert run(f"yangguang verify {to}", cwd=tmp_path).startswith("✓")
    written = bytes_under(tmp_path / "ledger", tmp_path / "receipts") + log.read_bytes()
    for words in (*NAMES, NOTE):
        assert words.encode() not in written
