"""``yangguang verify``: recomputes everything from the bytes; trusts nothing the source says about itself."""

import typer

from ledger.audit.report import Report
from ledger.audit.verify import Options
from ledger.audit.verify import verify as verify_source
from yangguang.cli.console import progress_bar, say, say_json
from yangguang.cli.verifying import (
    AsJson,
    Genesis,
    PolicyFile,
    Receipts,
    Since,
    SourceArgument,
    Vkey,
    opened,
    policy_in,
    processes,
    show_findings,
    show_verdict,
)


def verify(
    source: SourceArgument,
    genesis: Genesis = None,
    vkey: Vkey = None,
    since: Since = None,
    receipts: Receipts = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """核对账本：签名、账目链、总指纹、签章，全部从原始字节重新计算。退出码0为一致，1为有问题，2为用法不对。

    Verifies a ledger from its bytes: signatures, chains, tree, checkpoint. Exit 0 good, 1 a finding, 2 wrong usage.
    """
    options = Options(genesis, vkey, since, receipts, policy_in(policy), processes=processes())
    with opened(source) as read, progress_bar("核对 verifying") as progress:
        report = verify_source(read, options, progress)
    if as_json:
        say_json(report.to_json())
    else:
        show(report)
    raise typer.Exit(report.exit_code)


def show(report: Report) -> None:
    """The report in words: the verdict first, then what is wrong."""
    show_verdict(report)
    for remark in report.notes:
        say(remark.zh, remark.en)
    show_findings(report)
