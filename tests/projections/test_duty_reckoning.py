"""From marks to duties: which there are, by which rule, when due, what met them and how late."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.domain.values import Label
from projections.duties.marks import CORRECTED, Mark
from projections.duties.reckoning import Circumstances, Reckoned, reckon
from projections.duties.rules import PROGRESS, RULES, Rule
from projections.duties.terms import Months

PROJECT = "project/018001b2-7be0-77ab-b472-148762d60455"


def on(text: str) -> date:
    return date.fromisoformat(text)


def mark(
    what: str, index: int, day: str, *, public_on: str = "", until: str = "", detail: str = "", **more: str
) -> Mark:
    since = on(more["since"]) if "since" in more else None
    ends = on(until) if until else None
    return Mark(what, PROJECT, index, on(day), on(public_on or day), since, ends, detail, (index,))


def given(now: str, *held: str, rules: tuple[Rule, ...] = RULES) -> Circumstances:
    return Circumstances(on(now), None, lambda *_: frozenset(held), rules)


def duties(marks: list[Mark], now: str, *held: str) -> list[Reckoned]:
    return list(reckon(marks, given(now, *held)).duties)


def dues(marks: list[Mark], now: str, code: str) -> list[str]:
    return [str(duty.due_on) for duty in duties(marks, now) if duty.rule.code == code]


def test_a_project_of_over_six_months_owes_a_report_every_three_until_its_end() -> None:
    marks = [mark("started", 1, "2023-04-10", until="2023-12-31")]
    assert dues(marks, "2023-07-09", "project_progress") == ["2023-07-10"]
    assert dues(marks, "2023-07-10", "project_progress") == ["2023-07-10", "2023-10-10"]
    ended = [*marks, mark("ended", 9, "2024-01-09")]
    assert dues(ended, "2025-01-01", "project_progress") == ["2023-07-10", "2023-10-10", "2024-01-10"]
    assert dues([*marks, mark("ended", 9, "2024-01-08")], "2025-01-01", "project_progress")[-1] == "2023-10-10"


def test_a_project_planned_for_six_months_owes_none_before_it_has_lasted_longer() -> None:
    marks = [mark("started", 1, "2024-08-12", until="2025-02-11")]
    assert dues(marks, "2025-02-11", "project_progress") == []
    assert dues(marks, "2025-02-12", "project_progress") == ["2025-05-12"]
    assert dues([mark("started", 1, "2024-08-12", until="2025-02-12")], "2024-08-12", "project_progress") == [
        "2024-11-12"
    ]


def test_calendar_asks_to_be_reckoned_again_on_the_day_a_term_begins() -> None:
    marks = [mark("started", 1, "2024-08-12", until="2024-12-31")]
    assert reckon(marks, given("2024-08-12")).again_on == on("2024-11-12")
    assert reckon(marks, given("2025-02-12")).again_on == on("2025-05-12")
    assert reckon([*marks, mark("ended", 3, "2025-02-20")], given("2025-03-01")).again_on is None


def test_late_report_makes_good_all_that_is_overdue_and_does_not_count_for_its_own_term() -> None:
    marks = [mark("started", 1, "2023-01-01", until="2024-12-31"), mark("reported", 2, "2023-07-11")]
    found = [(str(duty.due_on), duty.met_on) for duty in duties(marks, "2023-08-01")]
    assert found == [("2023-04-01", on("2023-07-11")), ("2023-07-01", on("2023-07-11")), ("2023-10-01", None)]


def test_the_end_of_a_project_makes_good_what_was_not_reported_before() -> None:
    marks = [mark("started", 1, "2023-01-01", until="2023-12-31"), mark("ended", 2, "2023-09-15")]
    found = [duty for duty in duties(marks, "2025-01-01") if duty.rule.code == "project_progress"]
    assert [(str(duty.due_on), str(duty.met_on)) for duty in found] == [
        ("2023-04-01", "2023-09-15"),
        ("2023-07-01", "2023-09-15"),
    ]


def test_report_on_the_due_day_is_in_time_and_one_on_the_next_day_late() -> None:
    marks = [mark("started", 1, "2023-01-01", until="2023-12-31")]
    for day, met in (("2023-04-01", "2023-04-01"), ("2023-04-02", "2023-04-02")):
        (first, *_) = duties([*marks, mark("reported", 2, day)], "2023-05-01")
        assert first.met_on == on(met)
        assert (first.met_on > first.due_on) == (day == "2023-04-02")


def test_two_reports_in_one_term_do_not_meet_the_next_one_in_advance() -> None:
    marks = [mark("started", 1, "2023-01-01", until="2023-12-31")]
    marks += [mark("reported", 2, "2023-02-01"), mark("reported", 3, "2023-03-01")]
    assert [duty.met and duty.met.index for duty in duties(marks, "2023-04-01")] == [2, None]


@pytest.mark.parametrize(
    ("ended", "source", "due_on"),
    [
        ("2024-09-04", "《慈善法》（2016年）第73条", "2024-12-04"),
        ("2024-09-05", "《慈善法》（2023年修正）第79条", "2024-12-05"),
    ],
)
def test_due_date_follows_the_rule_in_force_on_the_day_that_started_it(ended: str, source: str, due_on: str) -> None:
    """The old law ends between the project's end and the due day: it still decides."""
    marks = [mark("started", 1, "2024-06-01", until="2024-08-31"), mark("ended", 2, ended)]
    (duty,) = (item for item in duties(marks, "2025-01-01", "fundraising") if item.rule.code == "project_close")
    assert (duty.rule.source.zh, str(duty.due_on)) == (source, due_on)


