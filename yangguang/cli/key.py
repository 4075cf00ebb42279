"""``yangguang key``: staff keys from making one to revoking it. Private keys never leave their holder's device.

The log's own key is rotated in two steps, because the ledger holds it and the admins sign: ``key new-log`` beside the
ledger puts the new key in place, and ``record ledger.log_key_rotated`` has the quorum sign what it printed.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.domain.entry import parse_entry
from ledger.domain.event import CAPABILITIES
from ledger.domain.key import KeyEnrolled, KeyRevoked
from ledger.domain.payload import parse_payload
from ledger.errors import InvalidFieldError
from ledger.sealing.letters import InboxKey
from ledger.settings import load_settings, save_inbox, save_ml_dsa
from ledger.signing.keys import PrivateKey, sign_possession
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.base64 import encode_base64
from ledger.tlog.note import ML_DSA_44, VerifierKey, format_vkey
from public_site.published_log import PublishedLog
from yangguang.cli.console import refusals, say, say_json
from yangguang.cli.submitting import RECEIPTS, KeyFiles, To, Vkey, sign_and_submit
from yangguang.client import Client

app = typer.Typer(
    help="密钥：生成、查看、启用、注销；新的账本密钥和收信密钥。 Keys: of staff, of the log and of the inbox.",
    no_args_is_help=True,
)
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
KeyFile = Annotated[Path, typer.Argument(help="密钥文件 / the key file")]


@app.command()
def new(path: KeyFile) -> None:
    """生成一把新密钥，只有您自己能读。 Makes a new private key that only you can read."""
    with refusals():
        key = PrivateKey.generate()
        key.save(path)
    say(
        f"新密钥已存入{path}，尾号{key.key_id[-4:]}。请妥善保管，不要发给任何人。",
        f"The new key is in {path}. Keep it; send it to nobody.",
    )


@app.command()
def show(
    path: KeyFile,
    organisation: Annotated[
        str | None, typer.Option(help="organisation/编号：给出启用申请 / print an enrolment request")
    ] = None,
    origin: Annotated[str | None, typer.Option(help="账本的地址名 / the ledger's origin")] = None,
) -> None:
    """显示公钥；加上 --organisation 和 --origin 就给出可以交给登记机构的启用申请（JSON）。

    Shows the public key; with --organisation and --origin prints the request that the registrar enrols.
    """
    with refusals():
        key = PrivateKey.load(path)
    line = encode_base64(key.public_key)
    shown: dict[str, Any] = {"key_id": key.key_id, "public_key": line}
    if organisation and origin:
        possession = sign_possession(key, origin=origin, organisation=organisation, line=line)
        shown = {"organisation": organisation, "public_key": line, "possession": encode_base64(possession)}
    say_json(shown)


@app.command()
def new_log(
    directory: Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")],
    name: Annotated[str, typer.Argument(help="新密钥的名字，如2027 / a name for it, like 2027")],
) -> None:
    """在账本里放好一把新的账本密钥，给出更换账本密钥的内容（JSON），由管理员共同签署：

    yangguang record ledger.log_key_rotated --data 内容文件 --key 管理员密钥 --key …

    Puts a new log key in place and prints the rotation that the admins then sign. Until they do, nothing changes.
    """
    with refusals():
        if FILE_NAME.fullmatch(name) is None:
            raise InvalidFieldError("名字只用小写字母、数字和短横。", "Use lowercase letters, digits and hyphens.")
        settings = load_settings(directory)
        opening = parse_entry(PublishedLog(settings.log).entry(0, 1))
        record = parse_payload(opening.envelope.payload, assigned=False).record
        key = PrivateKey.generate()
        vkey = format_vkey(Ed25519NoteSigner(settings.origin, key).verifier_key)
        possession = sign_possession(key, origin=settings.origin, organisation=record, line=vkey)
        key.save(settings.keys / f"log-{name}.pem")
        say_json({"record": record, "data": {"log_vkey": vkey, "possession": encode_base64(possession)}})


@app.command()
def new_ml_dsa(
    directory: Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")],
) -> None:
    """让账本的签章多一行ML-DSA-44签名（抗量子）：生成密钥，写进账本的设置，重新启动账本后生效。

    Adds an ML-DSA-44 signature line to checkpoints, beside the Ed25519 one: makes the key and sets it, for the next
    start. Its vkey is published in log/vkey; no entry names it, so it proves nothing to who got the key elsewhere.
    """
    with refusals():
        settings = load_settings(directory)
        key = MlDsaPrivateKey.generate()
        verifier_key = VerifierKey(settings.origin, ML_DSA_44, key.public_key)
        key.save(settings.keys / f"ml-dsa-{verifier_key.key_id:08x}.pem")
        save_ml_dsa(directory, format_vkey(verifier_key), settings.ml_dsa_vkeys)
    say(
        f"新密钥在{settings.keys}里，编号{verifier_key.key_id:08x}。重新启动账本后，签章就多这一行；旧的公钥留在设置里，以便核对旧的签章。",
        f"The key {verifier_key.key_id:08x} is in place and signs after a restart. Earlier ones stay in the settings.",
    )


@app.command()
def new_inbox(
    directory: Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")],
    path: Annotated[Path, typer.Argument(help="收信密钥存到哪个文件 / where to keep the inbox key")],
) -> None:
    """生成收信密钥：公钥写进账本的设置，私钥存成文件，交给负责信息公开的人，不要留在服务器上。

    Makes an inbox key: its public half goes into the ledger's settings, the private half to those who read letters.
    """
    with refusals():
        load_settings(directory)
        key = InboxKey.generate()
        key.save(path)
        save_inbox(directory, key.line)
    say(
        f"收信密钥已存入{path}，尾号{key.key_id[-4:]}。请交给负责信息公开的人，然后从这台机器上删除；重新启动账本后生效。"
        "旧的收信密钥要再留30天，才读得到以前的来信。",
        f"The inbox key is in {path}. Hand it to those who read letters and delete it here; it is used after a restart."
        " Keep an older one for 30 days more, to read what was sent before.",
    )


@app.command()
def enrol(
    request: Annotated[Path, typer.Argument(help="key show 给出的申请 / the request from key show")],
    post: Annotated[str, typer.Option(help="岗位，不写人名 / the post, never a name")],
    can: Annotated[str, typer.Option(help=f"权限，用逗号分开 / capabilities: {', '.join(CAPABILITIES)}")],
    expires: Annotated[str, typer.Option(help="有效期至 / expires on, like 2026-12-31")],
    keys: KeyFiles,
    to: To,
    per_event: Annotated[int | None, typer.Option(help="单笔上限（分） / most per event, in fen")] = None,
    per_day: Annotated[int | None, typer.Option(help="单日上限（分） / most per day, in fen")] = None,
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
) -> None:
    """由登记机构或管理员启用一把员工密钥。 Enrols a staff key, signed by the registrar or the admins."""
    with refusals():
        limits = {"per_event_fen": per_event, "per_day_fen": per_day}
        data = {
            **_read_request(request),
            "post": post,
            "capabilities": [name.strip() for name in can.split(",")],
            "limits": {name: fen for name, fen in limits.items() if fen is not None},
            "expires_on": expires,
        }
        sign_and_submit(KeyEnrolled, {"data": data}, keys=keys, client=Client(to, vkey), receipts=receipts)


@app.command()
def revoke(
    reference: Annotated[str, typer.Argument(help="key/编号 / the key's record")],
    reason: Annotated[str, typer.Option(help="left、lost、stolen 或 ended")],
    keys: KeyFiles,
    to: To,
    doubtful_from: Annotated[int | None, typer.Option(help="从第几条起存疑 / doubtful from entry")] = None,
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
) -> None:
    """注销密钥：此后的签署不再采信，以前的账目不变。 Revokes a key; earlier entries stand."""
    with refusals():
        data = {"reason": reason, **({} if doubtful_from is None else {"doubtful_from": doubtful_from})}
        content = {"data": data, "record": reference}
        sign_and_submit(KeyRevoked, content, keys=keys, client=Client(to, vkey), receipts=receipts)


def _read_request(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        value = None
    if not isinstance(value, dict) or value.keys() != {"organisation", "public_key", "possession"}:
        raise InvalidFieldError(
            f"{path}不是启用申请。请用 yangguang key show 密钥文件 --organisation … --origin … 生成。",
            f"{path} is not an enrolment request. Make it with yangguang key show FILE --organisation … --origin ….",
        )
    return value
