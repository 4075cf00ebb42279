"""What the pages of conduct, cases, media, honours and reports say, and that a certificate prints as one sheet."""

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from ledger.domain.key import KeyEnrolled
from ledger.domain.organisation import OrganisationRegistered
from tests.projections.amended_log import amended_log
from tests.public_site.served import ORIGIN, Served, words_of
from yangguang.demo.scenario.case_list import CASES, WITHDRAWN
from yangguang.demo.scenario.honours import HONOURS
from yangguang.demo.scenario.story import story

SHOWN = "[...document.querySelectorAll(selector)].filter(e => e.getClientRects().length).length"


def main_of(site: Served, path: str) -> str:
    """The words of a page's body."""
    return words_of(site.get(path).text.split("<main")[1].partition('<footer class="foot"')[0])


def rows_of(site: Served, path: str) -> list[tuple[str, str]]:
    """(link, words) of every row of the tables of a page."""
    found = re.findall(r'<tr><th scope="row">(?:<a href="([^"]*)">)?(.*?)</tr>', site.get(path).text, re.DOTALL)
    return [(href, words_of(row)) for href, row in found]


def honour_path(site: Served, text: str) -> str:
    """The first honour in the register whose row has ``text``."""
    return next(href for href, row in rows_of(site, "/honours") if text in row)


def test_conduct_says_what_is_in_force_counts_reports_and_names_only_what_was_founded(demo: Served) -> None:
    said = main_of(demo, "/conduct")
    assert "现行的行为规范是“2022-1”版" in said
    assert "收到举报3件，其中2件查实" in said
    findings = said.split("查实的结论")[1].split("各机构")[0]
    assert "示例山区助学联合总会（未经登记）" in findings
    assert "示例二十号体育协会" in findings
    assert "恢复" in findings
    assert "示例公益书屋" not in demo.get("/conduct").text, "an unfounded report names nobody"


def test_conduct_lists_every_organisation_with_undertaking_and_screening(demo: Served) -> None:
    rows = [row for href, row in rows_of(demo, "/conduct") if href.startswith("/organisations/")]
    registered = {step.record for step in story() if step.event is OrganisationRegistered}
    signing = {step.data["organisation"] for step in story() if step.event is KeyEnrolled}
    assert len(rows) == len(registered)
    assert sum("还没有核查" in row for row in rows) == len(registered - signing)
    assert sum(row.endswith("能") for row in rows) == len(signing)


def test_suspension_by_a_finding_stands_at_the_top_of_the_organisations_page(amended: Served) -> None:
    book = amended_log()
    donor = book.ref("organisation", "donor").partition("/")[2]
    said = main_of(amended, f"/organisations/{donor}")
    concluded = book.at("misconduct.concluded", "donor")
    assert said.index(f"这家机构已暂停。看第{concluded}条") < said.index("身份和承诺")
    assert "查实违规募捐" in said
    assert "仍在暂停" in said


def test_every_case_is_listed_and_the_withdrawn_one_keeps_its_note_and_no_text(demo: Served) -> None:
    rows = rows_of(demo, "/cases")
    assert len(rows) == 16
    (path,) = [href for href, row in rows if "已撤下" in row]
    said = main_of(demo, path)
    assert "原因：本人或监护人撤回同意" in said
    assert "全文已撤下" in said
    assert WITHDRAWN[1] == "2024-09-13"
    assert "2024年9月13日撤下" in said
    story = next(item.story for item in CASES if item.code == WITHDRAWN[0])
    assert not [path for path, answer in demo.pages.items() if story[:12] in answer.text], "its text is nowhere"


def test_a_published_case_shows_its_reviewed_text(demo: Served) -> None:
    path = next(href for href, row in rows_of(demo, "/cases") if "把一间旧教室改亮" in row)
    said = main_of(demo, path)
    assert next(item.story for item in CASES if item.code == "k02") in said
    assert "示例五号社工中心审核" in said


def test_a_case_that_waits_for_review_shows_no_text(amended: Served) -> None:
    case = amended_log().ref("case", "lamps").partition("/")[2]
    said = main_of(amended, f"/cases/{case}")
    assert "还没有公开" in said
    assert "案例灯" in said


def test_media_addresses_are_text_and_no_link_leads_to_them(demo: Served) -> None:
    page = demo.get("/media").text
    assert len(rows_of(demo, "/media")) == 30
    assert page.count("https://daily.example/") >= 5
    assert not re.findall(r'(?:href|src)="https?://(?!ledger\.example)', page)


def test_certificate_shows_number_date_and_a_code_of_its_own_address(demo: Served) -> None:
    path = honour_path(demo, "SL-2024-001")
    page = demo.get(path).text
    certificate = page.split('<section class="cert"')[1].split("</section>")[0]
    said = words_of(certificate)
    assert "授予示例九号培训协会“助学帮教先进单位”称号" in said
    assert "证书编号SL-2024-001" in said
    assert "2024年12月20日" in said
    assert "<svg" in certificate.split('class="qr"')[1]
    assert f"{ORIGIN}{path}" in page


