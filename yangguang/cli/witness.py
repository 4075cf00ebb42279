"""``yangguang witness``: run a witness, which any institution can do with one command and one small folder."""

from pathlib import Path
from typing import Annotated

import typer

from yangguang.cli.console import refusals, say
from yangguang.processes import leaving_in_order
from yangguang.serving import answer, listening
from yangguang.witness.app import create_witness
from yangguang.witness.witness import Witness, make_witness, policy_example

HELP = """见证机构：替公众记住一本账的样子。 A witness: it remembers, for everyone, what a log looked like.

账本每次更新都把新的签章交给见证机构；见证机构核对新的账本只增不改，才在签章下面联署并写上时间。账本要想改写历史，就得骗过每一家。
监督部门、审计机构、大学、报社都可以办一家：一台小机器、一个文件夹就够了，不用读懂账目。

\b
1  yangguang witness init W --name audit.example/witness
2  yangguang witness add W 账本公钥     （账本网址的/log/vkey，要从可靠来处核对）
3  yangguang witness serve W --host 0.0.0.0 --port 8080
4  账本一方把打印出的witness行写进witness.policy文件，
   在ledger.toml里写 policy = "witness.policy"，重新启动。

文件夹要放在不会退回旧状态的磁盘上；丢了就换个名字另办一家，不要从备份恢复：
退回去的见证机构会为另一份历史联署。

Keep the folder on a disk that is never rolled back. If it is lost, start a witness of another name.
"""

app = typer.Typer(help=HELP, no_args_is_help=True)
Directory = Annotated[Path, typer.Argument(help="见证机构的文件夹 / the witness's folder")]
Vkey = Annotated[str, typer.Argument(help="账本公钥，整行：账本网址的/log/vkey / the log's vkey, a whole line")]


@app.command()
def init(
    directory: Directory,
    name: Annotated[str, typer.Option(help="名字，像网址但不带https:// / its name, a schema-less URL")],
    ml_dsa: Annotated[
        bool, typer.Option("--ml-dsa", help="另用ML-DSA-44联署（抗量子） / cosign with ML-DSA-44 as well")
    ] = False,
) -> None:
    """建立见证机构：生成密钥。 Makes a witness and its key."""
    with refusals():
        make_witness(directory, name, ml_dsa=ml_dsa)
        witness = Witness(directory)
        _introduce(witness, "https://…")
        witness.close()
    say(
        f"密钥在{directory}里，不要交给任何人，也不要从旧备份恢复。下一步：yangguang witness add {directory} 账本公钥",
        "Keep the folder to yourself and never restore it from an older copy. Next: add a log, then serve.",
    )


@app.command()
def add(
    directory: Directory,
    vkey: Vkey,
    origin: Annotated[str | None, typer.Option(help="账本的地址名，与公钥的名字不同时才填 / the log's origin")] = None,
) -> None:
    """登记一本要见证的账；账本更换密钥后，再登记一次新的公钥。 Watches a log by one of its keys."""
    with refusals():
        witness = Witness(directory)
        found = witness.watch(vkey.strip(), origin)
        witness.close()
    say(f"开始见证账本“{found}”。", f"Now watching the log {found!r}.")


@app.command()
def drop(directory: Directory, vkey: Vkey) -> None:
    """不再相信一把账本公钥（换下来的、被盗的）。 No longer believes a key of a log."""
    with refusals():
        witness = Witness(directory)
        witness.store.drop_log_key(vkey.strip())
        witness.close()
    say("已不再相信这把公钥。", "That key is not believed any more.")


@app.command()
def serve(
    directory: Directory,
    name: Annotated[str | None, typer.Option(help="第一次运行时顺便建立 / makes it first, if it isn't there")] = None,
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 / port")] = 8080,
) -> None:
    """运行见证机构（C2SP tlog-witness）。 Runs the witness."""
    with refusals(), leaving_in_order(), listening(host, port) as listener:
        if name is not None and not (directory / "witness.toml").exists():
            make_witness(directory, name)
        witness = Witness(directory)
        _introduce(witness, f"http://{host}:{listener.getsockname()[1]}")
        for origin, cosigned in witness.store.logs():
            size = cosigned.checkpoint.tree_size if cosigned else 0
            say(f"见证账本“{origin}”：已联署到{size}条。", f"Watching {origin!r}, cosigned up to size {size}.")
        try:
            answer(create_witness(witness), listener)
        finally:
            witness.close()


def _introduce(witness: Witness, url: str) -> None:
    say(
        f"见证机构“{witness.name}”的公钥（整行公布出去，让读者自己填）：", "The witness's public keys, to be published:"
    )
    for vkey in witness.vkeys:
        say(vkey)
    say("账本和读者的见证规则（policy）里这样写：", "In a policy, of a log or a reader:")
    for line in policy_example(witness, url):
        say(f"    {line}")
