"""Every figure of every page leads to exactly the entries it was counted from."""

import re
from collections.abc import Iterator

import pytest

from ledger.domain.sentences import format_amount
from projections.rows import Figure
from public_site import sources
from tests.public_site.served import Served, afresh, words_of

Shown = dict[str, tuple[str, Figure]]


def figures_of(site: Served, paths: list[str]) -> Shown:
    """Every figure that pages put on show: the link it got, its name and what it was counted from."""
    found: Shown = {}
    make = sources.href

    def remember(name: str, of: str, figure: Figure) -> str:
        href = make(name, of, figure)
        found[f"{href} {name}"] = (href, figure)
        return href

    patch = pytest.MonkeyPatch()
    patch.setattr(sources, "href", remember)
    try:
        for path in paths:
            assert site.get(afresh(path)).status_code == 200
    finally:
        patch.undo()
    return found


def listed(site: Served, href: str) -> Iterator[int]:
    """The entries that the audit trail lists behind a link, over all of its pages."""
    number = 1
    while True:
        page = site.seen(href if number == 1 else f"{href}&page={number}").text
        yield from map(int, re.findall(r'<p class="no"><a class="e" href="/entries/(\d+)"', page))
        if 'rel="next"' not in page:
            return
        number += 1


@pytest.fixture(scope="module", params=["demo", "amended"])
def counted(request: pytest.FixtureRequest) -> tuple[Served, Shown]:
    """A site and every figure on it."""
    site: Served = request.getfixturevalue(request.param)
    paths = [path for path in site.pages if not re.match(r"/(entries|audit|search|log|static|as-of)\b", path)]
    return site, figures_of(site, paths)


def test_link_of_a_figure_lists_exactly_its_entries(counted: tuple[Served, Shown]) -> None:
    site, figures = counted
    assert len(figures) > 100
    for href, figure in figures.values():
        if href.startswith("/entries/"):
            assert figure.entries == (int(href.removeprefix("/entries/")),)
        else:
            assert sorted(listed(site, href)) == list(figure.entries), href


def test_audit_trail_repeats_the_figure_that_led_to_it(counted: tuple[Served, Shown]) -> None:
    site, figures = counted
    for href, figure in figures.values():
        if href.startswith("/audit"):
            said = words_of(site.seen(href).text)
            assert f"由下面{len(figure.entries):,}条账目算出" in said, href
            assert f"{figure.value:,}" in said or format_amount(figure.value) in said, href


def test_every_named_figure_is_shown_somewhere(counted: tuple[Served, Shown]) -> None:
    shown = {key.rpartition(" ")[2] for key in counted[1]}
    unused = (
        sources.SOURCES.keys() - shown - {"corrections.all", "balance.in_hand", "gift.returned", "institution.works"}
    )
    assert not unused


def test_figure_that_does_not_exist_is_not_found(demo: Served) -> None:
    assert demo.get("/audit?figure=made.up").status_code == 404
    assert demo.get("/audit?figure=plan.paid&of=nothing").status_code == 404
    assert demo.get("/audit?figure=project.paid&of=project/nothing").status_code == 404


def test_source_line_of_a_figure_counts_the_entries_behind_it(demo: Served) -> None:
    found = re.compile(r'<a href="(/audit\?figure=[^"]+)">[^\n]*?<span class="src">([\d,]+)条账目')
    pairs = [pair for line in demo.get("/").text.split("</dd>") for pair in found.findall(line)]
    assert len(pairs) >= 10
    for href, said in pairs:
        assert len(list(listed(demo, href.replace("&amp;", "&")))) == int(said.replace(",", ""))
