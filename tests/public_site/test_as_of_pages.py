"""The five pages as they were when their figures were signed, and that what was signed is what the pages show."""

import fcntl
import hashlib
import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.domain.disclosure import QUESTIONS
from projections.disclosed import past as past_module
from projections.disclosed.claims import claims
from projections.disclosed.figures import changes, digest_of, each, figures
from projections.disclosed.past import Past
from projections.rows import Figure
from projections.runner import as_of_folder
from projections.source import LogFolderSource
from projections.views import Views
from public_site import app as app_module
from public_site import sources
from public_site.presenters.disclosed import UNLINKED, label_of, verdict
from tests.projections.amended_log import amended_log
from tests.public_site.served import Served, afresh, publish_book, serve, words_of

FIVE = ("where", "what", "whom", "how-much", "effect")
Key = tuple[str, str]


@pytest.fixture(params=["demo", "amended"])
def both(request: pytest.FixtureRequest) -> Served:
    site: Served = request.getfixturevalue(request.param)
    return site


def linked_on(site: Served, paths: list[str]) -> dict[Key, int]:
    """Every figure that pages link: its name, what it is about, and its value."""
    found: dict[Key, int] = {}
    make, patch = sources.href, pytest.MonkeyPatch()

    def remember(name: str, of: str, figure: Figure) -> str:
        found[name, of] = figure.value
        return make(name, of, figure)

    patch.setattr(sources, "href", remember)
    try:
        for path in paths:
            assert site.get(afresh(path)).status_code == 200
    finally:
        patch.undo()
    return found


def test_every_figure_that_a_page_links_is_among_those_that_are_signed(both: Served) -> None:
    with Views(both.views).reading() as db:
        signed = {question: each(figures(db, question)) for question in QUESTIONS}
    for page in FIVE:
        values, linked = signed[page.replace("-", "_")], linked_on(both, [f"/{page}"])
        assert linked
        for (name, of), value in linked.items():
            # A drawn flow may stand for several that are signed one by one.
            if name != "flow":
                assert values.get((name, of)) == value, (page, name, of)


def test_every_figure_that_is_signed_has_a_name_in_words_and_those_with_a_link_lead_to_it(both: Served) -> None:
    with Views(both.views).reading() as db:
        for question in QUESTIONS:
            for (name, of), value in each(figures(db, question)).items():
                assert label_of(db, name, of)
                if name not in UNLINKED and value:
                    assert sources.resolve(db, name, of).figure.value == value, (name, of)


def test_signed_flows_add_up_to_the_cash_received(both: Served) -> None:
    with Views(both.views).reading() as db:
        found = figures(db, "how_much")["figures"]
    assert sum(found["flow"].values()) == found["balance.received"] > 0


def sizes_of(site: Served) -> list[int]:
    with Views(site.views).reading() as db:
        return sorted({claim.at_size for claim in claims(db)})


def test_page_shows_what_it_showed_then_and_says_so(demo: Served) -> None:
    size = sizes_of(demo)[3]
    for page in FIVE:
        then = words_of(demo.get(f"/as-of/{size}/{page}").text)
        assert f"这是第{size - 1:,}条记入时（" in then
        assert f"本页由第0条至第{size - 1:,}条账目算出" in then
        assert re.search(r"当时的数字，有\d+个今天不同了", then)
        assert f'href="/{page}"' in demo.get(f"/as-of/{size}/{page}").text
    assert "签署的数字，与现在从账目重算的相同。" in words_of(demo.get(f"/as-of/{size}/how-much").text)