def test_a_rule_with_another_term_takes_effect_with_the_first_term_that_begins_under_it() -> None:
    source = Label("示例规则", "an example")
    quarterly = Rule(PROGRESS, Months(3), "target", source, on("2023-01-01"), on("2023-04-30"))
    monthly = Rule(PROGRESS, Months(1), "target", source, on("2023-05-01"))
    marks = [mark("started", 1, "2023-01-31", until="2023-12-31")]
    found = reckon(marks, given("2023-09-01", rules=(quarterly, monthly)))
    terms = [(str(duty.on), str(duty.due_on)) for duty in found.duties]
    assert terms[:4] == [
        ("2023-01-31", "2023-04-30"),
        ("2023-04-30", "2023-07-31"),
        ("2023-07-31", "2023-08-31"),
        ("2023-08-31", "2023-09-30"),
    ]


def test_a_series_that_began_before_any_rule_is_owed_from_the_first_rule_on() -> None:
    source = Label("示例规则", "an example")
    rules = (Rule(PROGRESS, Months(3), "target", source, on("2023-06-15")),)
    marks = [mark("started", 1, "2023-01-31", until="2024-12-31")]
    assert [str(duty.due_on) for duty in reckon(marks, given("2023-10-01", rules=rules)).duties] == [
        "2023-09-15",
        "2023-12-15",
    ]
    assert reckon(marks, given("2023-02-01", rules=rules)).again_on == on("2023-06-15")


def test_each_year_of_the_programme_is_reviewed_by_31_may_of_the_next() -> None:
    opened = mark("programme", 1, "2022-04-01", until="2024-12-31")
    marks = [opened, mark("reviewed", 5, "2023-05-31", detail="2022"), mark("reviewed", 6, "2024-06-01", detail="2023")]
    found = [duty for duty in duties(marks, "2025-03-31") if duty.rule.code == "annual_review"]
    assert [(duty.key, str(duty.due_on), duty.met and duty.met.index) for duty in found] == [
        ("2022", "2023-05-31", 5),
        ("2023", "2024-05-31", 6),
        ("2024", "2025-05-31", None),
    ]
    assert [duty for duty in duties(marks, "2024-12-30") if duty.key == "2024"] == [], "the year is not over"


