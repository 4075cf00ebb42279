"""Charts of flows, effect and obligations: true to their rows, light, escaped; a sentence where there is nothing."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from ledger.domain.sentences import format_amount
from projections.rows import Figure, Flow, Indicator, Measure, Named, Obligation, Programme
from public_site.drawings import qr
from public_site.drawings.duties import duties, periods
from public_site.drawings.flows import MOST, MOST_DONORS, Node, graph, matching
from public_site.drawings.measures import WIDE_SHEET, measures, position, shortfall
from public_site.drawings.sankey import LINE, Column, place, reading, sankey
from public_site.drawings.svg import Chart, fitted, short_money, width_of
from tests.public_site.served import words_of

HOSTILE = '<script>alert("1")</script>&\'<a href=//x>'
PLANS = {"tongmeng": "童梦计划", "shengji": "升级计划"}
NOTHING = Figure(0, ())


def named(text: str) -> Named:
    return Named(f"organisation/{text}", text, text)


def flow(donor: str, plan: str | None, use: str, fen: int) -> Flow:
    return Flow("organisation", named(donor), plan, use, Figure(fen, (fen % 97, 7)))


def indicator(name: str, outcome: str, *values: str | None, better: str = "higher") -> Indicator:
    """Baseline, target and actual, each possibly None."""
    baseline, target, actual = (Measure(each, date(2024, 1, 1), 5) if each else None for each in values)
    return Indicator(
        indicator=named(name), about=named("项目"), plan=None, unit="个", better=better, method="数一数",
        outcome=outcome, baseline=baseline, target=target, actual=actual, measured_by=None, why_missed=None,
        measurements=(), index=4,
    )  # fmt: skip


def programme(*obligations: Obligation, starts_on: date = date(2022, 4, 1)) -> Programme:
    return Programme(
        programme=named("方案"), full_title="方案", aliases=(), basis=(), area=(), starts_on=starts_on,
        ends_on=date(2024, 12, 31), state="open", phases=(), plans=(), service_types=(), outcomes=(), participants=(),
        obligations=obligations, launch=None, index=1,
    )  # fmt: skip


def drawings(chart: Chart) -> list[str]:
    return re.findall(r"<svg.*?</svg>", chart.drawings, re.DOTALL)


SOME_FLOWS = (
    flow("甲会", "tongmeng", "home", 5_000_000),
    flow("甲会", "tongmeng", "unpaid", 300_000),
    flow("乙会", "shengji", "school", 2_000_000),
    flow("乙会", None, "unallocated", 700_000),
    flow("乙会", None, "returned", 100_000),
)
SOME_MEASURES = (
    indicator("差得近", "missed", "0", "10", "9"),
    indicator("差得远", "missed", "0", "1000", "400"),
    indicator("没有测", "defined", "0", "3", None),
    indicator("达到了", "met", "1", "3", "4"),
)
LAST_DAY = date(2025, 3, 31)
TRAINING = Obligation("training", "培训", "zhiban", "year", 2, None, 82)
TEAM = Obligation("team", "服务队", None, "whole", 1, None, 83)
CHARTS = {
    "flows": sankey(SOME_FLOWS, PLANS),
    "effect": measures(SOME_MEASURES),
    "duties": duties(programme(TRAINING, TEAM), periods(programme(TRAINING, TEAM), {}, LAST_DAY)),
}

a_flow = st.builds(
    flow,
    st.sampled_from([f"机构{number}" for number in range(12)]),
    st.sampled_from([f"plan{number}" for number in range(9)]),
    st.sampled_from(["unpaid", *(f"use{number}" for number in range(10))]),
    st.integers(1, 10**12),
)
an_end = st.builds(
    flow,
    st.sampled_from(["机构0", "机构1"]),
    st.none(),
    st.sampled_from(["unallocated", "returned"]),
    st.integers(1, 10**12),
)


@given(st.lists(st.one_of(a_flow, an_end), min_size=1, max_size=60))
def test_what_was_received_is_conserved_from_column_to_column(flows: list[Flow]) -> None:
    found = graph(tuple(flows), PLANS)
    received = sum(each.fen.value for each in flows)
    ended = sum(node.fen for node in found.plans if node.key in ("unallocated", "returned"))
    assert sum(node.fen for node in found.donors) == sum(node.fen for node in found.plans) == received
    assert sum(node.fen for node in found.uses) == received - ended
    for node in found.plans:
        assert sum(edge.figure.value for edge in found.given if edge.target == node.key) == node.fen
        if node.key not in ("unallocated", "returned"):
            assert sum(edge.figure.value for edge in found.used if edge.source == node.key) == node.fen
    assert len(found.donors) <= MOST_DONORS
    assert max(len(found.plans), len(found.uses)) <= MOST


@given(st.lists(st.one_of(a_flow, an_end), min_size=2, max_size=40), st.randoms())
def test_order_of_the_rows_changes_nothing_in_the_drawing(flows: list[Flow], chance: object) -> None:
    shuffled = list(flows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sankey(tuple(flows), PLANS) == sankey(tuple(shuffled), PLANS)


@given(st.lists(st.one_of(a_flow, an_end), min_size=2, max_size=60))
def test_no_drawing_of_flows_is_heavier_than_its_budget(flows: list[Flow]) -> None:
    assert all(len(each.encode()) <= 12_000 for each in drawings(sankey(tuple(flows), PLANS)))


@given(st.lists(st.one_of(a_flow, an_end), min_size=1, max_size=40))
def test_link_of_every_band_means_exactly_the_flows_in_it(flows: list[Flow]) -> None:
    found = graph(tuple(flows), PLANS)
    for edge in found.given:
        plan, use = ("", edge.target) if edge.target in ("unallocated", "returned") else (edge.target, "")
        meant = matching(flows, f"{edge.source}~{plan}~{use}")
        assert sum(each.fen.value for each in meant) == edge.figure.value
    for edge in found.used:
        assert sum(each.fen.value for each in matching(flows, f"~{edge.source}~{edge.target}")) == edge.figure.value


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=7))
def test_labels_of_a_column_stand_apart_whatever_its_amounts(amounts: list[int]) -> None:
    nodes = tuple(Node(str(index), "", fen) for index, fen in enumerate(amounts))
    middles = [each.middle for each in place(Column(0, "", "right", LINE, 100, nodes), 380 / (sum(amounts) or 1), 900)]
    assert all(later - earlier >= LINE for earlier, later in pairwise(middles))


def test_reading_of_flows_says_first_what_is_not_used_and_adds_up() -> None:
    said = reading(graph(SOME_FLOWS, PLANS))
    assert said.replace("\u00a0", " ").startswith(
        "收到的现金 81,000.00 元中，12.3%还没有用出去：3,000.00 元已分配、未支付，7,000.00 元尚未分配。"
    )
    assert said.replace("\u00a0", " ").endswith("1,000.00 元退回捐赠方。用得最多的一项是居家改造，50,000.00 元。")


def test_amounts_in_the_wide_drawing_of_flows_are_those_of_the_rows() -> None:
    wide = words_of(re.sub("</text>", " ", drawings(CHARTS["flows"])[0]).replace("<svg", "<g").replace("</svg", "</g"))
    for fen in (5_300_000, 2_800_000, 700_000, 100_000, 2_000_000, 5_000_000, 300_000):
        assert f"{format_amount(fen)}元" in wide


def test_colours_of_plans_mean_plans_alone() -> None:
    found = graph(SOME_FLOWS, PLANS)
    assert {node.tone for node in (*found.donors, *found.uses)} == {"c0"}
    assert [node.tone for node in found.plans] == ["c1", "c2", "c0", "back"]


def test_flow_below_zero_is_not_drawn() -> None:
    chart = sankey((*SOME_FLOWS, flow("丙会", "tongmeng", "home", -5)), PLANS)
    assert chart.drawings == ""
    assert chart.reading.startswith("有的流向小于零")


def test_rest_of_the_donors_are_counted_in_one_node() -> None:
    found = graph(tuple(flow(f"机构{index}", "tongmeng", "home", 100 + index) for index in range(30)), PLANS)
    assert found.donors[-1].title == "其他25家"
    assert found.donors[-1].fen == sum(100 + index for index in range(25))


def test_nothing_and_a_single_row_are_a_sentence_not_a_drawing() -> None:
    empty = [sankey((), PLANS), measures(()), duties(programme(), ())]
    single = [
        sankey(SOME_FLOWS[:1], PLANS),
        measures(SOME_MEASURES[:1]),
        duties(programme(TEAM), periods(programme(TEAM), {}, LAST_DAY)),
    ]
    for chart in (*empty, *single):
        assert chart.drawings == ""
        assert chart.reading.endswith("。")
    assert "居家改造" in single[0].reading
    assert "差得近" in single[1].reading


def test_indicator_furthest_from_its_target_is_named_whatever_its_unit() -> None:
    assert "3项未达标" not in CHARTS["effect"].reading
    assert CHARTS["effect"].reading == (
        "4项指标中，2项未达标，1项尚未测量。离目标最远的是“差得远”：目标1000个，实际400个。"
    )
    assert shortfall(SOME_MEASURES[1]) == Decimal("0.6")


def test_all_met_is_said_only_when_all_are_met() -> None:
    assert measures(SOME_MEASURES[3:] * 2).reading.startswith("2项指标都达标")
    assert "都达标" not in CHARTS["effect"].reading


def test_values_stand_on_a_scale_from_zero_in_proportion() -> None:
    item = SOME_MEASURES[0]
    left, right = WIDE_SHEET.scale
    assert item.target
    assert item.actual
    assert position(item, item.target, WIDE_SHEET.scale) == right
    assert position(item, item.actual, WIDE_SHEET.scale) == pytest.approx(left + 0.9 * (right - left))
    below = indicator("零下", "met", "-5", "5", "5")
    assert below.baseline
    assert position(below, below.baseline, WIDE_SHEET.scale) == left


def test_missed_is_red_and_said_in_a_word_and_unmeasured_has_no_dot() -> None:
    for drawing in drawings(CHARTS["effect"]):
        late = re.search(r'<g class="strong late"[^>]*>(.*?)</g>', drawing)
        assert late
        assert late[1].count("未达标") == 2
        dots = re.findall(r'<path class="line point( late)?" d="([^"]*)"', drawing)
        assert sorted((tone, d.count("h0")) for tone, d in dots) == [("", 1), (" late", 2)]
        assert "尚未测量" in drawing


def test_long_list_of_indicators_keeps_the_budget_and_says_what_it_leaves_out() -> None:
    many = tuple(indicator(f"{index}{'很长的名字' * 12}", "missed", "0.123", "99999.5", "7") for index in range(40))
    for drawing in drawings(measures(many)):
        assert len(drawing.encode()) <= 12_000
        assert "其余24项见下面的数据表。" in drawing


@pytest.mark.parametrize("name", CHARTS)
def test_drawing_is_an_image_with_title_reading_and_nothing_from_outside(name: str) -> None:
    found, chart = drawings(CHARTS[name]), CHARTS[name]
    assert {re.findall(r'^<svg class="(\w+)" viewBox="0 0 (\d+) ', each)[0] for each in found} == {
        ("wide", "1136"),
        ("narrow", "328"),
    }
    for each in found:
        assert 'role="img"' in each
        assert f">{chart.reading}</desc>" in each
        assert "<title id=" in each
        assert len(each.encode()) <= 12_000
        assert not re.findall(r"<a |href|url\(|style=|<style|<image|font-size|//", each)
        assert set(re.findall(r'aria-labelledby="(\S+) (\S+)"', each)[0]) == set(re.findall(r' id="([^"]+)"', each))


def test_ids_differ_between_all_drawings() -> None:
    ids = [found for chart in CHARTS.values() for found in re.findall(r' id="([^"]+)"', chart.drawings)]
    assert len(ids) == len(set(ids)) == 14


def test_codes_that_were_added_up_are_those_that_were_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "MANY", 2)
    paths = [f"entries/{index}" for index in range(99_900, 100_020)]
    paths += [
        f"audit?figure=place.paid&of=place/018001b2-7be0-77ab-b472-{index:012x}" for index in range(0, 2**48, 2**42)
    ]
    for address in (
        *(f"https://ledger.example/{path}" for path in paths),
        "HTTPS://LEDGER.EXAMPLE/12",
        "https://账.example",
    ):
        encoded = segno.make(address, micro=False, mask=qr.MASK).svg_inline(omitsize=True, border=0)
        assert qr.qr_code(address) == encoded, address


def test_hostile_names_stay_text() -> None:
    hostile = Obligation("x", HOSTILE, None, "year", 2, None, 1)
    charts = [
        sankey((flow(HOSTILE, "x", "home", 500), flow("乙", "x", HOSTILE, 700)), {"x": HOSTILE}),
        measures((indicator(HOSTILE, "missed", "0", "9", "1"), indicator("乙", "met", HOSTILE, "1", "1"))),
        duties(programme(TRAINING), periods(programme(hostile), {}, LAST_DAY)),
    ]
    for chart in charts:
        assert isinstance(chart.drawings, Markup)
        assert chart.drawings
        for each in drawings(chart):
            assert "<script" not in each
            assert "&lt;script" in each
            assert not re.findall(r"<(?!/?(?:svg|title|desc|g|path|text)\b)", each)


def test_label_is_cut_to_its_width_and_keeps_short_ones_whole() -> None:
    assert fitted("示例一号协会", 90) == "示例一号协会"
    assert fitted("示例一号协会", 60) == "示例一…"
    assert width_of(fitted("a" * 90, 100)) <= 100


def test_short_money_is_rounded_half_up_and_exact_when_small() -> None:
    assert [short_money(fen) for fen in (0, 734_850, 1_000_000, 1_005_000, 247_618_350, 12_345_000_000)] == [
        "0.00元", "7,348.50元", "1.00万", "1.01万", "247.62万", "1.23亿",
    ]  # fmt: skip
