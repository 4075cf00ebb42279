"""``yangguang export``: the ledger as a folder that outlives its web site."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.errors import LedgerError
from ledger.settings import load_settings
from yangguang.cli.console import FINDING, out, progress_bar, refusals, say, say_json
from yangguang.export.exporting import POLICY, Exported, Wanted, processes_here
from yangguang.export.exporting import export as export_ledger

SHOWN = 20


def export(
    directory: Annotated[Path, typer.Argument(help="账本的文件夹 / the ledger's folder")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="空文件夹，或以前的导出 / an empty folder, or an earlier export")
    ],
    url: Annotated[str | None, typer.Option(help="导出将放在哪个网址 / the address it will be served at")] = None,
    recorder: Annotated[
        str | None, typer.Option("--from", help="账本正在运行时它的网址 / the ledger's address, where it is running")
    ] = None,
    no_site: Annotated[bool, typer.Option("--no-site", help="不要网页 / leave the pages out")] = False,
    processes: Annotated[int | None, typer.Option(min=1, max=64, help="进程数 / processes")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """导出整本账：网页、数据表、账本文件和核对程序，不联网也能核对。再导出到同一处，只写变了的。

    Exports the whole ledger as files that any web server serves and that verify offline.
    """
    wanted = Wanted(url, recorder, site=not no_site, processes=processes or processes_here())
    with refusals():
        try:
            made = export_ledger(load_settings(directory), target, wanted, progress_bar)
        except OSError as error:
            raise LedgerError(
                f"写导出的时候出错：{error.strerror or error}。排除以后再运行一次，会接着做。",
                f"Writing failed: {error}. Run it again when that is mended; it goes on from there.",
            ) from None
    if as_json:
        say_json(_json(made))
    else:
        _say(made, target)
    raise typer.Exit(FINDING if made.missing else 0)


def _json(made: Exported) -> dict[str, object]:
    return {
        "genesis": made.genesis,
        "size": made.size,
        "pages": made.pages,
        "made": made.made,
        "files": made.files,
        "changed": made.changed,
        "changed_bytes": made.changed_bytes,
        "removed": made.removed,
        "missing": list(made.missing),
    }


def _say(made: Exported, target: Path) -> None:
    megabytes = f"{made.changed_bytes / 1e6:,.1f}"
    out.print(f"✓ 已导出到{target}", style="green", markup=False)
    say(
        f"{made.size:,}条账目，{made.pages:,}页网页（重新生成{made.made:,}页），共{made.files:,}个文件；"
        f"变了{made.changed:,}个（{megabytes} MB），删去{made.removed:,}个。",
        f"{made.size} entries, {made.pages} pages ({made.made} made anew), {made.files} files; "
        f"{made.changed} changed ({megabytes} MB), {made.removed} removed.",
    )
    if not made.has_texts:
        say("公开的文字和照片不在里面：这里只有公开账本。", "Public texts are not in it: here is the public log alone.")
    for address in made.missing[:SHOWN]:
        out.print(f"• 有网页指向{address}，没有这一页", style="red", markup=False)
    policy = f" --policy {target / POLICY}" if (target / POLICY).is_file() else ""
    say(f"核对 verify         python {target}/verify.py {target} --genesis {made.genesis}")
    say(f"                    yangguang verify {target}{policy}")
