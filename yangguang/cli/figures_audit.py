"""What ``yangguang audit --figures`` adds: the public figures recomputed, and what came of it.

pages = own_pages(source, site)          before the log is read, so that the log covers what the pages show
report = check_figures(read, site=pages)
show(report)
"""

from pathlib import Path
from typing import Any

from yangguang.cli.console import out, say
from yangguang.figures_audit.check import FiguresReport
from yangguang.figures_audit.compare import ReadPage
from yangguang.figures_audit.sites import has_pages, taken


def own_pages(source: str, site: str | None) -> ReadPage | None:
    """The pages of the site that is given, or else those beside the source's log: of a URL or an exported folder.

    Raises LedgerError for a site that has none; None where there is no site.
    """
    if site is not None:
        return taken(site)
    is_site = source.startswith(("http://", "https://")) or has_pages(Path(source))
    return taken(source) if is_site else None


def figures_json(report: FiguresReport | None) -> dict[str, Any]:
    """What the JSON of an audit gains: ``figures``, null where the log itself is wrong; and the verdict they change."""
    if report is None:
        return {"figures": None}
    return {"figures": report.to_json(), **({"verdict": "finding"} if report.exit_code else {})}


def show(report: FiguresReport | None) -> None:
    """Each line in both languages, what differs in red; None where the log itself is wrong."""
    if report is None:
        say("账本本身有问题，所以没有重算数字。", "The log itself is wrong, so its figures were not recomputed.")
        return
    for zh, en in report.lines():
        wrong = "不同" in zh or "没有比较" in zh or zh.startswith(" ")
        out.print(zh, style="red" if wrong else None, markup=False)
        out.print(en, style="dim", markup=False)
    if not report.pages:
        out.print("没有网站可比：请给网址、导出的文件夹，或者用 --site。", markup=False)
        out.print("There is no site to compare with: give a URL, an exported folder, or --site.", style="dim")
