"""What the programme asks for, drawn: unknown is not missed, missed is red, and what is still to come is neither."""

import re
from collections.abc import Mapping
from datetime import date

from projections.obligations import Done
from projections.rows import Figure, Obligation
from public_site.drawings.duties import duties, periods, state
from public_site.drawings.svg import width_of
from tests.public_site.test_drawings import CHARTS, LAST_DAY, NOTHING, TEAM, TRAINING, drawings, programme

NOT_ONE = Done(NOTHING, NOTHING)
HELD: Mapping[tuple[str, int | None], Done] = {
    ("training", 2022): Done(Figure(3, (1, 2, 3)), Figure(2, (2, 3))),
    ("training", 2023): Done(Figure(2, (4, 5)), NOTHING),
    ("training", 2024): Done(Figure(1, (6,)), Figure(1, (6,))),
}


def test_obligation_without_a_record_is_owed_and_not_said_to_be_missed() -> None:
    rows = periods(programme(TRAINING, TEAM), {}, LAST_DAY)
    assert [(row.period, row.owed) for row in rows] == [("2022年", 2), ("2023年", 2), ("2024年", 2), ("全程", 1)]
    assert {state(row) for row in rows} == {"要求2场，还没有记录", "要求1次，还没有记录"}
    for drawing in drawings(CHARTS["duties"]):
        assert drawing.count("还没有记录") == 4
        assert "late" not in drawing
        assert 'class="done"' not in drawing
    assert "4个时段还没有办了几次的记录" in CHARTS["duties"].reading
    assert "2022年不满一年" in CHARTS["duties"].reading


def test_obligation_fallen_short_says_by_how_much_and_turns_red() -> None:
    found = programme(TRAINING, starts_on=date(2022, 1, 1))
    rows = periods(found, HELD, LAST_DAY)
    chart = duties(found, rows)
    assert [state(row) for row in rows] == [
        "要求2场，已办3场，其中2场在下半年", "要求2场，已办2场", "要求2场，已办1场，其中1场在下半年，少1场",
    ]  # fmt: skip
    assert chart.reading == "方案有1项次数要求，分3个时段。1个时段次数不够：培训，2024年。"
    for drawing in drawings(chart):
        assert drawing.count("late") == 1
        assert re.findall(r'<g class="strong late"[^>]*>(.*?)</g>', drawing)[0].count("少1场") == 1


def test_a_year_that_has_not_come_is_not_missed_and_one_that_runs_still_wants_its_rest() -> None:
    found = programme(TRAINING)
    for day, said in (
        (date(2023, 12, 31), ["要求2场，已办2场", "要求2场，还没有到"]),
        (date(2024, 12, 31), ["要求2场，已办2场", "要求2场，已办1场，其中1场在下半年，还差1场"]),
        (date(2025, 1, 1), ["要求2场，已办2场", "要求2场，已办1场，其中1场在下半年，少1场"]),
    ):
        held = HELD if day.year > 2023 else {**HELD, ("training", 2024): NOT_ONE}
        rows = periods(found, held, day)
        assert [state(row) for row in rows][1:] == said
        late = [each.count("late") for each in drawings(duties(found, rows))]
        assert late == ([0, 0] if day.year == 2023 else [1, 1])


def test_bar_turns_from_red_to_plain_once_the_floor_is_reached() -> None:
    found, day = programme(TRAINING), date(2024, 11, 28)
    three = Done(Figure(3, (6, 7, 8)), Figure(2, (7, 8)))
    (before,) = (row for row in periods(found, HELD, day) if row.year == 2024)
    (after,) = (row for row in periods(found, {**HELD, ("training", 2024): three}, day) if row.year == 2024)
    assert (before.less, after.less) == (1, 0)
    assert state(after) == "要求2场，已办3场，其中2场在下半年"


def test_states_of_a_phone_stay_inside_the_drawing() -> None:
    found = programme(TRAINING)
    narrow = drawings(duties(found, periods(found, HELD, LAST_DAY)))[1]
    for x, said in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', narrow):
        assert float(x) + width_of(said) <= 328, said


def test_most_that_is_asked_for_is_said_and_more_than_it_is_red() -> None:
    schools = Obligation("priority_school", "优先学校", "shengji", "whole", 1, 2, 84)
    for count, said, late in ((2, "要求1至2所，已完成2所", 0), (3, "要求1至2所，已完成3所，多1所", 1)):
        counted = {("priority_school", None): Done(Figure(count, (1,)), NOTHING), **HELD}
        found = programme(TRAINING, schools)
        row = periods(found, counted, LAST_DAY)[-1]
        assert state(row) == said
        wide = drawings(duties(found, (row, row)))[0]
        assert wide.count("late") == late
