"""Naughty strings as names of places: through the API into the log, out of it onto the pages, and into a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import pytest
from markupsafe import escape
from playwright.sync_api import Page, sync_playwright

from ledger.api.app import create_api
from ledger.committer import Committer
from ledger.publishing.publisher import Publisher
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from tests.faults.serving import serving
from tests.ledger.api.conftest import check_problem, wire
from tests.ledger.naughty import ABSENT, naughty_strings
from tests.ledger.world import World, resign
from yangguang.serving import ByPath

pytestmark = pytest.mark.skipif(not naughty_strings(), reason=ABSENT)
LISTS = ("/", "/where", "/what", "/organisations", "/audit")
PLAIN = "平常的村"


@dataclass
class Shown:
    """A site on which the admitted strings stand; by string, the path of its place and the index of its entry."""

    url: str
    pages: dict[str, str]
    entries: dict[str, int]
    refused: int


class Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes, and nothing of its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    world = World(tmp_path_factory.mktemp("naughty"))
    settings = world.ledger.settings
    settings.views.parent.mkdir()
    committer = Committer(world.ledger)
    site = create_site(settings.views, settings.log)
    with serving(ByPath(create_api(world.ledger, committer, clock=world.clock, random=world.random), site)) as url:
        shown = submit(world, url)
        Publisher(world.ledger.store, settings.log, vkey=settings.vkey).publish()
        runner = Runner(settings.views, LogFolderSource(settings.log))
        runner.run_once()
        runner.close()
        yield shown
    committer.close()
    world.ledger.close()


def submit(world: World, url: str) -> Shown:
    """Posts every string as all the names of a place."""
    shown = Shown(url, {}, {}, 0)
    with httpx.Client(base_url=url) as client:
        for number, text in enumerate([PLAIN, *naughty_strings()]):
            record = world.new("place")
            level = {"code": f"P{number}", "level": "village"}
            drafted = world.draft("place.registered", record, {**level, "name": "村"})
            names = {"name": text, "name_en": text, "aliases": [text]}
            answer = client.post("/api/events", json=wire(resign(drafted, "admin-1", data={**level, **names})))
            if answer.status_code == 201:
                shown.pages[text] = f"/places/{record.partition('/')[2]}"
                shown.entries[text] = answer.json()["index"]
            else:
                check_problem(answer)
                shown.refused += 1
    return shown


def test_every_string_is_recorded_or_refused_with_a_problem_document(shown: Shown) -> None:
    assert len(shown.pages) > 300
    assert shown.refused > 20


def test_every_admitted_string_is_on_its_page_as_text_and_changes_no_tag(shown: Shown) -> None:
    with httpx.Client(base_url=shown.url) as client:
        skeleton = Skeleton(client.get(shown.pages[PLAIN]).text).tags
        for text, path in shown.pages.items():
            page = client.get(path)
            assert page.status_code == 200
            assert str(escape(text)) in page.text
            assert "<script" not in page.text.lower()
            assert Skeleton(page.text).tags == skeleton, text


def list_of_places(client: httpx.Client) -> str:
    """All pages of the list."""
    pages, path = [], "/where"
    while path:
        pages.append(client.get(path).text)
        following = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        path = unescape(following.group(1)) if following else ""
    return "".join(pages)


def test_every_admitted_string_stands_on_the_list_of_places_and_in_its_entry(shown: Shown) -> None:
    with httpx.Client(base_url=shown.url) as client:
        places = list_of_places(client)
        assert "还没有一笔付款用在这些地点" in places, "no place is called the one where most was paid"
        for text, index in shown.entries.items():
            assert str(escape(text)) in places
            entry = client.get(f"/entries/{index}")
            assert entry.status_code == 200
            assert str(escape(text)) in entry.text
            assert entry.text.lower().count("<script") == 1, "the page's own module and no other"


def test_every_string_can_be_searched_for(shown: Shown) -> None:
    with httpx.Client(base_url=shown.url) as client:
        for text in naughty_strings():
            answer = client.get("/search", params={"q": text})
            assert answer.status_code < 500, text
            assert "<script" not in answer.text.lower()


def test_a_browser_runs_nothing_of_them_and_asks_no_one_else(shown: Shown) -> None:
    tricky = [path for text, path in shown.pages.items() if set(text) & set("<>\"'`&:{%$\\")]
    assert len(tricky) > 150
    tricky = tricky[::3]  # all of them stand on the list of places as well
    searches = [f"/search?q={quote(text)}" for text in list(shown.pages)[::40]]
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        watch(page, complaints)
        for path in [*LISTS, *tricky, *searches]:
            page.goto(shown.url + path)
        browser.close()
    assert complaints == []
    assert len(asked) > len(tricky)
    assert [url for url in asked if not url.startswith((f"{shown.url}/", "data:"))] == []


def watch(page: Page, complaints: list[str]) -> None:
    """Notes dialogs, errors of scripts, and whatever the console calls an error or a warning."""
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
