"""The form as it is served: from the foot of every page, in the site's frame, with everything kept on error."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from ledger.api.app import create_api
from ledger.application import Ledger
from ledger.sealing.letters import InboxKey
from ledger.settings import load_settings, save_inbox
from public_site.asking import AskPages
from tests.faults.serving import serving
from tests.ledger.naughty import ABSENT, naughty_strings
from tests.public_site.served import Served, found_ledger, words_of
from tests.public_site.whole import Whole, whole_ledger


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    with whole_ledger(tmp_path) as made:
        yield made


def test_every_page_of_the_form_is_whole_and_armoured(whole: Whole) -> None:
    with httpx.Client(base_url=whole.url) as client:
        answers = [
            client.get("/ask"),
            client.post("/ask", data={"words": ""}),
            client.post("/ask", content=b"x", headers={"content-type": "text/plain"}),
            *(client.post("/ask", data={"words": "a"}) for _ in range(6)),
        ]
    assert [answer.status_code for answer in answers] == [200, 422, 415, 200, 200, 200, 200, 200, 429]
    for answer in answers:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
        assert answer.text.count("<h1") == 1
        assert "演示数据" in answer.text.split("<h1")[0]
        lead = re.search(r'<p class="lead">(.*?)</p>', answer.text)
        assert lead is not None
        assert words_of(lead[1]).endswith("。")
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers[1:])
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.skipif(not naughty_strings(), reason=ABSENT)
def test_whatever_comes_back_on_an_error_is_text(whole: Whole) -> None:
    shown = 0
    with httpx.Client(base_url=whole.url) as client:
        for text in naughty_strings():
            answer = client.post("/ask", data={"words": text, "contact": "x" * 201})
            assert answer.status_code == 422, text
            assert "<script" not in answer.text.lower()
            found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
            assert found is not None
            shown += bool(unescape(found[1]))
    assert shown > 500
    assert whole.letters() == []


def test_the_foot_of_every_page_leads_to_the_form_about_that_page(demo: Served) -> None:
    for path, answer in demo.pages.items():
        if not answer.headers["content-type"].startswith("text/html") or path.startswith("/ask"):
            continue
        found = re.findall(r'<a href="(/ask[^"]*)">报告本页错误、提问</a>', answer.text)
        assert found == [f"/ask?about={path.partition('?')[0]}"], path


def test_what_was_searched_for_does_not_travel_to_the_form(demo: Served) -> None:
    assert 'href="/ask?about=/search"' in demo.get("/search?q=张三").text


@pytest.mark.parametrize("about", ["javascript:alert(1)", "//elsewhere.example", "/a?b=c", '/"><script>', ""])
def test_the_form_is_about_pages_of_this_site_alone(demo: Served, about: str) -> None:
    page = demo.get(f"/ask?about={about}").text
    assert "<script" not in page
    pointed = re.findall(r'(?:href|value|action)="([^"]*)"', page.split("<main")[1])
    assert not [each for each in pointed if "elsewhere" in each or "javascript" in each or "?b" in each]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/how-much", "“帮了多少”页"),
        ("/entries/12", "第12条账目"),
        ("/", "“首页”页"),
        ("/projects/x", "一项项目的页面"),
    ],
)
def test_the_form_names_the_page_in_words(whole: Whole, path: str, name: str) -> None:
    assert f'<a href="{path}">{name}</a>' in httpx.get(f"{whole.url}/ask?about={path}").text


def test_a_site_that_takes_no_letters_says_so_and_where_else_to_turn(demo: Served) -> None:
    page = demo.get("/ask?about=/how-much")
    assert page.status_code == 200
    said = words_of(page.text.split("<main")[1])
    assert "这里不收留言" in said
    assert "民政部门" in said
    assert "<form class=" not in page.text.split("<main")[1].split("</main>")[0]


def test_the_form_works_before_there_are_read_models(tmp_path: Path) -> None:
    found_ledger(tmp_path / "ledger", tmp_path / "log")
    save_inbox(tmp_path / "ledger", InboxKey.generate().line)
    ledger = Ledger(load_settings(tmp_path / "ledger"))
    pages = AskPages(tmp_path / "views.sqlite3", tmp_path / "log")
    with serving(create_api(ledger, None, ask_pages=pages)) as url:  # type: ignore[arg-type]
        assert "报告错误或提问" in httpx.get(f"{url}/ask").text
        assert "已经收到" in httpx.post(f"{url}/ask", data={"words": "a"}).text
    ledger.close()
