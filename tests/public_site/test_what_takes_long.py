"""Pages that stop before they have looked at everything: each says so, and leads to the rest."""

import re
from threading import Event

import pytest

from projections import audit_trail, filtering
from projections.runner import scores_folder
from projections.score import prepared
from projections.score.prepared import PreparedScores
from projections.views import Views
from public_site.pages import audit, search
from tests.public_site.served import Served, afresh, words_of


def test_the_audit_trail_says_how_far_it_looked_and_goes_on_from_there(
    amended: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (filtering, audit_trail, audit):
        monkeypatch.setattr(module, "MOST", 40)
    page, before = amended.get(afresh("/audit?q=示例")).text, list[int]()
    while further := re.search(r'<a href="([^"]*before=(\d+)[^"]*)">接着看第', page):
        before.append(int(further[2]))
        assert f"这里看到第{before[-1]:,}条为止，更早的还没有看" in words_of(page)
        assert f"第{before[-1]:,}条以后40条" in words_of(page)
        page = amended.get(afresh(further[1].replace("&amp;", "&"))).text
    assert before == sorted(before, reverse=True)
    assert len(before) > 2
    assert "条以后" not in words_of(page)
    assert amended.get(afresh("/audit?before=x")).status_code == 400


def test_search_counts_up_to_a_bound_and_says_when_there_are_more(
    amended: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 60)
    assert "账目有超过60条" in words_of(amended.get("/search?q=示例").text)
    assert "没有找到" in words_of(amended.get("/search?q=没有这样的字").text)


def test_a_score_that_takes_long_is_awaited_not_guessed(amended: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "LITTLE", 0)
    waiting = amended.get(afresh("/score/organisations"))
    assert "还在算" in words_of(waiting.text)
    assert waiting.headers["cache-control"] == "no-store"
    with Views(amended.views).reading() as db:
        PreparedScores(scores_folder(amended.views)).prepare(db, Event())
    shown = amended.get(afresh("/score/organisations"))
    monkeypatch.undo()
    assert table_of(shown.text) == table_of(amended.get(afresh("/score/organisations")).text)


def table_of(page: str) -> str:
    """The table of scores."""
    return page.split("<table")[1].split("</table>", maxsplit=1)[0]
