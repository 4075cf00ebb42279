"""``yangguang slip``: slips printed again from what ``record`` kept; a slip checked against a ledger, offline too."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.audit.entries import PublishedEntries
from ledger.audit.mirror import read_once
from ledger.audit.report import Report
from ledger.audit.slips import SlipFound, find_slip
from ledger.audit.verify import Options
from ledger.audit.verify import verify as verify_source
from ledger.domain.catalogue import event_class
from ledger.domain.correction import Corrected, Voided
from ledger.domain.entry import BEIJING
from ledger.domain.payload import Payload
from ledger.domain.sentences import format_day
from ledger.errors import NotFoundError
from ledger.sealing.slip import parse_slip
from yangguang.cli.console import out, progress_bar, refusals, say
from yangguang.cli.verify import show
from yangguang.cli.verifying import opened, processes
from yangguang.slips.kept import MAX_KEPT, parse_kept
from yangguang.slips.making import write_slips
from yangguang.slips.telling import fields_of, row_class, tell

UNDOING = {"corrected", "voided", "revoked", "reversed", "cancelled", "withdrawn", "returned", "defect_found"}
app = typer.Typer(help="本人凭条：重新打印、核对。 Beneficiaries' slips: print again, check.", no_args_is_help=True)


@app.command("print")
def print_again(
    kept: Annotated[Path, typer.Argument(help="record --keep 留下的底稿 / the file that record --keep left")],
    site: Annotated[str, typer.Option(help="家属核对用的网址 / the site at which families check")],
    to: Annotated[Path, typer.Option(help="放在哪个文件夹 / the folder to write into")],
    together: Annotated[bool, typer.Option(help="全部放进一个文件 / all slips in one file")] = False,
) -> None:
    """从底稿重新打印凭条。底稿里有封存的名单，用完请按规定保管或销毁。

    Prints the slips again from what was kept. The kept file holds the sealed rows: guard or destroy it.
    """
    with refusals():
        found = parse_kept(_read(kept))
        paths = write_slips(found, to, site, together=together)
    say(f"{len(found.slips)}张凭条已写入{to}。", f"{len(found.slips)} slips in {len(paths)} files under {to}.")


@app.command()
def check(
    slip: Annotated[str, typer.Argument(help="凭条的文件，或凭条上的整个网址 / the slip's file, or its whole address")],
    source: Annotated[
        str, typer.Option(help="账本的网址，或公布的文件夹（不用联网） / the ledger's URL, or a published folder")
    ],
    genesis: Annotated[str | None, typer.Option(help="锁定创世指纹 / pin the genesis digest")] = None,
    vkey: Annotated[str | None, typer.Option(help="锁定账本公钥 / pin the log's verifier key")] = None,
) -> None:
    """核对一张凭条：它的内容由哪一条账目封存，那本账对不对，后来有没有变动。内容不会离开这台设备。

    Checks a slip: which entry seals what it says, whether that ledger verifies, what happened since. Exit 0 or 1.
    """
    with refusals():
        wanted = parse_slip(_text_of(slip))
    with opened(source) as read, read_once(read) as once:
        with progress_bar("核对 verifying") as progress:
            report = verify_source(once, Options(genesis, vkey, processes=processes()), progress)
        entries = PublishedEntries(once)
        found = find_slip(entries, wanted)
        _show(report, entries, found)
    raise typer.Exit(report.exit_code)


def _show(report: Report, entries: PublishedEntries, found: SlipFound) -> None:
    if report.exit_code == 0:
        out.print(f"✓ 凭条是真的：它的内容由第{found.index:,}条封存，一个字也没有改过。", style="green", markup=False)
        out.print(f"The slip is true: entry {found.index} seals what it says.", style="dim", markup=False)
    else:
        out.print(f"✗ 凭条与第{found.index:,}条相符，但这本账没有通过核对，不能采信。", style="red", markup=False)
        out.print(f"It matches entry {found.index}, but the ledger does not verify.", style="dim", markup=False)
    _show_found(entries, found)
    show(report)


def _show_found(entries: PublishedEntries, found: SlipFound) -> None:
    payload, cls = found.payload, event_class(found.payload.type, found.payload.schema)
    history: dict[str, list[Payload]] = {}
    for _, each in entries.payloads():
        history.setdefault(each.record, []).append(each)
    read = lambda reference: history.get(reference, [])  # noqa: E731 - one expression, handed on
    before = history[payload.record][: payload.version - 1]
    recorded = found.entry.recorded_at + BEIJING
    say(f"{cls.LABEL.zh}：{tell(payload, before, read)}")
    say(f"事情发生：{format_day(payload.occurred_on)}；记入账本：{recorded:%Y-%m-%d %H:%M}（北京时间）。")
    for label, text in fields_of(row_class(payload, before), found.row):
        say(f"  {label}：{text}")
    _show_later(found)


def _show_later(found: SlipFound) -> None:
    undone = [(index, each) for index, each in found.later if each.type.partition(".")[2] in UNDOING]
    for index, each in undone:
        cls = event_class(each.type, each.schema)
        amends = issubclass(cls, Corrected | Voided) and each.data.get("event") == found.payload.event_id
        which = "，改的就是凭条所在的这一条" if amends else ""
        out.print(f"请注意：第{index:,}条{cls.LABEL.zh}{which}。", style="red", markup=False)
        out.print(f"Note: entry {index}, {cls.LABEL.en}.", style="dim", markup=False)
    if not undone:
        say("这件事到现在没有更正、作废或撤销。", "Nothing of it was corrected, voided or revoked since.")


def _text_of(slip: str) -> str:
    """The argument itself where it is an address, else the file's text."""
    return slip if "slip=" in slip else _read(Path(slip)).decode("utf-8", errors="replace")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_KEPT + 1)
    except OSError:
        raise NotFoundError(f"没有文件{path}。", f"There is no file {path}.") from None
