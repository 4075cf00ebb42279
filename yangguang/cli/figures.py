"""``yangguang figures``: the public figures of one of the five pages at a size, and the digest to sign for them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from ledger.audit.source import open_source
from ledger.domain.disclosure import QUESTIONS
from projections.disclosed.figures import NEWEST, Canonical, digest_of, each
from projections.disclosed.figures import figures as figures_of
from projections.disclosed.past import Past
from public_site.presenters.disclosed import label_of, value_of
from yangguang.cli.console import out, refusals, say, say_json
from yangguang.figures_audit.entries import PublishedEntries

Words = list[tuple[str, str, str]]


def figures(
    source: Annotated[
        str, typer.Argument(help="网址、账本或公布的文件夹 / a URL, ledger directory or published folder")
    ],
    question: Annotated[str, typer.Argument(help="where、what、whom、how-much或effect")],
    at: Annotated[int | None, typer.Option("--at", min=1, help="按前几条账目算 / at how many entries")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """从账目算出一个问题的全部公开数字，和公布时要签署的内容指纹。不给 --at 就按已公布的全部账目算。

    Computes the public figures of one of the five pages from the entries, and the digest to sign for them.

    例 / examples:

    yangguang figures D how-much

    yangguang figures https://ledger.example effect --at 1604 --json
    """
    name = question.replace("-", "_")
    if name not in QUESTIONS:
        raise typer.BadParameter(f"只能是 / one of: {', '.join(QUESTIONS)}", param_hint="QUESTION")
    with refusals():
        size, canonical, words = _computed(source, name, at)
    data = {"question": name, "at_size": size, "figures_schema": NEWEST, "digest": digest_of(canonical)}
    if as_json:
        say_json({**data, "canonical": canonical})
        return
    for label, value, key in words:
        out.print(f"{value:>16}  {label}  [dim]{key}[/dim]")
    say(f"“{QUESTIONS[name][0]}”按前{size:,}条账目算，共{len(words):,}个数字。公布时签署：", "To be signed:")
    say_json(data)


def _computed(source: str, question: str, at: int | None) -> tuple[int, Canonical, Words]:
    """The size, the canonical figures, and each in words: label, value, name."""
    read = open_source(source)
    try:
        entries = PublishedEntries(read.published)
        size = entries.size() if at is None else at
        with TemporaryDirectory() as folder, Past(Path(folder), entries).reading(size) as db:
            canonical = figures_of(db, question)
            words = [
                (label_of(db, name, of), value_of(name, value), f"{name} {of}".strip())
                for (name, of), value in each(canonical).items()
            ]
    finally:
        read.close()
    return size, canonical, words
