"""The form in a browser without script, on a phone and on a wide screen: sent, refused, throttled, nothing lost."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ledger.domain.question import NUMBER
from tests.public_site.whole import Whole, whole_ledger

CHROMIUM = Path("/usr/bin/chromium")
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    with whole_ledger(tmp_path) as made:
        yield made


@pytest.fixture
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A tab without script, as wide as the test asks for."""
    width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing at /usr/bin/chromium; the browser tests must run here")
        pytest.skip("NOT CHECKED: no Chromium at /usr/bin/chromium, so the form was not tried")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


WIDTHS = pytest.mark.parametrize("tab", [360, 1440], indirect=True)


@WIDTHS
def test_a_letter_is_written_and_sent_without_script(tab: Page, whole: Whole) -> None:
    tab.goto(f"{whole.url}/how-much")
    tab.get_by_role("link", name="报告本页错误").click()
    assert tab.url == f"{whole.url}/ask?about=/how-much"
    tab.get_by_label("您要说的事").fill("合计少了一笔。\n请核对。")
    tab.get_by_label("联系方式").fill("me@example.org")
    tab.get_by_role("button", name="发送").click()
    assert tab.locator("h1").inner_text() == "已经收到"
    assert re.search(NUMBER, tab.locator("main").inner_text())
    assert tab.evaluate(STICKS_OUT) == 0
    assert tab.context.cookies() == []
    assert whole.letters() == ["合计少了一笔。\n请核对。"]
    tab.get_by_role("link", name="回到刚才那一页").click()
    assert tab.url == f"{whole.url}/how-much"


@WIDTHS
def test_an_error_is_said_beside_its_field_and_nothing_typed_is_lost(tab: Page, whole: Whole) -> None:
    tab.goto(f"{whole.url}/ask?about=/what")
    tab.get_by_label("您要说的事").fill("   ")
    tab.get_by_label("联系方式").fill("me@example.org")
    tab.get_by_role("button", name="发送").click()
    assert "请写下您要说的事" in tab.get_by_role("alert").inner_text()
    words = tab.get_by_label("您要说的事")
    assert words.get_attribute("aria-invalid") == "true"
    assert (words.get_attribute("aria-describedby") or "").split() == ["h-words", "e-words"]
    assert tab.get_by_label("联系方式").input_value() == "me@example.org"
    assert tab.locator("input[name=about]").input_value() == "/what"
    assert tab.evaluate(STICKS_OUT) == 0
    tab.get_by_role("alert").get_by_role("link").click()
    assert tab.evaluate("location.hash") == "#f-words"
    assert whole.letters() == []


@WIDTHS
def test_the_sixth_letter_in_ten_minutes_is_told_when_to_come_back(tab: Page, whole: Whole) -> None:
    for _ in range(5):
        httpx.post(f"{whole.url}/ask", data={"words": "a"})
    tab.goto(f"{whole.url}/ask")
    tab.get_by_label("您要说的事").fill("\n第二段写了很久")
    tab.get_by_role("button", name="发送").click()
    said = tab.get_by_role("alert").inner_text()
    assert re.search(r"请在\d{4}年\d{1,2}月\d{1,2}日\d{2}:\d{2}（北京时间）以后再发", said)
    assert tab.get_by_label("您要说的事").input_value() == "第二段写了很久"
    assert len(whole.letters()) == 5
