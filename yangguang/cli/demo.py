"""``yangguang demo``: the Sanpai programme built, verified and served, labelled 演示数据 on every page."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ledger.audit.source import open_source
from ledger.audit.verify import Options
from ledger.audit.verify import verify as verify_source
from ledger.publishing.publisher import Publisher
from ledger.sealing.letters import InboxKey
from ledger.settings import save_inbox
from yangguang.cli.console import fail, progress_bar, refusals, say
from yangguang.cli.serve import announce
from yangguang.cli.verify import show
from yangguang.demo.scribe import build
from yangguang.serving import build_views
from yangguang.several import Place
from yangguang.several import serve as serve_directory

MARK = "DEMONSTRATION.txt"
MARK_TEXT = "演示数据：由 yangguang demo 生成，再运行时会删除重建。\nDemonstration data, rebuilt at every run.\n"


def demo(
    directory: Annotated[Path, typer.Option("--dir", help="放在哪里 / where to build it")] = Path("demo"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 / port")] = 8000,
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    scale: Annotated[
        int,
        typer.Option(
            min=1, max=1000, help="把整个演示记入几份 / how many copies of the whole story go into one ledger"
        ),
    ] = 1,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="核对后结束 / stop after verifying")] = False,
) -> None:
    """建立演示账本：逐条签署、记入、核对，然后打开网站、账本文件和接口。

    Builds the demonstration by signing and admitting every event, verifies it, then serves site, log and API.
    """
    with refusals():
        _build(directory, scale)
        _verify(directory)
        if not no_serve:
            announce(f"http://{host}:{port}")
            say("按 Ctrl+C 结束。", "Press Ctrl+C to stop.")
            serve_directory(directory, Place(host, port), role="all")


def _build(directory: Path, scale: int) -> None:
    if directory.exists() and any(directory.iterdir()) and not (directory / MARK).exists():
        fail(
            f"{directory}不是演示账本，不会删除它。请用 --dir 换一个文件夹。",
            f"{directory} is not a demonstration and is left alone. Choose another folder with --dir.",
            code=2,
        )
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    (directory / MARK).write_text(MARK_TEXT, encoding="utf-8")
    with progress_bar("签署并记入 signing and admitting") as progress:
        ledger = build(directory, copies=scale, progress=progress)
    size, genesis = Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish(), ledger.genesis()
    ledger.close()
    # Unlike every other key here it is no published one: what visitors write to a demonstration is still their own.
    inbox_key = InboxKey.generate()
    inbox_key.save(directory / "keys" / "inbox.pem")
    save_inbox(directory, inbox_key.line)
    with progress_bar("生成页面数据 folding") as progress:
        build_views(ledger.settings).run_once(progress=progress)
    say(f"演示账本已建立：{directory}，{size:,}条账目。", f"The demonstration has {size} entries.")
    say(f"创世指纹 genesis    {genesis}")


def _verify(directory: Path) -> None:
    with progress_bar("核对 verifying") as progress:
        report = verify_source(open_source(str(directory)), Options(processes=os.cpu_count() or 1), progress)
    show(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)
