"""What ``verify`` and ``audit`` share: their options, and how they tell what they found."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ledger.audit.report import Report
from ledger.audit.saved import OtherChecksError
from ledger.audit.source import Source, open_source
from ledger.errors import LedgerError
from ledger.signing.quorum import read_policy
from ledger.tlog.policy import Policy
from yangguang.cli.console import USAGE, fail, out, refusals, say

SHOWN = 20
SourceArgument = Annotated[
    str, typer.Argument(help="网址、账本或公布的文件夹 / a URL, ledger directory or published folder")
]
Genesis = Annotated[str | None, typer.Option(help="锁定创世指纹 / pin the genesis digest")]
Vkey = Annotated[str | None, typer.Option(help="锁定账本公钥 / pin the log's verifier key")]
Since = Annotated[Path | None, typer.Option(help="以前保存的签章 / an old checkpoint you kept")]
Receipts = Annotated[Path | None, typer.Option(help="回执文件夹：核对每张都在 / a folder of receipts")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="见证规则文件：认哪本账、要哪几家联署 / a C2SP tlog-policy file")
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="状态文件：从上次核对到的地方接着核对；中断了也能接着来 / go on where the last run ended",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")]


def policy_in(path: Path | None) -> Policy | None:
    """A policy that cannot be read says nothing about the ledger, so it is wrong usage and no finding."""
    try:
        return None if path is None else read_policy(path)
    except LedgerError as error:
        fail(error.zh, error.en, USAGE)


def processes() -> int:
    """How many share the signatures."""
    return os.cpu_count() or 1


@contextmanager
def opened(text: str) -> Iterator[Source]:
    """The source that an argument names, closed at the end; refusals are told and leave with exit code 1.

    A state of the other command is wrong usage.
    """
    with refusals(), _states_told():
        source = open_source(text)
        try:
            yield source
        finally:
            source.close()


@contextmanager
def _states_told() -> Iterator[None]:
    try:
        yield
    except OtherChecksError as error:
        fail(error.zh, error.en, USAGE)


def show_verdict(report: Report) -> None:
    """The verdict in one sentence, and how much was looked at."""
    good = report.exit_code == 0
    out.print(f"{'✓' if good else '✗'} {report.summary.zh}", style="green" if good else "red", markup=False)
    out.print(report.summary.en, style="dim", markup=False)
    counts = report.counts
    now, now_en = ("本次核对", " verified now") if report.resumed_at else ("", "")
    say(
        f"账本 {report.origin}，{now}{counts.entries:,}条账目，{counts.signatures:,}个签名，"
        f"{counts.files:,}个公布的文件，{counts.receipts:,}张回执。",
        f"{counts.entries} entries{now_en}, {counts.signatures} signatures, {counts.files} files. Root {report.root}",
    )


def show_findings(report: Report) -> None:
    """What is wrong, the first wrong entry at the top."""
    for finding in report.findings[:SHOWN]:
        out.print(f"• {finding.zh}", style="red", markup=False)
        out.print(f"  {finding.en}", style="dim", markup=False)
    if len(report.findings) > SHOWN:
        say(f"另有{report.counts.findings - SHOWN:,}处，用 --json 看全部。", "See the rest with --json.")
