"""Chromium for each file of tests; a page from which every module can be imported; true material to tamper with.

Not for the whole session: while the browser's event loop runs, nothing else in the process may run one of its own.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.verifier.browser import STATIC, chromium, static_server
from tests.verifier.granted import Granted, grant_in
from tests.verifier.material import Material, make_material
from tests.verifier.serving import site_of


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Granted]:
    """A ledger with a granted scholarship round, still open."""
    found = grant_in(tmp_path_factory.mktemp("granted"))
    yield found
    found.world.ledger.close()


@pytest.fixture(scope="module")
def material(granted: Granted) -> Material:
    """Its entries, tree and keys. Before the browser: once that runs, no other event loop can in this thread."""
    return make_material(granted)


@pytest.fixture(scope="module")
def browser(material: Material) -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(granted: Granted, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of that ledger."""
    with site_of(granted.publish(), tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of its own, in a context of its own, that reports every complaint of a page."""
    complaints: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to serve: the modules where the site has them, and the judge that calls them."""
    folder = tmp_path_factory.mktemp("judges")
    shutil.copytree(STATIC / "verifier", folder / "static" / "verifier")
    shutil.copy(Path(__file__).with_name("judge.js"), folder)
    (folder / "index.html").write_text("<!doctype html><title>judge</title>")
    return folder


@pytest.fixture(scope="module")
def page(browser: Browser, judges: Path) -> Iterator[Page]:
    """A page of that folder."""
    with static_server(judges) as address:
        tab = browser.new_page()
        tab.goto(address)
        yield tab
        tab.close()


@pytest.fixture
def page_without(browser: Browser, judges: Path, tmp_path: Path) -> Iterator[Callable[[str, str, str], Page]]:
    """``page_without(module, old, new)``: a page whose verifier has one piece of its text replaced."""
    folder = Path(shutil.copytree(judges, tmp_path / "judges"))
    with static_server(folder) as address:
        tab = browser.new_page()

        def open_page(module: str, old: str, new: str) -> Page:
            path = folder / "static" / "verifier" / module
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
            tab.goto(address)
            return tab

        yield open_page
        tab.close()
