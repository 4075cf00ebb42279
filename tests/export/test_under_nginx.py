"""The exported folder under a real nginx, at the root of a site and below another one."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from tests.export.nginx import nginx
from tests.ledger.backup.town import PIXELS
from tests.verifier.browser import chromium
from tests.verifier.reading import GOOD, steps, wait_for_text
from yangguang.cli.app import app

ABORTED = "net::ERR_ABORTED"
SIZES = ((1440, 900), (360, 740))


@pytest.fixture(scope="module")
def below(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the folder below a site's root."""
    with nginx(exported.parent, tmp_path_factory.mktemp("nginx") / "below") as address:
        yield f"{address}/{exported.name}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def verify(*arguments: str) -> int:
    return CliRunner().invoke(app, ["verify", *arguments]).exit_code


def test_figure_leads_to_its_entries_and_they_to_their_pages(below: str) -> None:
    page = httpx.get(f"{below}/whom/").text
    found = re.search(r'href="\.\./(audit/figure=[^"]+/index\.html|entries/\d+/index\.html)"', page)
    assert found
    answer = httpx.get(f"{below}/{found[1]}")
    assert answer.status_code == 200
    assert "条" in answer.text


def test_page_answers_by_the_address_that_the_site_has(below: str) -> None:
    answer = httpx.get(f"{below}/entries/3", follow_redirects=True)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert "第3条" in answer.text


def test_log_is_served_byte_for_byte(below: str, exported: Path) -> None:
    names = [path.relative_to(exported).as_posix() for path in (exported / "log").rglob("*") if path.is_file()]
    with httpx.Client() as client:
        for name in names:
            assert client.get(f"{below}/{name}").content == (exported / name).read_bytes(), name


def test_it_verifies_over_http_and_a_changed_byte_is_found(below: str, exported: Path, tmp_path: Path) -> None:
    genesis = (exported / "genesis.txt").read_text(encoding="utf-8").strip()
    assert verify(below, "--genesis", genesis) == 0
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    bundle = next(path for path in (copy / "log" / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 4
    bundle.write_bytes(data)
    with nginx(copy, tmp_path / "nginx") as address:
        assert httpx.get(f"{address}/how-much/").status_code == 200
        assert verify(address) == 1


@pytest.mark.parametrize("size", SIZES)
def test_pages_look_and_work_in_a_browser_without_a_failed_request(
    browser: Browser, below: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height})
    tab, failed = context.new_page(), list[str]()
    # Going on to the next page breaks off what the last one still loaded, which is no failure.
    tab.on("requestfailed", lambda request: failed.append(request.url) if request.failure != ABORTED else None)
    tab.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    for path in ("", "/how-much/", "/audit/", "/data/", "/ask/"):
        tab.goto(f"{below}{path}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily"), path
    tab.goto(below)
    tab.click("nav.nav a:has-text('帮了多少')")
    assert tab.url == f"{below}/how-much/index.html"
    assert failed == []
    context.close()


def test_photograph_is_shown_beside_its_words(browser: Browser, below: str, exported: Path) -> None:
    pages = (exported / "disclosures").rglob("*.html")
    page = next(path for path in pages if "<img" in path.read_text(encoding="utf-8"))
    tab = browser.new_page()
    tab.goto(f"{below}/{page.relative_to(exported).as_posix()}")
    assert tab.evaluate("document.querySelector('img').naturalWidth") == len(PIXELS)
    tab.close()


def test_browser_checks_the_whole_ledger_from_the_folder(browser: Browser, below: str) -> None:
    tab: Page = browser.new_page()
    tab.goto(f"{below}/verify/#entry=7")
    assert steps(tab) == GOOD
    tab.click("#whole button")
    wait_for_text(tab, "#result .check", "整本账")
    assert steps(tab) == GOOD
    tab.close()


def test_opened_from_a_disk_the_pages_lead_on_and_say_what_does_not_work(browser: Browser, exported: Path) -> None:
    tab: Page = browser.new_page()
    tab.goto((exported / "index.html").as_uri())
    tab.click("nav.nav a:has-text('在哪里')")
    assert tab.url.endswith("/where/index.html")
    tab.goto((exported / "verify" / "index.html").as_uri())
    assert tab.locator("#no-script").is_visible()
    assert "请用另外两种办法" in tab.locator("#no-script").inner_text()
    tab.close()
