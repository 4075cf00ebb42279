"""The command line: one module per capability, all of them collected here."""

import typer

from yangguang.cli import (
    audit,
    backup,
    demo,
    evidence,
    export,
    figures,
    head,
    importing,
    inbox,
    init,
    key,
    monitor,
    record,
    sealed,
    serve,
    slip,
    verify,
    witness,
    work,
)

HELP = """阳光账本：每笔捐赠、每次奖学金、每项工程都是一条签了名的账目，谁都能核对。

Yangguang Ledger: every donation, award and renovation is a signed entry that anyone can check.

开始：yangguang demo（演示）；yangguang init D --origin O（建立账本）；yangguang serve D（运行）。
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.add_typer(key.app, name="key")
app.command("record")(record.record)
app.command("import")(importing.import_)
app.add_typer(evidence.app, name="evidence")
app.add_typer(sealed.app, name="sealed")
app.add_typer(slip.app, name="slip")
app.command("work")(work.work)
app.add_typer(inbox.app, name="inbox")
app.command("figures")(figures.figures)
app.command("verify")(verify.verify)
app.command("audit")(audit.audit)
app.command("monitor")(monitor.monitor)
app.add_typer(witness.app, name="witness")
app.add_typer(head.app, name="head")
app.command("export")(export.export)
app.command("rebuild")(serve.rebuild)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
