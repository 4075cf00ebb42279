"""The drawings where they stand: on the pages of the demonstration and of a new ledger."""

import re

import pytest

from ledger.domain.sentences import format_amount
from projections import effect, how_much, what
from projections.rows import Figure
from projections.views import Views
from public_site.drawings.measures import measures, shortfall
from public_site.drawings.over_time import money_over_time
from public_site.drawings.sankey import sankey
from tests.public_site.served import Served

HOSTILE = '<script>alert("1")</script>&\'<a href=//x>'
PLANS = {"tongmeng": "童梦计划", "shengji": "升级计划"}
NOTHING = Figure(0, ())


@pytest.mark.parametrize("path", ["/how-much", "/effect"])
def test_every_chart_of_a_page_has_reading_drawings_and_a_table_with_links(demo: Served, path: str) -> None:
    figures = re.findall(r'<figure class="chart">.*?</figure>', demo.get(path).text, re.DOTALL)
    assert len(figures) == 2
    for each in figures:
        assert re.match(r'<figure class="chart"><figcaption class="lead">[^<]+。</figcaption>\s*<svg', each)
        assert 'class="wide"' in each
        assert 'class="narrow"' in each
        folded = each.split("<details>")[1]
        assert "<table" in folded
        assert re.search(r'<td class="num"[^>]*><a class="n" href="/(entries|audit)', folded)


def test_readings_on_the_demonstration_are_true(demo: Served) -> None:
    with Views(demo.views).reading() as db:
        flows, balance, items = how_much.flows(db), how_much.balance(db), effect.indicators(db)
        titles = {code: label.zh for code, label in what.plan_titles(db).items()}
    money, results = sankey(flows, titles).reading, measures(items).reading
    waiting = balance.unpaid.value + balance.unallocated.value
    assert format_amount(balance.received.value) in money
    assert f"{100 * waiting / balance.received.value:.1f}%" in money
    assert format_amount(balance.unpaid.value) in money
    assert format_amount(balance.unallocated.value) in money
    by_use: dict[str, int] = {}
    for each in flows:
        if each.use not in ("unpaid", "unallocated", "returned"):
            by_use[each.use] = by_use.get(each.use, 0) + each.fen.value
    assert format_amount(max(by_use.values())) in money.rpartition("用得最多")[2]
    missed = [item for item in items if item.outcome == "missed"]
    assert f"{len(missed)}项未达标" in results
    assert max(missed, key=shortfall).indicator.zh in results


def test_tables_under_the_flows_add_up_to_what_was_received(demo: Served) -> None:
    with Views(demo.views).reading() as db:
        received = how_much.balance(db).received.value
    figure = re.findall(r'<figure class="chart">.*?</figure>', demo.get("/how-much").text, re.DOTALL)[1]
    first = figure.split("<table")[1]
    sums = re.findall(r">([\d,]+\.\d\d)<", first)
    assert sum(int(re.sub(r"\D", "", each)) for each in sums) == received


def test_tint_over_time_is_money_in_hand_and_leaves_out_what_was_returned(demo: Served) -> None:
    with Views(demo.views).reading() as db:
        quarters = how_much.by_quarter(db)
    assert sum(quarter.returned.value for quarter in quarters) > 0
    wide = money_over_time(quarters)[0]
    high, top = (float(wide[name][len(quarters)][1]) for name in ("received", "area"))
    low, fen_high = float(wide["paid"][-1][1]), quarters[-1].received_so_far
    share = (low - top) / (wide["base"] - high)
    assert high < top < low
    assert share == pytest.approx(quarters[-1].in_hand_fen / fen_high, abs=0.001)


def test_new_ledger_has_no_drawing_and_says_why(empty: Served) -> None:
    page = empty.get("/how-much").text
    assert "<figure" not in page
    assert "还没有现金流向。" in page
