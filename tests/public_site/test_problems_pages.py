"""The pages of problems and questions: who waits comes first with the days, and what was said and answered."""

import re
from pathlib import Path

from tests.projections.small_log import small_log
from tests.public_site.served import Served, publish_book, serve, words_of


def section(page: str, heading: str) -> str:
    return page.split(f"<h2>{heading}</h2>")[1].split("</section>", maxsplit=1)[0]


def test_the_lead_counts_what_waits_and_the_longest_wait(demo: Served) -> None:
    said = words_of(demo.get("/problems").text)
    assert "提出问题22个，收到公众提问23件；3件还没有答复，最久的已等51天。" in said
    assert "半数答复用时不超过9 天" in said
    assert "重新提出2 次" in said


def test_what_waits_longest_stands_first_with_its_days(demo: Served) -> None:
    page = demo.get("/problems").text
    assert page.index("<h2>还没有答复</h2>") < page.index("<h2>已经答复</h2>")
    waited = [
        int(days) for days in re.findall(r'<a class="n" href="/entries/\d+">(\d+)</a>', section(page, "还没有答复"))
    ]
    assert waited == sorted(waited, reverse=True)
    assert len(waited) == 3


def one(demo: Served, kind: str, words: str) -> str:
    """The page of the first record of a kind that says so."""
    paths = [path for path in demo.pages if path.startswith(f"/{kind}/")]
    return next(page for page in (demo.pages[path].text for path in paths) if words in words_of(page))


def test_a_question_shows_the_correction_it_led_to_and_seals_how_to_reach_who_asked(demo: Served) -> None:
    page = one(demo, "questions", "账目已经更正")
    said = words_of(page)
    assert re.search(r"2天后得到答复：账目有错，将更正；账目已经更正。", said)
    assert "联系方式已封存，只有经两方签署才能查看" in said
    assert "测试用联系方式" not in page
    correction = re.search(r"<dt>更正</dt><dd>.*?/entries/(\d+)", page)
    assert correction is not None
    assert "更正" in words_of(demo.get(f"/entries/{correction[1]}").text)


def test_the_publics_words_and_the_answer_stand_on_the_page_each_with_its_own_address(demo: Served) -> None:
    page = one(demo, "questions", "账目已经更正")
    assert "我们单位捐的不是这个数" in words_of(section(page, "原话和答复"))
    assert "核对银行回单，确实写反了" in words_of(section(page, "原话和答复"))
    assert len(re.findall(r'href="/disclosures/[A-Za-z0-9_-]{43}"', page)) == 3


def test_a_reopened_problem_says_that_it_waits_again(demo: Served) -> None:
    said = words_of(one(demo, "problems", "后来重新提出；已等51天，还没有答复"))
    assert "9天后得到答复：已安排处理；" in said
    assert "第一次答复用了9天；还没有答复，已等51天" in said


def test_a_number_finds_its_question(demo: Served) -> None:
    page = one(demo, "questions", "来自本网站")
    number = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert number is not None
    assert 'href="/questions/' in demo.get(f"/search?q={number[0]}").text


def test_home_says_how_many_wait(demo: Served) -> None:
    assert "提出问题22个，收到公众提问23件，3件还没有答复。" in words_of(demo.get("/").text)


def test_a_ledger_without_any_says_so(empty: Served) -> None:
    said = words_of(empty.get("/problems").text)
    assert "还没有人提出问题，也没有收到公众提问。" in said
    assert "问题和提问" not in words_of(empty.get("/").text.split("<main")[1].split("</main>")[0])


def test_answered_ones_are_listed_fifty_to_a_page(tmp_path: Path) -> None:
    book = small_log()
    about = {"category": "use", "channel": "phone", "page": "/where"}
    for number in range(52):
        book.add("question.received", f"q{number}", about, by="lead")
        book.add("question.answered", f"q{number}", {"outcome": "explained"}, by="lead")
    publish_book(book, tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    first, second = (site.get(f"/problems?page={number}").text for number in (1, 2))
    rows = [section(page, "已经答复").count("<tr>") for page in (first, second)]
    assert rows == [51, 3], "with the heading"
    assert "第1页，共2页" in first
    assert site.get("/problems?page=99").text.count("<tr>") == second.count("<tr>")
    assert "都有了答复" in words_of(first)
