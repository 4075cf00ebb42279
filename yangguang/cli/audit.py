"""``yangguang audit``: verifies a ledger and replays every rule, as the writer judged each entry at admission."""

from typing import Annotated

import typer

from ledger.audit.audit import Audit
from ledger.audit.audit import audit as audit_source
from ledger.audit.mirror import read_once
from ledger.audit.replayed import FAMILIES
from ledger.audit.verify import Options
from yangguang.cli.console import out, progress_bar, say, say_json
from yangguang.cli.figures_audit import figures_json, own_pages
from yangguang.cli.figures_audit import show as show_figures
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
from yangguang.figures_audit.check import FiguresReport, check_figures

Figures = Annotated[
    bool, typer.Option("--figures", help="重算全部公开数字，与签署的和网页上的比较 / recompute every public figure")
]
Site = Annotated[
    str | None, typer.Option("--site", help="网页在别处时：网址或导出的文件夹 / where the pages are, if elsewhere")
]


def audit(
    source: SourceArgument,
    genesis: Genesis = None,
    vkey: Vkey = None,
    since: Since = None,
    receipts: Receipts = None,
    policy: PolicyFile = None,
    state: State = None,
    figures: Figures = False,
    site: Site = None,
    as_json: AsJson = False,
) -> None:
    """审计账本：先像 verify 一样核对每个字节，再按记账时的规则把每一条重新判断一遍。

    不信任来源说的任何话：谁有权签、钱够不够、公示满没满、验收是不是别人做的，都从公开的账目重新推算。

    Verifies as `verify` does, then judges every entry again by the rules of admission, from public data alone.

    例 / examples:

    yangguang audit https://ledger.example

    yangguang audit D --genesis 9f3c… --since old.checkpoint --receipts receipts/

    yangguang audit https://ledger.example --figures --state kept.state

    第二例锁定了账本的身份，并核对您保存的签章和回执。身份不锁定时，只能说这本账自己前后一致。

    The second one pins the identity and checks what you kept; unpinned, a ledger is only consistent with itself.

    第三例还从账目重算每个公开的数字：逐次公布时签署的，和五个网页上现在写的，每页说相同还是不同、哪里不同。

    The third also recomputes every public figure: those signed for each period, and those the five pages show now.

    带 --state，下一次或中断以后只审计新增的，见 verify --help；计数仍是全部账目的。With --state only what is new.

    退出码：0一致，1有问题，2用法不对。Exit 0 good, 1 a finding, 2 wrong usage.
    """
    options = Options(genesis, vkey, since, receipts, policy_in(policy), processes=processes(), state=state)
    done, found = _audited(source, options, site, figures=figures)
    if as_json:
        say_json({**done.to_json(), **(figures_json(found) if figures else {})})
    else:
        show(done)
        if figures:
            show_figures(found)
    raise typer.Exit(done.report.exit_code or (found.exit_code if found else 0))


def _audited(source: str, options: Options, site: str | None, *, figures: bool) -> tuple[Audit, FiguresReport | None]:
    with opened(source) as read:
        pages = own_pages(source, site) if figures else None
        with read_once(read) as once, progress_bar("审计 auditing") as progress:
            done = audit_source(once, options, progress)
            # Figures of a log that is itself wrong prove nothing.
            return done, check_figures(once, site=pages) if figures and not done.report.exit_code else None


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
