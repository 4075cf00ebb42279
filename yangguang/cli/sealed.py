"""``yangguang sealed``: open sealed values for a purpose, erase them, withdraw a public text."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.domain.sealed import SealedErased, SealedOpened, SealedWithdrawn
from ledger.domain.values import kind_of
from ledger.sealing.disclosure import Disclosure
from yangguang.cli.console import out, refusals, say, say_json
from yangguang.cli.submitting import (
    RECEIPTS,
    KeyFiles,
    To,
    Vkey,
    keep_receipt,
    prepare,
    private_keys,
    say_recorded,
    sign_and_submit,
)
from yangguang.client import Client
from yangguang.unsealing import erasure_of, opening_of, payload_of

app = typer.Typer(
    help="封存内容：查看、销毁；撤下公开的文字。 Sealed values: open, erase; withdraw a public text.",
    no_args_is_help=True,
)
Receipts = Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="账目的事件编号（64位） / the entry's event id")]


def _codes(cls: Any, field: str) -> str:
    return "、".join(f"{code}（{label.zh}）" for code, label in kind_of(cls.model_fields[field]).choices)


@app.command("open")
def open_(
    event: Event,
    purpose: Annotated[str, typer.Option(help=f"目的 / purpose: {_codes(SealedOpened, 'purpose')}")],
    keys: KeyFiles,
    to: To,
    digest: Annotated[list[str] | None, typer.Option(help="只看这几项，可重复 / only these digests")] = None,
    vkey: Vkey = None,
    receipts: Receipts = RECEIPTS,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """查看一条账目的封存内容：要监督和人员资料两把密钥同时签署，账上会留下谁、为什么查看。

    Opens the sealed values of an entry; signed by supervise and care together, and recorded for everyone to see.
    The values come back encrypted to a key made for this once and are shown here alone.
    """
    with refusals():
        client = Client(to, vkey)
        opening = opening_of(payload_of(client.entry(event)), purpose=purpose, digests=digest or ())
        submission = prepare(SealedOpened, {"data": opening.data}, private_keys(keys), client)
        receipt, answer = client.submit_opening(submission)
        origin, event_id = client.standpoint().log, submission.envelope.event_id
        found = opening.read(answer, origin=origin, event_id=event_id)
    path = keep_receipt(receipt, receipts)
    if as_json:
        say_json([{"digest": item.digest, "name": item.name, "value": item.value} for item in found])
    else:
        say_recorded(receipt, SealedOpened, path)
        _show(found)


@app.command()
def erase(
    vault_keys: Annotated[list[str], typer.Argument(help="密钥编号（32位），可多个 / vault keys")],
    ground: Annotated[str, typer.Option(help=f"依据 / ground: {_codes(SealedErased, 'ground')}")],
    keys: KeyFiles,
    to: To,
    vkey: Vkey = None,
    receipts: Receipts = RECEIPTS,
) -> None:
    """永远销毁一个人的封存内容：两把密钥签署。账目、签名和合计不变，内容不能恢复。

    Destroys a person's sealed values for ever. Entries, signatures and totals stay; the values cannot come back.
    """
    with refusals():
        content = {"data": erasure_of(vault_keys, ground=ground)}
        sign_and_submit(SealedErased, content, keys=keys, client=Client(to, vkey), receipts=receipts)


@app.command()
def withdraw(
    digest: Annotated[str, typer.Argument(help="文字的内容指纹，在网页“核对这段文字”里 / the text's digest")],
    ground: Annotated[str, typer.Option(help=f"依据 / ground: {_codes(SealedWithdrawn, 'ground')}")],
    keys: KeyFiles,
    to: To,
    vkey: Vkey = None,
    receipts: Receipts = RECEIPTS,
) -> None:
    """撤下一段公开的文字或一份文件；账目留着，写明什么时候、为什么撤下。

    Withdraws a public text or file; the entry stays and says when and why.
    """
    with refusals():
        client = Client(to, vkey)
        event_id = client.text(digest)["event_id"]
        about = payload_of(client.entry(event_id)).record
        data = {"about": about, "event": event_id, "digest": digest, "ground": ground}
        sign_and_submit(SealedWithdrawn, {"data": data}, keys=keys, client=client, receipts=receipts)


def _show(found: list[Disclosure]) -> None:
    for item in found:
        out.print(f"• {item.name or ''}", markup=False)
        for name, value in item.value.items():
            out.print(f"  {name}: {value}", markup=False)
    say("以上内容只在本机显示，没有保存。", "Shown here alone and kept nowhere.")
