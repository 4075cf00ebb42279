"""What single pages say: the filters, the threads, corrections, search, and names that attack."""

import re
from pathlib import Path

import pytest

from tests.projections.amended_log import amended_log
from tests.projections.small_log import small_log
from tests.public_site.served import Served, publish_book, serve, words_of
from tests.public_site.test_every_page import MODULE

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def path_to(site: Served, start: str, text: str) -> str:
    """The first link from a page whose text has ``text``."""
    for href, shown in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>([^<]*)</a>', site.get(start).text):
        if text in shown:
            return str(href)
    raise AssertionError(f"{start} has no link {text}")


def test_home_counts_from_the_ledger_and_names_what_is_not_good(demo: Served) -> None:
    said = words_of(demo.get("/").text)
    assert "聚力助学" in said
    assert "未达标" in said
    assert "见证未检查" in said
    assert "yangguang verify https://ledger.example" in said


def test_missing_stations_of_a_thread_are_shown_not_skipped(demo: Served) -> None:
    page = demo.get(path_to(demo, "/what", "阅读推广")).text
    names = re.findall(r"<h3>([^<]+)<span class=\"hide\">([^<]+)</span></h3>", page)
    assert [name for name, _ in names] == ["需求", "项目", "捐赠", "工程、奖学金或服务", "验收", "效果", "结余说明"]
    assert ("捐赠", "尚未发生") in names
    assert "还没有捐赠分配给这个项目" in page


def test_missed_indicators_come_before_met_ones(demo: Served) -> None:
    page = demo.get("/effect").text
    assert page.index("<h2>未达标</h2>") < page.index("<h2>尚未测量</h2>") < page.index("<h2>达标</h2>")


def test_plan_that_the_plan_text_calls_two_names_is_one_with_a_footnote(demo: Served) -> None:
    said = words_of(demo.get("/what").text)
    assert "职伴计划在方案的表格里写作“职梦计划”，是同一个计划" in said
    assert "方案未规定数量和期限" in said


def test_award_page_never_lists_names(demo: Served) -> None:
    page = demo.get(path_to(demo, "/whom", "奖学金第一轮")).text
    assert "测试用名" not in page
    assert "人次" in page


def test_audit_filter_narrows_and_each_chip_takes_its_condition_away(demo: Served) -> None:
    page = demo.get("/audit?what=donation.received&from=2023-05-01&to=2023-05-31").text
    kinds = set(re.findall(r'<p class="by"><span>([^<]+)</span>', page))
    assert kinds == {"收到捐赠"}
    assert set(re.findall(r'<time datetime="(\d{4}-\d{2})', page)) == {"2023-05"}
    chips = re.findall(r'<ul class="chips".*?</ul>', page, re.DOTALL)[0]
    assert chips.count("<li>") == 3
    assert 'href="/audit?what=donation.received&amp;from=2023-05-01"' in chips


def test_audit_trail_goes_back_fifty_entries_a_page(demo: Served) -> None:
    first, last = demo.get("/audit").text, demo.get("/audit?page=9999").text
    rows = [int(index) for index in re.findall(r'<p class="no"><a class="e" href="/entries/(\d+)"', first)]
    assert len(rows) == 50
    assert rows == sorted(rows, reverse=True)
    assert 'href="/entries/0"' in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2023-13-99", "不是日期"),
        ("what=nothing", "没有“nothing”这种事情"),
        ("organisation=x%27%20OR%201=1", "不是编号"),
        ("place=%25", "不是编号"),
    ],
)
def test_condition_that_cannot_be_read_is_named_and_shows_nothing(demo: Served, query: str, said: str) -> None:
    answer = demo.get(f"/audit?{query}")
    assert answer.status_code == 400
    assert said in words_of(answer.text)
    assert "：0条" in words_of(answer.text)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "１"])
def test_page_number_that_is_none_is_the_first_or_last(demo: Served, page: str) -> None:
    assert demo.get(f"/audit?page={page}").status_code == 200
    assert demo.get(f"/what?page={page}").status_code == 200


@pytest.mark.parametrize("index", ["-1", "01", "1.0", "x", "", "１", "9" * 40, "0x1", "+1"])
def test_only_plain_numbers_are_entries(demo: Served, index: str) -> None:
    assert demo.get(f"/entries/{index}").status_code == 404