def test_money_of_a_programme_of_33_months_is_published_eleven_times() -> None:
    opened = mark("programme", 1, "2022-04-01", until="2024-12-31")
    found = dues([opened], "2025-03-31", "programme_money")
    assert (len(found), found[0], found[-1]) == (11, "2022-07-01", "2025-01-01")


def test_figures_of_the_whole_programme_are_those_from_its_first_day_to_its_last() -> None:
    opened = mark("programme", 1, "2022-04-01", until="2024-12-31")
    part = mark("published", 2, "2025-01-10", detail="effect", since="2024-01-01", until="2024-12-31")
    whole = mark("published", 3, "2025-03-31", detail="effect", since="2022-04-01", until="2024-12-31")
    found = {
        duty.key: duty for duty in duties([opened, part, whole], "2025-03-31") if duty.rule.code == "programme_whole"
    }
    assert set(found) == {"where", "what", "whom", "how_much", "effect"}
    assert {str(duty.due_on) for duty in found.values()} == {"2025-03-31"}
    assert {key for key, duty in found.items() if duty.met} == {"effect"}
    assert found["effect"].met is whole


def test_a_charity_reports_each_year_from_when_the_ledger_knew_of_it_until_it_is_none() -> None:
    charity = mark("qualified", 1, "2022-04-12", detail="charity", since="2019-06-03", until="2024-06-30")
    found = duties([charity, mark("year reported", 4, "2023-04-27", detail="2022")], "2025-06-01")
    assert [(duty.key, duty.met is not None) for duty in found] == [("2022", True), ("2023", False)]
    assert duties([replace(charity, detail="tax")], "2025-06-01") == []


def test_gift_that_went_back_whole_needs_no_receipt() -> None:
    received = mark("received", 1, "2023-05-04", detail="organisation/x")
    assert dues([received], "2023-05-05", "receipt") == ["2023-05-18"]
    assert dues([received, mark("gone", 2, "2023-05-06")], "2023-05-07", "receipt") == []


@pytest.mark.parametrize("what", ["reallocated", CORRECTED, "amended"])
def test_what_is_published_by_being_entered_is_late_by_the_day_of_entry(what: str) -> None:
    early, late = mark(what, 1, "2023-05-04"), mark(what, 2, "2023-05-04", public_on="2023-09-01")
    found = duties([early, late], "2023-10-01")
    assert [str(duty.met_on) for duty in found] == ["2023-05-04", "2023-09-01"]
    assert [(duty.met_on or date.min) > duty.due_on for duty in found] == [False, True]


def test_a_problem_that_is_raised_again_needs_another_answer() -> None:
    marks = [mark("raised", 1, "2023-05-04"), mark("replied", 2, "2023-05-09"), mark("raised", 3, "2023-05-09")]
    assert [duty.met and duty.met.index for duty in duties(marks, "2023-06-01")] == [2, None]
    marks.append(mark("replied", 4, "2023-05-20"))
    assert [duty.met and duty.met.index for duty in duties(marks, "2023-06-01")] == [2, 4]


def test_surplus_is_accounted_for_only_by_figures_that_reach_beyond_the_close() -> None:
    closed = mark("surplus", 1, "2025-03-28")
    at_close = mark("published", 2, "2025-03-31", detail="how_much", since="2022-04-01", until="2025-03-28")
    later = mark("published", 3, "2025-06-20", detail="how_much", since="2025-03-29", until="2025-06-15")
    (open_duty,) = duties([closed, at_close], "2025-04-01")
    assert (str(open_duty.due_on), open_duty.met) == ("2025-06-28", None)
    (met,) = duties([closed, at_close, later], "2025-07-01")
    assert met.met is later


def test_no_duty_appears_before_the_day_that_starts_it() -> None:
    marks = [
        mark("programme", 1, "2022-04-01", until="2024-12-31"),
        mark("started", 2, "2022-05-01", until="2023-05-01"),
    ]
    for days in range(0, 1100, 7):
        now = on("2022-04-01") + timedelta(days)
        assert all(duty.on <= now for duty in reckon(marks, given(now.isoformat())).duties)
