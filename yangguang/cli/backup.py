"""``yangguang backup`` and ``yangguang restore``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ledger.backup.back_up import BackedUp, back_up
from ledger.backup.proof import Restored, Secrets
from ledger.backup.request import Request, Surroundings
from ledger.backup.restore import restore as restore_ledger
from ledger.backup.to_server import move_to_server
from ledger.clock import system_clock
from ledger.domain.entry import format_time
from ledger.settings import load_settings
from ledger.tlog.base64 import encode_base64
from yangguang.cli.console import FINDING, out, progress_bar, refusals, say, say_json

SHOWN = 20


def backup(
    directory: Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="放备份的新文件夹 / a new folder for the backup")],
    keys: Annotated[
        Path | None, typer.Option(help="另存密钥的新文件夹，最多保存30天 / a new folder apart for the keys, 30 days")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """备份账本，不必停止记账。备份里没有任何密钥；用 --keys 把密钥另存一处。

    Backs a ledger up while it goes on recording. The backup holds no keys; --keys writes those apart.
    """
    with refusals():
        made = back_up(load_settings(directory), target, keys=keys, now=system_clock(), stage=progress_bar)
    if as_json:
        say_json(_backup_json(made))
    else:
        _say_backup(made, target, keys)


def restore(
    source: Annotated[Path, typer.Argument(metavar="IN", help="备份 / the backup")],
    directory: Annotated[Path, typer.Argument(help="恢复到的新文件夹 / a new folder for the ledger")],
    keys: Annotated[Path | None, typer.Option(help="密钥的备份 / the backup of the keys")] = None,
    log: Annotated[
        str | None, typer.Option(help="更新的公布账本，网址或文件夹 / a newer published log, URL or folder")
    ] = None,
    nothing_newer: Annotated[
        Path | None, typer.Option(help="证明备份之后没有新账目的签章 / a checkpoint that proves nothing came after")
    ] = None,
    since: Annotated[Path | None, typer.Option(help="您保存的签章 / a checkpoint you kept")] = None,
    receipts: Annotated[Path | None, typer.Option(help="回执文件夹：核对每张都在 / a folder of receipts")] = None,
    database: Annotated[
        str | None,
        typer.Option(help="恢复以后把账目移入这个PostgreSQL数据库 / then move the entries into postgresql://…"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """从备份恢复账本，补回公布过的账目，并说明什么在、什么不在。退出码0为完整，1为有缺。

    Restores a ledger, copies back what was published since, and proves what is and isn't there. Exit 0 whole, 1 not.
    """
    request = Request(source, keys=keys, log=log, nothing_newer=nothing_newer, since=since, receipts=receipts)
    world = Surroundings(system_clock(), os.urandom, processes=os.cpu_count() or 1, stage=progress_bar)
    with refusals():
        restored = restore_ledger(request, directory, world)
        if database is not None:
            with progress_bar("移入数据库 moving") as progress:
                move_to_server(load_settings(directory), database, progress)
    if as_json:
        say_json(restored.to_json())
    else:
        _say_restored(restored, directory, log)
    raise typer.Exit(0 if restored.whole else FINDING)


def _say_backup(made: BackedUp, target: Path, keys: Path | None) -> None:
    checkpoint = made.manifest.checkpoint
    out.print(f"✓ 已备份到{target}", style="green", markup=False)
    say(
        f"账本 {checkpoint.origin}，{checkpoint.tree_size:,}条账目，{len(made.manifest.files):,}个文件，"
        f"{made.length / 2**20:,.1f} MiB。核对：yangguang verify {target}",
        f"{checkpoint.tree_size} entries, {len(made.manifest.files)} files. Root {encode_base64(checkpoint.root_hash)}",
    )
    if made.keys is None:
        say("没有备份密钥。没有密钥的备份能公布、能核对，封存的内容读不出来。", "The keys are not backed up.")
    else:
        say(
            f"密钥另存在{keys}，请与账本备份分开存放，{made.keys.keep_until:%Y-%m-%d}以前销毁。",
            f"The keys are in {keys}: keep them apart, and destroy them by {made.keys.keep_until:%Y-%m-%d}.",
        )
    if made.left_out:
        say(f"没有备份：{'、'.join(made.left_out[:SHOWN])}", f"Not backed up: {len(made.left_out)} files")


def _backup_json(made: BackedUp) -> dict[str, object]:
    checkpoint = made.manifest.checkpoint
    return {
        "origin": checkpoint.origin,
        "genesis": made.manifest.genesis,
        "size": checkpoint.tree_size,
        "root": encode_base64(checkpoint.root_hash),
        "made_at": format_time(made.manifest.made_at),
        "files": len(made.manifest.files),
        "keys": made.keys is not None,
        "left_out": list(made.left_out),
    }


def _say_restored(restored: Restored, directory: Path, log: str | None) -> None:
    good, old = restored.whole, restored.size - restored.copied
    out.print(f"{'✓' if good else '✗'} 已恢复到{directory}", style="green" if good else "red", markup=False)
    say(
        f"备份有{old:,}条账目，从公布的账本补回{restored.copied:,}条，现有{restored.size:,}条；"
        f"最后一条记于{format_time(restored.last)}，此后的账目这里不知道。",
        f"{old} entries in the backup, {restored.copied} copied back, {restored.size} now. Nothing is known here of"
        f" what came after {format_time(restored.last)}. Root {encode_base64(restored.checkpoint.root_hash)}",
    )
    if restored.without_values:
        say(
            f"补回的账目里，有{restored.without_values:,}条的封存内容或公开文字不在备份里，已经丢失；账目和合计不受影响。",
            f"The sealed values or texts of {restored.without_values} copied entries are lost; every total stands.",
        )
    say(f"创世指纹：{restored.genesis}", "The genesis digest: compare it with the one you know.")
    _say_missing(restored)
    _say_keys(restored.secrets, directory)
    if restored.secrets is not None and log is not None and log.startswith("http"):
        say(
            f"{log}还在运行。如果它还在记账，不要让这一份也记账：两份会分叉。",
            f"{log} is still running. While it records, this copy must not, or the log forks.",
        )


def _say_missing(restored: Restored) -> None:
    if restored.beyond is not None:
        say(
            f"缺少{restored.beyond.tree_size - restored.size:,}条：账本签章到过第{restored.beyond.tree_size:,}条。"
            "这个文件夹里的账本只读，不再签章。请从公布的文件补回。",
            f"{restored.beyond.tree_size - restored.size} entries are missing: a checkpoint of"
            f" {restored.beyond.tree_size} was signed. This ledger is read-only and signs nothing.",
        )
    for finding in restored.findings[:SHOWN]:
        out.print(f"• {finding.zh}", style="red", markup=False)
        out.print(f"  {finding.en}", style="dim", markup=False)
    if restored.receipts:
        say(
            f"核对了{restored.receipts:,}张回执，{len(restored.findings):,}处有问题。",
            f"{restored.receipts} receipts were checked.",
        )


def _say_keys(secrets: Secrets | None, directory: Path) -> None:
    if secrets is None:
        say(
            f"没有放回密钥：账目能公布、能核对，封存的内容和公开的文字读不出来，也不能记账。"
            f"运行：yangguang serve {directory} --role public",
            "No keys were laid back: the ledger serves and verifies, sealed values and texts cannot be read, and"
            " nothing can be recorded.",
        )
        return
    say("密钥已放回；账本说已经销毁、撤下的，都已再次销毁。", "Keys are back; what the log says is gone is gone again.")
    if secrets.lost.corrected:
        say(
            f"备份之后更正过的{len(secrets.lost.corrected):,}条账目，旧的文字和名单已销毁，新的不在备份里。",
            f"The old texts and lists of {len(secrets.lost.corrected)} corrected entries were destroyed.",
        )
    if secrets.lost.consents:
        say(
            f"备份之后有人撤回同意，是谁不在备份里：这些同意书要重新登记：{'、'.join(secrets.lost.consents)}",
            "Somebody withdrew consent after the backup, and whose is not in it: record these consents again.",
        )
    if not secrets.log_key:
        say(
            f"签章的密钥在备份之后更换过，新的不在备份里。请把它放进{directory / 'keys'}，才能记账。",
            f"The log key was rotated after the backup: put the new one into {directory / 'keys'} to record again.",
        )
