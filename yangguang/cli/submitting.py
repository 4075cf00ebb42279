"""Draft, sign, submit, keep the receipt: what ``record`` and ``key`` have in common."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.clock import system_clock
from ledger.domain.drafting import Content, draft
from ledger.domain.entry import day_of
from ledger.domain.event import Event
from ledger.domain.record import Record
from ledger.errors import InvalidFieldError
from ledger.founding import new_identifier
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.sealing.disclosure import new_vault_key
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from ledger.store.highest import write_durably
from yangguang.cli.console import say
from yangguang.client import Client
from yangguang.unsealing import payload_of

RECEIPTS = Path("receipts")
KeyFiles = Annotated[
    list[Path], typer.Option("--key", help="签署用的密钥文件，可重复 / key file to sign with, repeatable")
]
To = Annotated[str, typer.Option(help="账本网址 / the ledger's URL")]
Vkey = Annotated[str | None, typer.Option(help="锁定账本公钥 / pin the log's key")]
PARTS = {"record", "occurred_on", "data", "free", "fields", "rows"}


def sign_and_submit(
    cls: type[Event], content: dict[str, Any], *, keys: Sequence[Path], client: Client, receipts: Path
) -> Receipt:
    """Records one event described by ``content`` (see ``record --help``); says and keeps the receipt."""
    submission = prepare(cls, content, private_keys(keys), client)
    receipt = client.submit(submission)
    say_recorded(receipt, cls, keep_receipt(receipt, receipts))
    return receipt


def private_keys(paths: Sequence[Path]) -> list[PrivateKey]:
    """The keys in files."""
    return [PrivateKey.load(path) for path in paths]


def keep_receipt(receipt: Receipt, receipts: Path) -> Path:
    """Writes the receipt durably; its file."""
    path = receipts / f"{receipt.index:09d}.tlog-proof"
    write_durably(path, receipt.proof)
    return path


def say_recorded(receipt: Receipt, cls: type[Event], path: Path) -> None:
    """Which entry it became, of which record, and where the receipt is."""
    say(
        f"已记入账本：第{receipt.index:,}条（{cls.LABEL.zh}）。回执：{path}",
        f"Recorded as entry {receipt.index} ({cls.LABEL.en}). Record {payload_of(receipt.entry).record}."
        f" Receipt: {path}",
    )


def prepare(cls: type[Event], content: dict[str, Any], signers: Sequence[PrivateKey], client: Client) -> Submission:
    """The signed submission of one event, drafted here from the schema, not by the server."""
    if unknown := content.keys() - PARTS:
        raise InvalidFieldError(
            f"没有“{min(unknown)}”这一项，可用的有{'、'.join(sorted(PARTS))}。",
            f"There is no part {min(unknown)!r}; use {', '.join(sorted(PARTS))}.",
        )
    reference = content.get("record")
    record = client.record(reference) if reference else Record(cls.kind(), _new_uuid())
    drafted = draft(
        cls,
        record,
        client.standpoint(),
        occurred_on=_day(content.get("occurred_on")),
        data=content.get("data", {}),
        content=Content(content.get("fields", {}), _rows(content), _free(content)),
        random=os.urandom,
    )
    return Submission(sign_envelope(drafted.payload, signers), drafted.disclosures)


def _new_uuid() -> str:
    return new_identifier(int(system_clock().timestamp() * 1000), os.urandom)


def _day(text: Any) -> date:
    if text is None:
        return day_of(system_clock())
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidFieldError(
            "日期要写成2023-05-14这样。", "Write the date like 2023-05-14.", "occurred_on"
        ) from None


def _rows(content: dict[str, Any]) -> list[Any]:
    # A person's vault key is random and made here, by the author, unless the file already names one.
    return [{"vault_key": new_vault_key(os.urandom), **row} for row in content.get("rows", [])]


def _free(content: dict[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in content.get("free", {}).items():
        pairs += [(name, item) for item in value] if name == "evidence" else [(name, value)]
    return pairs