def test_entry_page_shows_what_was_signed_byte_for_byte(demo: Served) -> None:
    page = demo.get("/entries/200").text
    raw = re.search(r'<details class="raw">.*?<code>(.*?)</code>', page, re.DOTALL)
    assert raw
    assert words_of(raw[1]).startswith('{"data":{')
    assert "谁签署的" in page
    assert "尾号" in page
    assert "/log/proof/200.tlog-proof" in page
    assert "<path" in page.split('class="qr"')[1]


def test_place_is_found_by_its_code_too(demo: Served) -> None:
    assert "油岭村" in demo.get("/places/village-youling").text
    assert demo.get("/places/nowhere").status_code == 404


def test_search_finds_aliases_numbers_and_sentences(demo: Served) -> None:
    assert "职伴计划" in words_of(demo.get("/search?q=职梦计划").text)
    assert "广州市社会组织联合会" in words_of(demo.get("/search?q=广州社会组织联合会").text)
    assert 'href="/entries/12"' in demo.get("/search?q=12").text
    assert 'href="/entries/12"' in demo.get("/search?q=第12条").text
    assert "没有找到" in words_of(demo.get("/search?q=完全没有的名字").text)
    assert "没有找到" in words_of(demo.get("/search?q=%25_%25").text)
    assert demo.get("/search").status_code == 200


def test_corrected_entry_shows_old_and_new_and_who_corrected_it(amended: Served) -> None:
    book = amended_log()
    index = book.at("donation.received", "secret")
    page = amended.get(f"/entries/{index}").text
    assert "<del>" in page.split("<h2")[0]
    assert "原为" in page
    assert re.search(r"<dt>金额</dt><dd><del>.*?10,000.00.*?</del> <ins>.*?12,000.00", page)
    assert "更正为" in page
    correction = book.at("donation.corrected", "secret")
    assert f'href="/entries/{correction}"' in page
    assert f"已由第{correction}条更正" in words_of(amended.get("/audit?what=donation.received").text)


def test_voided_record_keeps_a_page_that_says_so(amended: Served) -> None:
    book = amended_log()
    voided = book.ref("project", "twice")
    page = amended.get(f"/projects/{voided.partition('/')[2]}")
    assert page.status_code == 200
    assert "已作废" in page.text
    assert "不计入任何数字" in page.text
    assert "<del>" in page.text


def test_corrections_are_counted_on_home_and_foot_and_all_listed(amended: Served) -> None:
    said = words_of(amended.get("/").text)
    count = re.search(r"全部账目中有(\d+)处更正和作废", said)
    assert count
    assert f"：{count[1]}条" in words_of(amended.get("/audit?figure=corrections.all").text)
    assert "最近的更正" in said


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A log whose names are attacks."""
    folder = tmp_path_factory.mktemp("hostile")
    book = small_log()
    names = {"name": HOSTILE, "name_en": HOSTILE, "aliases": [HOSTILE], "credit_code": HOSTILE}
    book.add("organisation.registered", "evil", {**names, "organisation_kind": "school", "roles": ["school"]})
    place = {"code": "evil/../%2e?x=1#y", "name": HOSTILE, "level": "village", "parent": book.ref("place", "town")}
    book.add("place.registered", "evil", place)
    project = {
        "programme": book.ref("programme", "programme"), "title": HOSTILE, "plan": "tongmeng",
        "places": [book.ref("place", "evil")], "budget_fen": 1, "starts_on": "2023-01-01", "ends_on": "2023-12-31",
        "organisation": book.ref("organisation", "evil"),
    }  # fmt: skip
    book.add("project.proposed", "evil", project, by="builder")
    publish_book(book, folder / "log")
    return serve(folder, Path(folder / "log"))


def test_names_that_attack_are_shown_as_text_on_every_page(hostile: Served) -> None:
    seen = 0
    for path, answer in hostile.pages.items():
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            assert answer.text.count("<script") == len(MODULE.findall(answer.text)), path
            assert "<img" not in answer.text, path
            assert "49" not in answer.text.partition("alert(2)")[2][:8], path
            seen += "&lt;script&gt;" in answer.text
    assert seen > 10


def test_query_that_attacks_is_shown_as_text(hostile: Served) -> None:
    for path in ("/search", "/audit", "/what"):
        for field in ("q", "plan", "organisation", "what", "from"):
            answer = hostile.get(path + "?" + field + "=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
            assert "<script" not in answer.text
            assert answer.status_code in (200, 400)
