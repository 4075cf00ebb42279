"""Figures recomputed from the entries alone: what a site shows and what was signed, tampered with and not."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.audit.source import Source, open_source
from ledger.errors import LedgerError
from projections.disclosed.figures import digest_of, figures
from projections.disclosed.past import Past
from public_site.app import create_site
from tests.projections.amended_log import amended_log
from tests.projections.book import Book
from tests.projections.recounted import recount
from tests.public_site.served import ORIGIN, Served, publish_book, serve
from yangguang.cli.app import app
from yangguang.cli.figures_audit import own_pages
from yangguang.figures_audit.check import FiguresReport, check_figures
from yangguang.figures_audit.shown import shown_on, size_of
from yangguang.figures_audit.sites import site_at

SIZE = 80
TITLES = ("where", "what", "whom", "how_much", "effect")
ALL_SAME = dict.fromkeys(TITLES, "same")
Change = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True)
class Shop:
    """A published log and its site."""

    folder: Path
    site: Served

    @property
    def source(self) -> Source:
        return open_source(str(self.folder / "log"))

    def tampered(self, folder: Path, change: str) -> Served:
        """The site over a copy of its read models in which somebody changed rows and what is counted from them."""
        views = folder / "views.sqlite3"
        shutil.copy(self.site.views, views)
        with sqlite3.connect(views) as db:
            assert db.execute(change).rowcount > 0
            recount(db)
        db.close()
        return Served(create_site(views, self.site.log, origin_url=ORIGIN), views, self.site.log)


def add_true_disclosure(book: Book, folder: Path, question: str = "how_much", **wrong: object) -> int:
    """Publishes a question's figures at SIZE as they are, but for what is said to be wrong."""
    with Past(folder, book).reading(SIZE) as db:
        digest = digest_of(figures(db, question))
    data = {**book.payloads[book.at("disclosure.published", "first")]["data"], "at_size": SIZE, "digest": digest}
    data |= {"question": question, **wrong}
    return book.add("disclosure.published", f"{question}{len(wrong)}{book.size()}", data, by="lead")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    book = amended_log()
    book.amend("disclosure.voided", "first", book.at("disclosure.published", "first"))
    for question in TITLES:
        add_true_disclosure(book, folder / "as-of", question)
    publish_book(book, folder / "log")
    return Shop(folder, serve(folder, folder / "log"))


def pages_of(site: Served) -> Callable[[str], str]:
    return lambda name: site.get(f"/{name}").text


def verdicts(report: FiguresReport) -> dict[str, str]:
    return {page.question: page.verdict for page in report.pages}


def test_an_honest_site_and_true_disclosures_are_the_same_throughout(shop: Shop) -> None:
    report = check_figures(shop.source, site=pages_of(shop.site))
    assert verdicts(report) == ALL_SAME
    assert [each.verdict for each in report.signed if each.claim.stands] == ["same"] * 5
    assert report.exit_code == 0
    assert min(page.compared for page in report.pages) > 10
    assert json.loads(json.dumps(report.to_json()))["verdict"] == "same"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("UPDATE moves SET fen = fen + 1 WHERE idx = (SELECT MIN(idx) FROM moves WHERE what = 'paid')", "how_much"),
        ("UPDATE gifts SET confirmed_idx = NULL WHERE confirmed_idx IS NOT NULL", "how_much"),
        ("UPDATE spending SET fen = fen + 100 WHERE idx = (SELECT MAX(idx) FROM spending)", "where"),
        ("UPDATE batches SET count = count + 10 WHERE counts", "whom"),
        ("UPDATE projects SET state = 'completed' WHERE state != 'completed'", "what"),
        ("DELETE FROM indicators WHERE idx = (SELECT MIN(idx) FROM indicators)", "effect"),
    ],
)
def test_one_changed_total_in_the_read_models_is_found_on_its_page(
    shop: Shop, tmp_path: Path, change: str, wrong: str
) -> None:
    report = check_figures(shop.source, site=pages_of(shop.tampered(tmp_path, change)))
    found = next(page for page in report.pages if page.question == wrong)
    assert found.verdict == "different"
    assert found.differences
    assert all(each.place and each.page != each.entries for each in found.differences)
    assert report.exit_code == 1
    said = [zh for zh, _ in report.lines()]
    assert any("页：不同，有" in line for line in said)
    assert any("网页写" in line and "账目算出" in line for line in said)


def test_a_copy_of_the_read_models_that_nobody_changed_is_the_same(shop: Shop, tmp_path: Path) -> None:
    same = shop.tampered(tmp_path, "UPDATE moves SET fen = fen + 0")
    assert verdicts(check_figures(shop.source, site=pages_of(same))) == ALL_SAME


def test_the_place_of_a_difference_is_named_with_both_values(shop: Shop, tmp_path: Path) -> None:
    change = "UPDATE moves SET fen = fen + 1 WHERE idx = (SELECT MIN(idx) FROM moves WHERE what = 'received')"
    report = check_figures(shop.source, site=pages_of(shop.tampered(tmp_path, change)))
    page = next(each for each in report.pages if each.question == "how_much")
    received = next(each for each in page.differences if each.place == "收支是否相符 › 收到")
    more, right = (round(float(text.replace(",", "")) * 100) for text in (received.page, received.entries))
    assert more == right + 1


def test_a_false_digest_in_a_signed_disclosure_is_found_and_its_entry_named(tmp_path: Path) -> None:
    book = amended_log()
    book.amend("disclosure.voided", "first", book.at("disclosure.published", "first"))
    true = add_true_disclosure(book, tmp_path / "as-of")
    false = add_true_disclosure(book, tmp_path / "as-of", "effect", digest="ab" * 32)
    publish_book(book, tmp_path / "log")
    report = check_figures(open_source(str(tmp_path / "log")))
    assert {each.claim.index: each.verdict for each in report.signed if each.claim.stands} == {
        true: "same",
        false: "different",
    }
    assert report.exit_code == 1
    assert any(f"第{false:,}条" in zh and "不同" in zh and "ab" * 32 in zh for zh, _ in report.lines())


