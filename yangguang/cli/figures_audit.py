"""What ``yangguang audit --figures`` adds: the public figures recomputed, and what came of it."""

from contextlib import nullcontext
from pathlib import Path

from ledger.audit.source import Source
from yangguang.cli.console import out
from yangguang.figures_audit.check import FiguresReport, check_figures
from yangguang.figures_audit.sites import has_pages, site_at


def checked(source: Source, site: str | None) -> FiguresReport:
    """Against what was signed, and against the site: the one given, or the source's own where it has pages.

    Raises LedgerError where the entries or the site can't be read.
    """
    place = site or own_site(source.name)
    with nullcontext() if place is None else site_at(place) as pages:
        return check_figures(source, site=pages)


def own_site(source: str) -> str | None:
    """The pages that a source has beside its log: those of a URL or of an exported folder."""
    if source.startswith(("http://", "https://")):
        return source
    return source if has_pages(Path(source)) else None


def show(report: FiguresReport) -> None:
    """Each line in both languages, what differs in red."""
    for zh, en in report.lines():
        wrong = "不同" in zh or "没有比较" in zh or zh.startswith(" ")
        out.print(zh, style="red" if wrong else None, markup=False)
        out.print(en, style="dim", markup=False)
    if not report.pages:
        out.print("没有网站可比：请给网址、导出的文件夹，或者用 --site。", markup=False)
        out.print("There is no site to compare with: give a URL, an exported folder, or --site.", style="dim")
