"""The chart of money over time: true to the quarters, light, labelled in words, with every value in its table."""

import re
from datetime import date

import pytest

from projections.rows import Figure, Quarter
from public_site.drawings.over_time import NARROW, WIDE, money_over_time
from tests.public_site.served import Served, words_of


def quarters(*amounts: tuple[int, int]) -> tuple[Quarter, ...]:
    """Quarters from 2022 on, each with what was received and paid in it, in yuan."""
    made: list[Quarter] = []
    received = paid = 0
    for place, (came, went) in enumerate(amounts):
        received, paid = received + came * 100, paid + went * 100
        year, quarter = 2022 + place // 4, place % 4 + 1
        nothing = Figure(0, ())
        made.append(
            Quarter(
                year, quarter, date(year, quarter * 3, 28), nothing, nothing, nothing, received, paid, received - paid
            )
        )
    return tuple(made)


def test_higher_amount_stands_higher_and_zero_on_the_axis() -> None:
    wide, narrow = money_over_time(quarters((100_000, 0), (50_000, 120_000), (0, 10_000)))
    for drawing, sheet in ((wide, WIDE), (narrow, NARROW)):
        heights = [float(y) for _, y in drawing["received"]]
        assert heights[0] == drawing["base"] == sheet.height - sheet.bottom
        assert heights == sorted(heights, reverse=True)
        assert float(drawing["paid"][1][1]) == drawing["base"]
        share = (drawing["base"] - float(drawing["paid"][2][1])) / (drawing["base"] - heights[2])
        assert share == pytest.approx(120 / 150, abs=0.01)


def test_fullest_quarter_is_marked_with_what_was_in_hand() -> None:
    wide, _ = money_over_time(quarters((100_000, 0), (50_000, 120_000), (0, 10_000)))
    assert wide["mark"]["text"] == "2022年3月底，账上最多100,000.00 元"


@pytest.mark.parametrize("most", [1, 99, 1_234, 50_000, 999_999, 2_500_000, 123_456_789])
def test_axis_has_few_round_lines_from_zero_to_above_the_largest(most: int) -> None:
    wide, _ = money_over_time(quarters((0, 0), (most, 0)))
    assert 2 <= len(wide["grid"]) <= 6
    assert wide["grid"][0]["text"] == "0"
    assert min(float(y) for _, y in wide["received"]) >= WIDE.top


def test_names_of_the_two_lines_never_cover_each_other() -> None:
    for paid in (0, 50, 99, 100):
        first, second = money_over_time(quarters((100, paid), (0, 0)))[0]["labels"]
        assert float(second["y"]) - float(first["y"]) >= 40


def test_one_quarter_is_no_line() -> None:
    assert money_over_time(quarters((1, 0))) == []
    assert money_over_time(()) == []


def test_chart_has_its_sentence_table_and_description_and_is_light(demo: Served) -> None:
    page = demo.get("/how-much").text
    chart = re.search(r'<figure class="chart">.*?</figure>', page, re.DOTALL)
    assert chart
    reading = re.search(r"<figcaption[^>]*>(.*?)</figcaption>", chart[0])
    assert reading
    drawings = re.findall(r"<svg.*?</svg>", chart[0], re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert f">{reading[1]}</desc>" in drawing
        assert "<a " not in drawing
        assert len(drawing.encode()) < 12_000
    assert "账上的钱最多" in words_of(reading[1])
    assert "<table" in chart[0].split("<details>")[1]
