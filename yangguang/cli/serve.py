"""``yangguang serve`` and ``yangguang rebuild``."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.settings import load_settings
from yangguang.cli.console import progress_bar, refusals, say
from yangguang.cli.verifying import Genesis, PolicyFile, Vkey
from yangguang.following.node import Seen, check_kept, found_mirror
from yangguang.following.pins import Pins
from yangguang.serving import ROLES, build_views
from yangguang.several import Place
from yangguang.several import serve as serve_directory

Follow = Annotated[str | None, typer.Option(help="做那里公布的账本的镜像 / be a mirror of the ledger published there")]
Directory = Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")]


def serve(
    directory: Directory,
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 / port")] = 8000,
    role: Annotated[str, typer.Option(help="all、staff（只记账）或public（只公开）")] = "all",
    processes: Annotated[int, typer.Option(min=1, max=64, help="应答的进程数 / processes that answer")] = 1,
    follow: Follow = None,
    genesis: Genesis = None,
    vkey: Vkey = None,
    policy: PolicyFile = None,
) -> None:
    """运行账本：公开页面、账本文件和记账接口。 Runs the ledger: pages, log files and API.

    --follow 网址 把文件夹做成那里公布的账本的镜像：每条新账核对以后才收下，没有密钥，也不记账。

    --follow URL makes the folder a mirror of the ledger published there: each new entry is verified before it is taken
    in; the mirror has no key and records nothing. It may be any static host. Later starts need no --follow.
    """
    if role not in ROLES:
        raise typer.BadParameter(f"--role 只能是 {'、'.join(ROLES)} / one of {', '.join(ROLES)}")
    pins = Pins(genesis, vkey)
    with refusals():
        _make_mirror(directory, follow, role=role, pins=pins, policy=policy)
        announce(f"http://{host}:{port}", role)
        serve_directory(directory, Place(host, port, processes), role=role, pins=pins)


def _make_mirror(directory: Path, follow: str | None, *, role: str, pins: Pins, policy: Path | None) -> None:
    """Makes or readdresses the mirror that ``--follow`` asks for, and says whose ledger it is."""
    is_mirror = follow is not None or load_settings(directory).follow is not None
    if not is_mirror and (pins.are_given or policy is not None):
        raise typer.BadParameter("--genesis、--vkey、--policy 只和 --follow 一起用 / only together with --follow")
    if is_mirror and role != "public":
        raise typer.BadParameter("镜像不记账，请加 --role public / a mirror records nothing: add --role public")
    seen = None if follow is None else found_mirror(directory, follow, pins, policy)
    if is_mirror:
        check_kept(load_settings(directory), pins)
    if seen is not None:
        _tell(seen, pins)


def _tell(seen: Seen, pins: Pins) -> None:
    identity = seen.identity
    say(f"镜像的账本：{identity.origin}，来源现有{seen.tree_size:,}条。", f"A mirror of {identity.origin}.")
    say(f"创世指纹 genesis：{identity.genesis}")
    if not pins.are_given:
        say(
            "您没有给 --genesis 或 --vkey：账本的身份是按来源第一次说的锁定的，请和账本单位公布的核对。",
            "Neither --genesis nor --vkey was given: the identity is pinned as the source said at first sight. Compare"
            " it with what the ledger's operator publishes elsewhere.",
        )
    if seen.policy_from is None:
        say("没有见证规则，见证机构的联署没有带过来。", "No policy: cosignatures by witnesses are not carried over.")
    else:
        say(f"见证规则来自{seen.policy_from}。", f"The policy is from {seen.policy_from}.")


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
