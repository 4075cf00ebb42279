"""``yangguang monitor``: one round of a regulator's watch, for a person or for cron."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ledger.errors import LedgerError
from yangguang.cli.console import USAGE, fail, out, progress_bar, say, say_json
from yangguang.cli.verifying import AsJson, Genesis, PolicyFile, policy_in, processes
from yangguang.monitor.feed import COLOURS
from yangguang.monitor.freshness import Thresholds
from yangguang.monitor.round import Watch, check_pin, run_round
from yangguang.monitor.signals import BLUE, RED, YELLOW, RoundReport, Signal, shown
from yangguang.monitor.state import StateFolder

NO_ROUND = 3
NO_EVIDENCE = (
    "这一轮没有进行，保存的状态没有变；这不是造假的证据。",
    "No round was made and the state is as it was; that is no evidence of fraud.",
)
SHOWN = 10
STYLES = {RED: "bold red", YELLOW: "yellow", BLUE: "blue"}
VERDICTS = {
    "alarm": ("有警报，证据已保存", "alarm; the evidence is kept"),
    "attention": ("账本前后一致，有需要留意的事", "consistent; something needs attention"),
    "good": ("账本前后一致", "consistent"),
}
MostNew = Annotated[int, typer.Option(min=1, help="一轮至多读多少条新账目 / most new entries to read in a round")]


def monitor(
    url: Annotated[str, typer.Argument(help="账本网站 / the ledger's site")],
    state: Annotated[
        Path, typer.Option(help="状态文件夹：也是证据，请备份 / kept between rounds; evidence, back it up")
    ],
    genesis: Genesis = None,
    policy: PolicyFile = None,
    max_entry_age: Annotated[int, typer.Option(min=1, help="最新账目超过几天算旧 / days")] = 30,
    max_cosignature_age: Annotated[int, typer.Option(min=1, help="联署超过几小时算旧 / hours")] = 24,
    most_new: MostNew = 1_000_000,
    strict: Annotated[bool, typer.Option("--strict", help="黄色也以退出码1结束 / exit 1 for yellow too")] = False,
    as_json: AsJson = False,
) -> None:
    """监测账本一轮：和上次接得上吗？新不新？新增、更正、逾期了什么？适合放进 cron。

    第一轮读入并核对全部账目，锁定身份；以后每轮只读新增的，从上一轮核对到的地方接着核对每个签名和每条规则，
    并抽查几个旧文件还是不是原样。上一轮的结果不在了或已损坏，就全部重新核对，并说明。

    One round of a watch: consistent since last time? fresh? what is new, corrected, overdue?

    红：历史被改写、账本变短、签名不对；互相矛盾的签章会保存在状态文件夹里。

    黄：很久没有新账、联署不够、公开义务逾期、密钥存疑。蓝：一般消息。

    Red: history rewritten, the log shrank, a signature is broken. Yellow: stale, not cosigned, overdue. Blue: news.

    17 * * * * yangguang monitor https://ledger.example --state /var/lib/watch --genesis 9f3c…

    状态文件夹可以离线核对：yangguang verify STATE；里面的 feed.xml 可以订阅。

    退出码：0没有红色；1有红色（--strict 时黄色也算）；2用法不对；3这一轮没有进行（网站不通等），这不说明造假。

    Exit 0 nothing red; 1 red, or yellow with --strict; 2 wrong usage; 3 no round was made: no evidence of fraud.
    """
    limits = Thresholds(timedelta(max_entry_age), timedelta(hours=max_cosignature_age), policy_in(policy))
    report = _round(url, state, Watch(genesis, limits, most_new, processes=processes()), as_json=as_json)
    if as_json:
        say_json(report.to_json())
    else:
        show(report)
    raise typer.Exit(report.exit_code(strict=strict))


def _round(url: str, state: Path, watch: Watch, *, as_json: bool) -> RoundReport:
    """The report, or the sentence and exit code of wrong usage or of no round."""
    try:
        check_pin(StateFolder(state).load(), watch.genesis)
    except LedgerError as error:
        fail(error.zh, error.en, USAGE)
    try:
        with progress_bar("核对 verifying") as progress:
            return run_round(url, state, watch, progress)
    except LedgerError as error:
        _say_no_round(url, error, as_json=as_json)


def _say_no_round(url: str, error: LedgerError, *, as_json: bool) -> NoReturn:
    zh, en = f"{shown(error.zh)}{NO_EVIDENCE[0]}", f"{shown(error.en)} {NO_EVIDENCE[1]}"
    if as_json:
        say_json({"verdict": "no-round", "url": url, "zh": zh, "en": en})
    fail(zh, en, NO_ROUND)


def show(report: RoundReport) -> None:
    """The verdict, what is kept now, and the signals, alarms first."""
    zh, en = VERDICTS[report.verdict]
    style = {"alarm": "bold red", "attention": "yellow", "good": "green"}[report.verdict]
    out.print(f"{'✗' if report.verdict == 'alarm' else '✓'} {zh}", style=style, markup=False)
    out.print(en, style="dim", markup=False)
    grown = "" if report.previous_size is None else f"（上次{report.previous_size:,}条）"
    newest = "" if report.newest_at is None else f"，最新一条记于{report.newest_at:%Y-%m-%d %H:%M} UTC"
    say(f"账本 {shown(report.origin)}，{report.size:,}条{grown}{newest}。", f"Root {report.root}")
    for signal in _shortened(report):
        out.print(f"［{COLOURS[signal.level]}］{shown(signal.zh)}", style=STYLES[signal.level], markup=False)
        out.print(f"      {shown(signal.en)}", style="dim", markup=False)
    if report.evidence is not None:
        say(f"证据保存在{report.evidence}，请复制一份给监督机构。", f"The evidence is in {report.evidence}.")


def _shortened(report: RoundReport) -> Iterator[Signal]:
    """The first few of each code: the rest is in ``--json`` and the feed."""
    counts: Counter[str] = Counter()
    for signal in report.signals:
        counts[signal.code] += 1
        if counts[signal.code] <= SHOWN:
            yield signal
    for code, count in counts.items():
        if count > SHOWN:
            more = count - SHOWN
            yield Signal(BLUE, code, f"另有{more}条同类的，用 --json 看全部。", f"{more} more; see them with --json.")
