"""What only a browser can tell: nothing sticks out, no two figures overlap, the keyboard finds its way."""

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.public_site.served import Served

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = (320, 360, 768, 1440)
UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true })"
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Numbers of figures, and of tables as soon as they stand side by side.
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.figs dd .n, .balance dd .n, td.num .n')]
    .map(e => [e.textContent, e.getBoundingClientRect()]).filter(([, b]) => b.width > 0);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([two]) => `${one} | ${two}`));
}"""
WRAPPED = """() => [...document.querySelectorAll('.figs dd .n, .balance dd .n')]
  .filter(e => e.getClientRects().length > 1).map(e => e.textContent)"""
SMALL = """() => [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n =>
    n.nodeType === 3 && /[\\u4e00-\\u9fff]/.test(n.data)) && parseFloat(getComputedStyle(e).fontSize) < 14
    && e.getClientRects().length && !e.closest('code, .hide')).map(e => e.textContent)"""


@pytest.fixture(scope="module")
def address(demo: Served) -> Iterator[str]:
    """The demonstration, served on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(demo.app, port=port, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser(paths: list[str]) -> Iterator[Browser]:
    """The system's Chromium. Its absence is loud: a failure where CI is set, else a skip that says so.

    ``paths`` come first: once the browser's own event loop runs, no other can in this thread.
    """
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing at /usr/bin/chromium; the browser tests must run here")
        pytest.skip("NOT CHECKED: no Chromium at /usr/bin/chromium, so the layout was not looked at")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def paths(demo: Served) -> list[str]:
    """One page of each kind, and the fullest of some."""
    kinds: dict[str, str] = {}
    for path, answer in demo.pages.items():
        kind = re.sub(r"/[0-9a-f-]{36}|/\d+|\?.*", "/*", path)
        if answer.headers["content-type"].startswith("text/html"):
            longest = kinds.get(kind)
            if longest is None or len(answer.content) > len(demo.pages[longest].content):
                kinds[kind] = path
    return [*kinds.values(), "/entries/0", "/nowhere", "/search?q=示例", "/audit?from=x"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own."""
    tab = browser.new_page()
    yield tab
    tab.close()


def test_nothing_sticks_out_overlaps_wraps_or_is_too_small_at_any_width(
    page: Page, address: str, paths: list[str]
) -> None:
    for path in paths:
        page.goto(address + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(STICKS_OUT) == 0, (path, width)
        page.evaluate(UNFOLD)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(STICKS_OUT) == 0, (path, width)
            assert page.evaluate(OVERLAPS) == [], (path, width)
            assert page.evaluate(WRAPPED) == [], (path, width)
            assert page.evaluate(SMALL) == [], (path, width)


def test_fifth_question_is_above_the_fold_of_a_wide_screen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    box = page.locator(".five .q").nth(4).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("path", ["/", "/how-much", "/entries/300"])
def test_keyboard_finds_the_skip_link_first_and_it_works(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["width"] > 40
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_controls_are_large_enough_to_touch(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}/audit?what=donation")
    heights = page.evaluate(
        "[...document.querySelectorAll('main button, main input, main select, .chips a')]"
        ".filter(e => e.offsetParent).map(e => e.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 44


def test_browser_asks_for_no_more_than_three_files_and_reports_nothing(page: Page, address: str) -> None:
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/entries/300")
    assert len(asked) <= 3
    assert all(url.startswith(address) for url in asked)
    assert complaints == []