def test_figures_of_an_earlier_page_lead_to_the_entries_there_were(demo: Served) -> None:
    size = sizes_of(demo)[3]
    page = demo.get(f"/as-of/{size}/how-much").text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*figure=[^"]+)"', page)}
    assert len(links) > 20
    assert all(link.startswith(f"/as-of/{size}/audit?figure=") for link in links)
    listed: list[int] = []
    for link in sorted(links)[::8]:
        shown = demo.get(link)
        listed += map(int, re.findall(r'<p class="no"><a class="e" href="/entries/(\d+)"', shown.text))
        assert f"这是第{size - 1:,}条记入时（" in words_of(shown.text)
    assert 0 < max(listed) < size
    entries = list(map(int, re.findall(r'href="/entries/(\d+)"', page.split("<main")[1].split('class="foot"')[0])))
    assert max(index for index in entries if index != size) < size


def test_what_changed_is_listed_page_by_page_with_both_values(demo: Served) -> None:
    size = sizes_of(demo)[0]
    found = demo.get(f"/as-of/{size}/how-much/changes")
    with Views(demo.views).reading() as db:
        now = figures(db, "how_much")["figures"]["balance.received"]
    assert f"{now // 100:,}.{now % 100:02d}" in words_of(found.text)
    assert f'href="/as-of/{size}/how-much/changes?page=2"' in found.text
    assert demo.get(f"/as-of/{size}/how-much/changes?page=2").status_code == 200


def test_what_was_signed_is_printed_to_the_byte_and_its_names_are_explained(demo: Served) -> None:
    with Views(demo.views).reading() as db:
        last = claims(db)[-1]
    page = demo.get(f"/as-of/{last.at_size}/{last.question.replace('_', '-')}/changes").text
    signed = html.unescape(page.split("<pre><code>")[1].split("</code>")[0])
    assert hashlib.sha256(signed.encode()).hexdigest() == last.digest
    names = words_of(demo.get(f"/as-of/{last.at_size}").text)
    assert all(name in names for name in json.loads(signed)["figures"])


@pytest.mark.parametrize("path", ["/as-of/12", "/as-of/12/where", "/as-of/012/where", "/as-of/-1/whom/changes"])
def test_a_size_that_nobody_signed_for_is_not_found_and_the_others_are_named(demo: Served, path: str) -> None:
    answer = demo.get(path)
    assert answer.status_code == 404
    assert all(f'href="/as-of/{size}"' in answer.text for size in sizes_of(demo))


def test_a_page_that_is_none_of_the_five_is_not_found(demo: Served) -> None:
    size = sizes_of(demo)[0]
    assert demo.get(f"/as-of/{size}/organisations").status_code == 404
    assert demo.get(f"/as-of/{size}/audit/changes").status_code == 404


def test_a_ledger_that_published_nothing_has_no_earlier_pages(empty: Served) -> None:
    answer = empty.get("/as-of/1")
    assert answer.status_code == 404
    assert "还没有公布过数字" in words_of(answer.text)


def test_a_digest_that_is_not_that_of_the_figures_is_told_on_both_pages(amended: Served) -> None:
    (size,) = sizes_of(amended)
    page = amended.get(f"/as-of/{size}/how-much").text
    assert words_of(page).count("签署的数字，与现在从账目重算的不同。请以账目为准") == 2
    assert "这一条后来作废了。" in words_of(page)
    assert re.search(
        rf'<a href="/as-of/{size}/how-much"><span class="flag red">不同</span></a>', amended.get("/reports").text
    )


def test_whoever_comes_while_the_views_are_being_built_is_asked_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_book(amended_log(), tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    monkeypatch.setattr(past_module, "PATIENCE_SECONDS", 0.1)
    folder = as_of_folder(site.views)
    folder.mkdir()
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        answer = site.get("/as-of/80/where")
    assert answer.status_code == 503
    assert "正在从当时的账目重新算出" in words_of(answer.text)
    assert site.get("/as-of/80/where").status_code == 200


def test_a_size_that_takes_long_to_fold_is_prepared_in_the_background_and_the_page_says_how_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_book(amended_log(), tmp_path / "log")
    monkeypatch.setattr(app_module, "MOST_FOLDED", 79)
    site = serve(tmp_path, tmp_path / "log")
    for path in ("/as-of/80/where", "/as-of/80", "/as-of/80/where/changes", "/as-of/80/audit"):
        answer = site.get(path)
        assert answer.status_code == 503
        assert 0 < int(answer.headers["retry-after"]) < 60
        assert "大约还要10秒" in words_of(answer.text)
    past = Past(as_of_folder(site.views), LogFolderSource(site.log))
    past.prepare()
    assert site.get("/as-of/80/audit").status_code == 200
    assert site.get("/as-of/80/where").status_code == 503, "the figures of today take as long, of a log as large"
    with Views(site.views).reading() as db:
        past.prepare_latest(db)
    said = words_of(site.get("/as-of/80/where").text)
    assert "这是第79条记入时" in said
    assert re.search(r"有\d+个今天不同了", said)
    assert site.get("/as-of/80").status_code == 200


def test_figures_that_are_some_entries_old_are_compared_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_book(amended_log(), tmp_path / "log")
    monkeypatch.setattr(app_module, "MOST_FOLDED", 100)
    site = serve(tmp_path, tmp_path / "log")
    past = Past(as_of_folder(site.views), LogFolderSource(site.log))
    assert site.get("/as-of/80/whom").status_code == 503
    with past.reading(200) as db:
        past.prepare_latest(db)
        expected = changes(past.figures(80)["1"]["whom"], figures(db, "whom"))
    for path in ("/as-of/80/whom", "/as-of/80/whom/changes"):
        assert f"有{len(expected)}个第199条记入时不同了" in words_of(site.get(path).text)


def test_reports_are_not_kept_in_memory_while_a_digest_is_still_to_be_recomputed(tmp_path: Path) -> None:
    publish_book(amended_log(), tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    before = site.get("/reports")
    assert "未重算" in words_of(before.text)
    assert before.headers["cache-control"] == "no-store"
    assert site.get("/as-of/80/how-much").headers["etag"]
    after = site.get("/reports")
    assert "未重算" not in words_of(after.text)
    assert after.headers["etag"]


def test_todays_page_leads_to_what_was_last_published_of_it(demo: Served) -> None:
    last = sizes_of(demo)[-1]
    for page in FIVE:
        assert f'href="/as-of/{last}/{page}"' in demo.get(f"/{page}").text


@pytest.fixture
def past(demo: Served) -> Past:
    return Past(as_of_folder(demo.views), LogFolderSource(demo.log))


def test_a_signed_schema_that_this_program_does_not_know_is_not_judged(demo: Served, past: Past) -> None:
    with Views(demo.views).reading() as db:
        known = claims(db)[0]
    past.figures(known.at_size)
    assert verdict(past, known) == "same"
    assert verdict(past, replace(known, schema=2)) == "newer"
    assert verdict(past, replace(known, digest=digest_of({}))) == "different"
    assert verdict(None, known) == "unchecked"


def test_an_unknown_schema_is_told_in_words(tmp_path: Path) -> None:
    book = amended_log()
    data = {**book.payloads[book.at("disclosure.published", "first")]["data"], "figures_schema": 9, "at_size": 90}
    book.add("disclosure.published", "third", data, by="lead")
    publish_book(book, tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    said = words_of(site.get("/as-of/90/how-much").text)
    assert "用的是版本9的算法，本网站的程序还不会算，所以没有核对" in said
    assert "算法较新，未重算" in words_of(site.get("/reports").text)
