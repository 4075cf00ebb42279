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
    State,
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
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """核对账本：签名、账目链、总指纹、签章，全部从原始字节重新计算。退出码0为一致，1为有问题，2为用法不对。

    Verifies a ledger from its bytes: signatures, chains, tree, checkpoint. Exit 0 good, 1 a finding, 2 wrong usage.

    --state FILE：核对到哪里就保存到哪里，下一次（或中断以后）先证明账本接着保存的部分，再只核对新增的账目。
    本机的账本，旧账目的每份字节也再与总指纹核对一遍，但签名和库里旁边的各栏不再核对；网址的旧文件不再下载。
    接不上就是有问题（退出码1），并从第0条起全部核对；状态损坏或由别的版本写成的，说明以后全部核对，不会悄悄使用。
    谁能改写状态文件，谁就能让它替没核对过的账目作保，请放在自己手里。

    With --state FILE a run goes on where the last one ended, or was cut: it proves that the log continues what was
    verified, and verifies what is new. Of a local ledger the bytes of old entries are compared with the tree again,
    their signatures and the columns beside them are not; the old files of a site are not fetched again. A log that
    does not continue the state is a finding, and is verified whole; so is any log, with a note, where the state is
    damaged or of another version. Keep the file where only you can write.
    """
    options = Options(genesis, vkey, since, receipts, policy_in(policy), processes=processes(), state=state)
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