def test_a_false_digest_that_was_voided_is_told_and_is_no_finding(shop: Shop) -> None:
    report = check_figures(shop.source)
    assert [each.verdict for each in report.signed if not each.claim.stands] == ["different", "different"]
    assert report.exit_code == 0
    assert any("这一条后来作废了" in zh for zh, _ in report.lines())


def test_an_unknown_schema_is_told_and_is_no_finding(tmp_path: Path) -> None:
    book = amended_log()
    book.amend("disclosure.voided", "first", book.at("disclosure.published", "first"))
    index = add_true_disclosure(book, tmp_path / "as-of", figures_schema=3)
    publish_book(book, tmp_path / "log")
    report = check_figures(open_source(str(tmp_path / "log")))
    assert report.signed[-1].verdict == "newer"
    assert report.exit_code == 0
    assert any(f"第{index:,}条" in zh and "算法版本3" in zh and "较新的程序" in zh for zh, _ in report.lines())


@pytest.mark.parametrize(
    "page",
    [
        "<html><main>没有数字</main></html>",
        "<main>" + "<div>" * 5000,
        "本页由第0条至第999,999条账目算出<main></main>",
        "本页由第0条至第99,999,999,999,999,999,999,999条账目算出",
    ],
)
def test_a_page_that_cannot_be_compared_is_not_taken_for_the_same(shop: Shop, page: str) -> None:
    report = check_figures(shop.source, site=lambda _: page)
    assert set(verdicts(report).values()) == {"unread"}
    assert report.exit_code == 1


def test_a_page_that_leaves_a_figure_out_or_adds_one_is_different(shop: Shop) -> None:
    honest = pages_of(shop.site)

    def without(name: str) -> str:
        return honest(name).replace("<dt>未达标</dt>", "<dt>不提</dt>")

    def with_more(name: str) -> str:
        return honest(name).replace("</h1>", "</h1><p>另外收到 1,000.00 元。</p>")

    assert verdicts(check_figures(shop.source, site=without)) == {**ALL_SAME, "effect": "different"}
    assert set(verdicts(check_figures(shop.source, site=with_more)).values()) == {"different"}


def test_a_folder_of_pages_is_read_as_a_site_is(shop: Shop, tmp_path: Path) -> None:
    for name in ("where", "what", "whom", "how-much", "effect"):
        (tmp_path / name).mkdir()
        page = shop.site.get(f"/{name}").text.replace('href="/', 'href="../')
        (tmp_path / name / "index.html").write_text(page, encoding="utf-8")
    with site_at(str(tmp_path)) as site:
        assert verdicts(check_figures(shop.source, site=site)) == ALL_SAME
    with pytest.raises(LedgerError, match="no pages"), site_at(str(tmp_path / "where")):
        pass


def test_reading_a_page_keeps_rows_columns_and_labels_apart() -> None:
    page = (
        "<main><h2>捐赠</h2><dl><div><dt>收到（元）</dt><dd><a><span>1.00</span><span>2条</span></a></dd></div></dl>"
        '<table><tr><th scope="row">甲</th><td data-label="现金">3.00</td><td data-label="笔数">没有</td></tr></table>'
        '<p>共4人。<svg><text>5</text></svg></p><footer class="foot">6</footer></main><p>7</p>'
    )
    assert [(each.place, each.said) for each in shown_on(page)] == [
        ("捐赠 › 收到（元）", "1.00 2条"),
        ("捐赠 › 甲 › 现金", "3.00"),
        ("捐赠 › 甲 › 笔数", "没有"),
        ("捐赠", "4"),
    ]
    assert size_of("本页由第0条账目算出") == 1
    assert size_of("本页由第0条至第1,604条账目算出") == 1605
    assert size_of("别的") is None


def test_staff_get_the_digest_to_sign_from_the_command(shop: Shop) -> None:
    asked = ["figures", str(shop.folder / "log"), "how-much", "--at", str(SIZE), "--json"]
    answer = CliRunner().invoke(app, asked)
    found = json.loads(answer.stdout)
    signed = next(each for each in check_figures(shop.source).signed if each.verdict == "same")
    assert (found["question"], found["at_size"], found["figures_schema"]) == ("how_much", SIZE, 1)
    assert found["digest"] in {each.claim.digest for each in check_figures(shop.source).signed}
    assert found["digest"] == digest_of(found["canonical"])
    assert signed.claim.at_size == SIZE
    assert CliRunner().invoke(app, [*asked[:2], "why"]).exit_code == 2
    assert CliRunner().invoke(app, [*asked[:4], "99999"]).exit_code == 1
    assert "balance.received" in CliRunner().invoke(app, asked[:3]).stdout


def test_pages_are_taken_before_the_log_is_read_and_what_cannot_be_read_is_told(shop: Shop, tmp_path: Path) -> None:
    for name in ("where", "what", "whom", "how-much"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(shop.site.get(f"/{name}").text, encoding="utf-8")
    pages = own_pages(str(tmp_path), None)
    shutil.rmtree(tmp_path / "where")
    report = check_figures(shop.source, site=pages)
    assert verdicts(report) == {**ALL_SAME, "effect": "unread"}
    assert any("没有比较" in zh and "effect" in zh for zh, _ in report.lines())
    assert own_pages(str(shop.folder / "log"), None) is None
    with pytest.raises(LedgerError):
        own_pages(str(shop.folder / "log"), "http://127.0.0.1:9/")("where")  # type: ignore[misc]
