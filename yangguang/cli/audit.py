"""``yangguang audit``: verifies a ledger and replays every rule, as the writer judged each entry at admission."""

import typer

from ledger.audit.audit import Audit
from ledger.audit.audit import audit as audit_source
from ledger.audit.mirror import read_once
from ledger.audit.replayed import FAMILIES
from ledger.audit.verify import Options
from yangguang.cli.console import out, progress_bar, say, say_json
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


def audit(
    source: SourceArgument,
    genesis: Genesis = None,
    vkey: Vkey = None,
    since: Since = None,
    receipts: Receipts = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """审计账本：先像 verify 一样核对每个字节，再按记账时的规则把每一条重新判断一遍。

    不信任来源说的任何话：谁有权签、钱够不够、公示满没满、验收是不是别人做的，都从公开的账目重新推算。

    Verifies as `verify` does, then judges every entry again by the rules of admission, from public data alone.

    例 / examples:

    yangguang audit https://ledger.example

    yangguang audit D --genesis 9f3c… --since old.checkpoint --receipts receipts/

    第二例锁定了账本的身份，并核对您保存的签章和回执。身份不锁定时，只能说这本账自己前后一致。

    The second one pins the identity and checks what you kept; unpinned, a ledger is only consistent with itself.

    退出码：0一致，1有问题，2用法不对。Exit 0 good, 1 a finding, 2 wrong usage.
    """
    options = Options(genesis, vkey, since, receipts, policy_in(policy), processes=processes())
    with opened(source) as read, read_once(read) as once, progress_bar("审计 auditing") as progress:
        done = audit_source(once, options, progress)
    if as_json:
        say_json(done.to_json())
    else:
        show(done)
    raise typer.Exit(done.report.exit_code)


def show(done: Audit) -> None:
    """The verdict, what was replayed, what to know, and last what is wrong, where the eye stays."""
    show_verdict(done.report)
    _show_replayed(done)
    for remark in done.notes:
        say(remark.zh, remark.en)
    show_findings(done.report)


def _show_replayed(done: Audit) -> None:
    say("按规则重新判断的账目：", "Entries judged again, by family of rules:")
    for module, (label, _) in FAMILIES.items():
        count = done.replayed.families[module.__name__.rpartition(".")[2]]
        if count:
            out.print(f"  {count:>9,}  {label.zh}  [dim]{label.en}[/dim]")
    corrections, voids = len(done.replayed.corrections), len(done.replayed.voids)
    say(
        f"其中更正{corrections:,}条，作废{voids:,}条；改动前后的内容都还在账本里。",
        f"{corrections} corrections and {voids} voids; what stood before them is still in the ledger.",
    )
