"""``yangguang record``: one event from a JSON file, signed here, submitted there, the receipt kept."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.canonical import parse_strict
from ledger.domain.catalogue import EVENTS, event_class
from ledger.domain.event import Event
from ledger.domain.values import label_of, place_of
from ledger.errors import InvalidFieldError
from ledger.opening import Submission
from yangguang.cli.console import out, refusals, say
from yangguang.cli.evidence import Photos, check_takes_photos, keep_photos, send_photos, with_photos
from yangguang.cli.submitting import (
    RECEIPTS,
    To,
    Vkey,
    keep_receipt,
    prepare,
    private_keys,
    say_recorded,
)
from yangguang.client import Client
from yangguang.slips.keeping import SlipOrder

MAX_FILE = 1024 * 1024
MEMBERS = {"record": str, "occurred_on": str, "data": dict, "free": dict, "fields": dict, "rows": list}


def record(
    event_type: Annotated[str, typer.Argument(metavar="TYPE", help="如 donation.received；list 列出全部 / or list")],
    data: Annotated[
        Path | None, typer.Option(help="内容文件（JSON）；不给就列出要填什么 / without it, shows the fields")
    ] = None,
    photo: Photos = None,
    key: Annotated[list[Path] | None, typer.Option(help="签署用的密钥文件，可重复 / key file, repeatable")] = None,
    to: To = "http://127.0.0.1:8000",
    vkey: Vkey = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
    slips: Annotated[
        Path | None, typer.Option(help="给名单上每人打印凭条，放在这个文件夹 / write a slip for each sealed row here")
    ] = None,
    site: Annotated[str | None, typer.Option(help="家属核对凭条的网址，不给就用 --to / the site on the slips")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="留下凭条的底稿，以后可以重印 / keep what reprints them")
    ] = False,
    together: Annotated[bool, typer.Option(help="凭条全部放进一个文件 / all slips in one file")] = False,
) -> None:
    """记一件事：草拟、签署、提交、保存回执。

    文件里写 {"occurred_on": "2024-05-14", "record": "donation/…（新记录不写）", "data": {…公开内容…},
    "free": {…可撤下的文字…}, "rows": [{…封存的名单，一行一人…}]}。

    附照片：--photo IMG_0421.jpg=新操场 --photo 签收单.png。原图不会送出：程序按像素另做一份，长边1600像素，
    不带拍摄地点、时间、机型，存在回执旁边的 photographs 里，记入后送到账本。没有送到的，再运行
    yangguang evidence send。

    公开的文字里不能有身份证号码、手机号码、银行卡号、电子邮箱。

    Drafts, signs, submits and keeps the receipt. Nothing but signed bytes, disclosures and the pixels of --photo
    leaves this device.
    """
    with refusals():
        if data is None:
            _explain(event_type)
            return
        cls = event_class(event_type, 1)
        if not key:
            raise typer.BadParameter("请用 --key 指明签署用的密钥文件 / name the key file with --key")
        if photo:
            check_takes_photos(cls)
        client = Client(to, vkey)
        photos = keep_photos(photo or (), receipts)
        submission = prepare(cls, with_photos(_read(data), photos), private_keys(key), client)
        order = SlipOrder(slips, site or to, keep=keep, together=together) if slips else None
        _submit(cls, submission, order, client=client, receipts=receipts)
        send_photos(photos, client)


def _submit(
    cls: type[Event], submission: Submission, order: SlipOrder | None, *, client: Client, receipts: Path
) -> None:
    if order is None:
        receipt = client.submit(submission)
        say_recorded(receipt, cls, keep_receipt(receipt, receipts))
        return
    kept = order.draw(submission, client)
    with order.kept(kept):
        receipt = client.submit(submission)
    say_recorded(receipt, cls, keep_receipt(receipt, receipts))
    paths = order.deliver(kept, receipt)
    say(
        f"{len(kept.slips)}张凭条，共{len(paths)}个文件，在{order.directory}，只有您能读。印好交给本人后，请从这台机器上删除。",
        f"{len(kept.slips)} slips, {len(paths)} files under {order.directory}. Delete them once they are handed over.",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = parse_strict(path.read_bytes(), max_bytes=MAX_FILE)
    except OSError as error:
        raise InvalidFieldError(f"读不了{path}。", f"Cannot read {path}: {error.strerror}.") from None
    if not isinstance(content, dict):
        raise InvalidFieldError(f"{path}里应是一个JSON对象。", f"{path} must hold a JSON object.")
    for name, value in content.items():
        if not isinstance(value, MEMBERS.get(name, object)):
            raise InvalidFieldError(f"“{name}”的值不对。", f"{name!r} has a wrong kind of value.", f"/{name}")
    return content


def _explain(event_type: str) -> None:
    if event_type == "list":
        for each in EVENTS.values():
            out.print(f"{each.TYPE:32} {each.LABEL.zh}  {each.LABEL.en}", markup=False)
        return
    cls = event_class(event_type, 1)
    places = {"data": "data 公开", "withdrawable": "free 可撤下", "sealed": "fields 封存"}
    say(f"{cls.LABEL.zh}（{cls.TYPE}）要填：", f"{cls.LABEL.en}: the fields.")
    for name, info in cls.model_fields.items():
        label = label_of(info)
        need = "必填" if info.is_required() else "可不填"
        need += "，用 --photo 附上" if name == "evidence" else ""
        out.print(f"  {info.alias or name:18} {places[place_of(info)]}，{need}  {label.zh} / {label.en}", markup=False)
    if cls.ROW is not None:
        out.print(f"  rows 封存，一行一人：{'、'.join(cls.ROW.model_fields)}", markup=False)
