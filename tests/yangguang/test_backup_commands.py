"""``yangguang backup`` and ``yangguang restore`` as an operator runs them: what they say, and their exit codes."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner

from ledger.clock import system_clock
from ledger.publishing.publisher import Publisher
from tests.ledger.small_ledger import SmallLedger
from yangguang.cli.app import app as commands
from yangguang.serving import running


@dataclass
class Operator:
    """Somebody at the command line, with a small ledger of 12 entries that goes on."""

    small: SmallLedger
    folder: Path

    def run(self, *arguments: object, good: int = 0) -> str:
        done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
        assert done.exit_code == good, done.output
        return done.output

    def publish(self) -> Path:
        settings = self.small.ledger.settings
        Publisher(self.small.ledger.store, settings.log, vkey=settings.vkey).publish()
        return settings.log


async def get(app: ASGIApp, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ledger.example") as client:
        return await client.get(path)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    (tmp_path / "D").mkdir()
    small = SmallLedger(tmp_path / "D")
    operator = Operator(small, tmp_path)
    small.fill(11)
    operator.publish()
    operator.run("backup", tmp_path / "D", tmp_path / "B", "--keys", tmp_path / "K")
    yield operator
    small.ledger.close()


def test_backup_says_what_it_holds_and_what_it_does_not(operator: Operator) -> None:
    (operator.folder / "D" / "notes.txt").write_text("1")
    said = operator.run("backup", operator.folder / "D", operator.folder / "B2")
    assert "12条账目" in said
    assert "没有备份密钥" in said
    for name in ("notes.txt", "keys/log.pem", "vault/keys/kek", "vault/keys/secrets.sqlite3"):
        assert name in said
    assert "12 entries" in said


def test_backup_with_keys_says_until_when_to_keep_them(operator: Operator) -> None:
    said = operator.run("backup", operator.folder / "D", operator.folder / "B2", "--keys", operator.folder / "K2")
    until = json.loads((operator.folder / "K2" / "keys-backup.json").read_bytes())["keep_until"][:10]
    assert f"{until}以前销毁" in said
    assert f"destroy them by {until}" in said


def test_backup_in_json(operator: Operator) -> None:
    said = json.loads(operator.run("backup", operator.folder / "D", operator.folder / "B2", "--json"))
    assert (said["size"], said["keys"], said["genesis"]) == (12, False, operator.small.ledger.genesis())


def test_a_backup_is_verified_like_a_ledger(operator: Operator) -> None:
    assert operator.run("verify", operator.folder / "B").startswith("✓")


def test_restore_without_keys_says_what_cannot_be_done(operator: Operator) -> None:
    said = operator.run("restore", operator.folder / "B", operator.folder / "R")
    assert said.startswith("✓")
    assert "没有放回密钥" in said
    assert f"yangguang serve {operator.folder / 'R'} --role public" in said
    assert operator.run("verify", operator.folder / "R").startswith("✓")


def test_without_keys_the_restored_ledger_serves_the_public_and_cannot_record(operator: Operator) -> None:
    directory = operator.folder / "R"
    operator.run("restore", operator.folder / "B", directory)
    with running(directory, role="public") as served:
        assert asyncio.run(get(served, "/")).status_code == 200
        checkpoint = asyncio.run(get(served, "/log/checkpoint"))
    assert checkpoint.content == (directory / "log" / "checkpoint").read_bytes()
    assert "没有保密库的主密钥" in operator.run("serve", directory, good=1)


def test_restore_with_keys_and_the_newer_log_says_what_came_back(operator: Operator) -> None:
    operator.small.fill(3)
    log = operator.publish()
    said = operator.run(
        "restore", operator.folder / "B", operator.folder / "R", "--keys", operator.folder / "K", "--log", log
    )
    assert "备份有12条账目，从公布的账本补回3条，现有15条" in said
    assert "密钥已放回" in said


def test_restore_with_something_missing_ends_with_1_and_names_it(operator: Operator) -> None:
    operator.small.fill(3)
    (operator.folder / "kept").write_bytes(operator.small.ledger.head().checkpoint)
    (operator.folder / "receipts").mkdir()
    receipt = operator.small.ledger.receipt(operator.small.ledger.store.leaf_at(13).event_id)
    (operator.folder / "receipts" / "mine.json").write_text(json.dumps(receipt.to_json()))
    options: tuple[object, ...] = ("--since", operator.folder / "kept", "--receipts", operator.folder / "receipts")
    said = operator.run("restore", operator.folder / "B", operator.folder / "R", *options, good=1)
    assert said.startswith("✗")
    assert "缺少3条" in said
    assert "mine.json" in said
    found = json.loads(
        operator.run("restore", operator.folder / "B", operator.folder / "R2", *options, "--json", good=1)
    )
    assert (found["verdict"], found["missing_entries"], found["size"]) == ("finding", 3, 12)
    assert [finding["code"] for finding in found["findings"]] == ["receipt-not-kept"]


def test_keys_alone_are_refused_with_the_reason(operator: Operator) -> None:
    folder = operator.folder
    said = operator.run("restore", folder / "B", folder / "R", "--keys", folder / "K", good=1)
    assert "旧密钥会把已经删除的人带回来" in said
    assert not (folder / "R").exists()


@pytest.mark.parametrize("arguments", [("backup", "nowhere", "out"), ("restore", "nowhere", "out")])
def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command, *paths = arguments
    done = CliRunner().invoke(commands, [command, *(str(tmp_path / path) for path in paths)])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert "nowhere" in done.output


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    for arguments in (["backup"], ["restore", str(tmp_path)], ["restore", "a", "b", "--unknown"]):
        assert CliRunner().invoke(commands, arguments).exit_code == 2


def test_the_clock_of_a_backup_is_the_machines(operator: Operator) -> None:
    made_at = json.loads((operator.folder / "B" / "backup.json").read_bytes())["made_at"]
    assert made_at[:10] == f"{system_clock():%Y-%m-%d}"