def test_revoked_certificate_is_struck_and_says_why(demo: Served) -> None:
    path = honour_path(demo, "已撤销")
    page = demo.get(path).text
    certificate = page.split('<section class="cert"')[1].split("</section>")[0]
    assert re.search(r'<p class="said"><del>.*授予示例二十号体育协会.*</del></p>', certificate)
    assert "这张证书已撤销" in certificate
    assert "举报查实" in certificate
    struck = re.search(r"<tr>.*?<del>热心公益单位</del>.*?<del>SL-2023-001</del>", demo.get("/honours").text, re.DOTALL)
    assert struck


def test_nothing_says_who_refused_an_honour_and_no_person_is_named(demo: Served) -> None:
    refused = [href for href, row in rows_of(demo, "/honours") if "没有同意" in row]
    assert len(refused) == sum(item.answer == "no" for item in HONOURS)
    for path in refused:
        page = demo.get(path).text
        assert 'class="cert"' not in page
        assert "示例十五号物流商会" not in page
        assert "示例十号餐饮协会" not in page
        assert "也不公布是谁" in main_of(demo, path)
    persons = [href for href, row in rows_of(demo, "/honours") if "一位个人" in row]
    assert len(persons) == 2
    for path in persons:
        assert "测试用名" not in demo.get(path).text
        assert "颁奖词" in main_of(demo, path).split("另行提交、可以撤下的内容")[1]


def test_honours_and_findings_stand_on_the_organisations_page(demo: Served) -> None:
    (path,) = {href for href, row in rows_of(demo, "/organisations") if row.startswith("示例二十号体育协会")}
    page, said = demo.get(path).text, main_of(demo, path)
    assert "查实违规募捐" in said
    assert "<del>热心公益单位</del>" in page
    (other,) = {href for href, row in rows_of(demo, "/organisations") if row.startswith("示例三号基金会")}
    assert "公开募捐资格" in main_of(demo, other)


def test_reports_are_listed_with_their_size_and_late_ones_in_red(demo: Served) -> None:
    page, said = demo.get("/reports").text, main_of(demo, "/reports")
    assert "公布了3份年度总结、2份评估和结束报告、20份分期数字，其中2份迟了。" in said
    assert re.findall(r'<span class="flag red">([^<]+)</span>', page) == ["迟12天", "迟17天"]
    sizes = re.findall(r'data-label="签署时的账目（条）"><a class="n" href="/entries/(\d+)">([\d,]+)</a>', page)
    assert len(sizes) == 25
    assert all(int(size.replace(",", "")) == int(index) for index, size in sizes), "signed by the newest size"


def test_outcomes_stand_with_the_indicators_that_bear_on_them_and_one_has_none(demo: Served) -> None:
    page = demo.get("/effect").text
    outcomes = page.split('<ol class="outcomes">')[1].split("</ol>")[0].split("<li>")[1:]
    links = [len(re.findall(r'href="/indicators/', outcome)) for outcome in outcomes]
    assert links == [7, 0, 9]
    assert "所以不知道它是否达到" in words_of(outcomes[1])


def test_search_finds_cases_media_outlets_honours_and_certificate_numbers(demo: Served) -> None:
    for text, kind in (("把一间旧教室改亮", "案例"), ("示例公益周刊", "媒体报道"), ("SL-2023-002", "荣誉")):
        page = demo.get(f"/search?q={text}").text
        assert f'<span class="u">{kind}</span>' in page, text
    (path,) = re.findall(r'href="(/honours/[0-9a-f-]{36})"', demo.get("/search?q=SL-2023-002").text)
    assert "示例七号家具商会" in main_of(demo, path)


@pytest.mark.parametrize("path", ["/conduct", "/cases", "/media", "/honours", "/reports"])
def test_pages_of_a_new_ledger_say_that_nothing_is_there_yet(empty: Served, path: str) -> None:
    assert "还没有" in main_of(empty, path)


@pytest.mark.parametrize("path", ["/cases", "/media", "/honours", "/reports", "/conduct"])
def test_page_number_that_is_too_large_is_the_last(demo: Served, path: str) -> None:
    assert demo.get(f"{path}?page=999").status_code == 200
    assert rows_of(demo, f"{path}?page=999") == rows_of(demo, path)


@pytest.fixture(scope="module")
def tab(demo: Served) -> Iterator[tuple[Page, str]]:
    """A browser's tab and the address of the demonstration on a free port."""
    certificate = honour_path(demo, "SL-2024-001")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(demo.app, port=port, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page(), f"http://127.0.0.1:{port}{certificate}"
        browser.close()
    server.should_exit = True
    thread.join(10)


def test_certificate_prints_on_one_sheet_with_its_code_and_address_and_nothing_beside(tab: tuple[Page, str]) -> None:
    page, address = tab
    page.goto(address)
    page.emulate_media(media="print")
    shown = {
        selector: page.evaluate(SHOWN.replace("selector", repr(selector)))
        for selector in (".cert .said", ".cert .qr svg", ".cert~section", ".foot .url", ".demo", ".nav", ".foot .qr")
    }
    assert shown == {
        ".cert .said": 1, ".cert .qr svg": 1, ".cert~section": 0, ".foot .url": 1, ".demo": 1, ".nav": 0,
        ".foot .qr": 0,
    }  # fmt: skip
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_long_chinese_names_do_not_break_a_certificate(tab: tuple[Page, str]) -> None:
    page, address = tab
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelector('.cert .said').textContent = '示例'.repeat(120) + 'x'.repeat(200)")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
