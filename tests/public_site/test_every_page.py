"""What holds on every page that can be reached: it answers, it is well formed, light, safe and honest."""

import re

import pytest

from public_site.pages.routes import PAGES
from tests.public_site.served import ORIGIN, Served, words_of

CHECKING = re.compile(r"/verify|/entries/\d+")
MODULE = re.compile(r'<script type="module" src="/static/verifier/[a-z_]+\.js\?v=[0-9a-f]{12}"></script>')
OUTSIDE = re.compile(r"(?:https?:)?//[a-z0-9]", re.IGNORECASE)


def shown(site: Served) -> dict[str, str]:
    """The HTML of every page of a site, by path."""
    pages = {
        path: answer.text
        for path, answer in site.pages.items()
        if answer.headers["content-type"].startswith("text/html")
    }
    assert len(pages) > 15
    return pages


def test_every_link_on_every_page_leads_somewhere(site: Served) -> None:
    assert {path: answer.status_code for path, answer in site.pages.items() if answer.status_code != 200} == {}


def test_every_kind_of_page_is_reached_by_links(demo: Served, amended: Served) -> None:
    reached = {*demo.pages, *amended.pages}
    for pattern, _ in PAGES:
        assert any(re.fullmatch(re.sub(r"\{\w+\}", "[^/?]+", pattern), path) for path in reached), pattern


def test_page_has_one_heading_its_landmarks_and_a_title_of_its_own(site: Served) -> None:
    for path, page in shown(site).items():
        assert page.count("<h1") == 1, path
        assert page.count("<main") == page.count("<header") == 1, path
        assert '<a class="skip" href="#main">' in page, path
        assert '<html lang="zh-Hans-CN">' in page, path
        assert path == "/" or not page.split("<title>")[1].startswith("阳光账本"), path


def test_only_the_pages_that_check_carry_a_script_and_exactly_one(site: Served) -> None:
    for path, page in shown(site).items():
        assert len(MODULE.findall(page)) == (1 if CHECKING.fullmatch(path) else 0), path


def test_page_carries_no_other_script_no_style_and_no_outside_address(site: Served) -> None:
    for path, answer in shown(site).items():
        page = MODULE.sub("", answer) if CHECKING.fullmatch(path) else answer
        assert not re.findall(r"<script|<style|<iframe|\sstyle=|\son[a-z]+=|javascript:", page, re.IGNORECASE), path
        rest = page.replace(ORIGIN, "")
        attributes = re.findall(r'(?:href|src|action)="([^"]*)"', rest)
        assert not [value for value in attributes if OUTSIDE.match(value)], path


def test_page_keeps_its_size_budget(site: Served) -> None:
    for path, page in shown(site).items():
        assert len(page.encode()) <= 60_000, path


def test_page_says_that_its_data_are_a_demonstration(demo: Served) -> None:
    assert all("演示数据" in page.split("<h1")[0] for page in shown(demo).values())


def test_tables_have_scopes_and_no_cell_is_empty_or_a_dash(site: Served) -> None:
    for path, page in shown(site).items():
        assert all("scope=" in cell for cell in re.findall(r"<th\b[^>]*>", page)), path
        cells = [*re.findall(r'<td(?! class="barcol")[^>]*>(.*?)</td>', page, re.DOTALL)]
        cells += re.findall(r"<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
        bare = [cell for cell in cells if words_of(cell) in ("", "-", "—", "–", "None", "/")]
        assert not bare, path


def test_nothing_of_the_program_shows_through(site: Served) -> None:
    for path, page in shown(site).items():
        seen = words_of(page.split("<main")[1].split('class="raw"')[0])
        assert not re.findall(r"\bNone\b|Figure\(|Named\(|Label\(|datetime|Markup|\{\{|&lt;|&amp;", seen), path


def test_ids_on_a_page_are_unique(site: Served) -> None:
    for path, page in shown(site).items():
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path


def test_every_page_says_what_it_was_computed_from(demo: Served) -> None:
    last = max(int(path.rpartition("/")[2]) for path in demo.pages if re.fullmatch(r"/entries/\d+", path))
    for path, page in shown(demo).items():
        then = re.fullmatch(r"/as-of/(\d+)/[a-z-]+(?:\?.*)?", path)
        upto = int(then[1]) - 1 if then else last
        assert f"本页由第0条至第{upto:,}条账目算出，数据截至" in words_of(page), path
        assert "（北京时间）" in page, path


def test_every_page_opens_with_a_sentence(site: Served) -> None:
    for path, page in shown(site).items():
        if path.startswith("/disclosures/"):
            continue  # it opens with what somebody else wrote, to the letter
        first = re.search(r'<p class="(?:lead|said)">(.*?)</p>', page, re.DOTALL)
        assert first, path
        assert words_of(first[1]).endswith("。"), path


@pytest.mark.parametrize(
    "path", ["/", "/where", "/what", "/whom", "/how-much", "/effect", "/audit", "/organisations", "/needs"]
)
def test_pages_of_a_new_ledger_say_what_is_not_there_yet(empty: Served, path: str) -> None:
    said = words_of(empty.get(path).text)
    assert "还没有" in said or path == "/audit"
    assert "0.00 元已支付" not in said


def test_new_ledger_has_one_entry_and_says_so(empty: Served) -> None:
    said = words_of(empty.get("/audit").text)
    assert "全部账目：1条" in said
    assert "本页由第0条账目算出" in said
