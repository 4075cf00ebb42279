"""``yangguang serve`` and ``yangguang rebuild``."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.settings import load_settings
from yangguang.cli.console import progress_bar, refusals, say
from yangguang.serving import ROLES, build_views
from yangguang.several import serve as serve_directory

Directory = Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")]


def serve(
    directory: Directory,
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 / port")] = 8000,
    role: Annotated[str, typer.Option(help="all、staff（只记账）或public（只公开）")] = "all",
    processes: Annotated[int, typer.Option(min=1, max=64, help="应答的进程数 / processes that answer")] = 1,
) -> None:
    """运行账本：公开页面、账本文件和记账接口。 Runs the ledger: pages, log files and API."""
    if role not in ROLES:
        raise typer.BadParameter(f"--role 只能是 {'、'.join(ROLES)} / one of {', '.join(ROLES)}")
    with refusals():
        announce(f"http://{host}:{port}", role)
        serve_directory(directory, host=host, port=port, role=role, processes=processes)


def rebuild(directory: Directory) -> None:
    """删除并重新生成页面用的数据；账本本身不动。 Drops and rebuilds the read models; the log is untouched."""
    with refusals(), progress_bar("重建 rebuilding") as progress:
        runner = build_views(load_settings(directory))
        runner.rebuild()
        count = runner.run_once(progress=progress)
    say(f"已从{count:,}条账目重新生成。", f"Rebuilt from {count:,} entries.")


def announce(url: str, role: str = "all") -> None:
    """Prints where things are."""
    if role != "staff":
        say(f"公开页面 pages      {url}/")
        say(f"账本文件 log        {url}/log/checkpoint")
        say(f"自己核对 verify     yangguang verify {url}")
    if role != "public":
        say(f"接口说明 API        {url}/api/docs")
