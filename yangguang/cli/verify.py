"""``yangguang verify``: recomputes everything from the bytes; trusts nothing the source says about itself."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ledger.audit.report import Report
from ledger.audit.source import open_source
from ledger.audit.verify import Options
from ledger.audit.verify import verify as verify_source
from yangguang.cli.console import out, progress_bar, refusals, say, say_json

SHOWN = 20


def verify(
    source: Annotated[
        str, typer.Argument(help="网址、账本或公布的文件夹 / a URL, ledger directory or published folder")
    ],
    genesis: Annotated[str | None, typer.Option(help="锁定创世指纹 / pin the genesis digest")] = None,
    vkey: Annotated[str | None, typer.Option(help="锁定账本公钥 / pin the log's verifier key")] = None,
    since: Annotated[Path | None, typer.Option(help="以前保存的签章 / an old checkpoint you kept")] = None,
    receipts: Annotated[Path | None, typer.Option(help="回执文件夹：核对每张都在 / a folder of receipts")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """核对账本：签名、账目链、总指纹、签章，全部从原始字节重新计算。退出码0为一致，1为有问题，2为用法不对。

    Verifies a ledger from its bytes: signatures, chains, tree, checkpoint. Exit 0 good, 1 a finding, 2 wrong usage.
    """
    options = Options(genesis, vkey, since, receipts, processes=os.cpu_count() or 1)
    with refusals(), closing(open_source(source)) as opened, progress_bar("核对 verifying") as progress:
        report = verify_source(opened, options, progress)
    if as_json:
        say_json(report.to_json())
    else:
        show(report)
    raise typer.Exit(report.exit_code)


def show(report: Report) -> None:
    """The report in words: the verdict first, then what is wrong, the first wrong entry at the top."""
    good = report.exit_code == 0
    out.print(f"{'✓' if good else '✗'} {report.summary.zh}", style="green" if good else "red", markup=False)
    out.print(report.summary.en, style="dim", markup=False)
    counts = report.counts
    say(
        f"账本 {report.origin}，{counts.entries:,}条账目，{counts.signatures:,}个签名，"
        f"{counts.files:,}个公布的文件，{counts.receipts:,}张回执。",
        f"{counts.entries} entries, {counts.signatures} signatures, {counts.files} files. Root {report.root}",
    )
    for remark in report.notes:
        say(remark.zh, remark.en)
    for finding in report.findings[:SHOWN]:
        out.print(f"• {finding.zh}", style="red", markup=False)
        out.print(f"  {finding.en}", style="dim", markup=False)
    if len(report.findings) > SHOWN:
        say(f"另有{counts.findings - SHOWN:,}处，用 --json 看全部。", "See the rest with --json.")
