"""A need is taken up by one project at a time and met only by that project's accepted work; few schools come first."""

from typing import Any

import pytest

from ledger.domain.need import NeedMatched, NeedMet, NeedPrioritised, NeedReported
from ledger.errors import (
    AcceptanceError,
    DisclosureMismatchError,
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    RuleError,
    TooFewPeopleError,
    UnknownRecordError,
    WrongStateError,
)
from tests.ledger.rules.needy_book import NeedyBook


@pytest.fixture
def book() -> NeedyBook:
    return NeedyBook()


def chinese_and_english(refusal: LedgerError) -> str:
    """Both sentences, to look words up in; each must be a sentence."""
    assert refusal.zh.endswith("。")
    assert str(refusal).endswith(".")
    return f"{refusal.zh} {refusal}"


def test_a_need_goes_from_report_to_what_met_it(book: NeedyBook) -> None:
    need = book.matched()
    assert book.record(need).state == "matched"
    works = book.accepted_works()
    book.do("need.met", need, by="school", by_=works)
    assert book.record(need).state == "met"
    assert isinstance(book.refusal("need.withdrawn", need, by="school", reason="gone"), WrongStateError)


def test_a_need_taken_up_by_one_project_cannot_be_taken_up_by_a_second(book: NeedyBook) -> None:
    need, other = book.matched(), book.project()
    refusal = book.refusal("need.matched", need, by="office", project=other)
    assert isinstance(refusal, RuleError)
    said = chinese_and_english(refusal)
    assert f"（{need}的第3次记录）" in said
    assert book.answering in said
    assert "need.match_declined" in said
    book.do("need.match_declined", need, by="office", project=book.answering, reason="capacity")
    book.do("need.matched", need, by="office", project=other)
    assert book.record(need).last(NeedMatched) == NeedMatched.parse({"project": other})


@pytest.mark.parametrize(("event", "reason"), [("project.declined", "outside"), ("project.cancelled", "funds")])
def test_a_need_cannot_be_taken_up_by_a_project_that_was_declined_or_cancelled(
    book: NeedyBook, event: str, reason: str
) -> None:
    opening = {**book.record(book.answering).history[0].event.data(), "title": "另一个"}
    project = book.do("project.proposed", by="worker", **opening)
    book.do(event, project, reason=reason)
    refusal = book.refusal("need.matched", book.verified(), by="office", project=project)
    assert isinstance(refusal, RuleError)
    assert f"{project}的第2次记录" in chinese_and_english(refusal)


def test_a_need_cannot_be_taken_up_after_its_project_was_completed(book: NeedyBook) -> None:
    late, in_time = book.verified(), book.verified()
    earlier = book.day
    book.do("project.completed", book.answering, by="worker")
    book.day = book.day.replace(day=10)
    refusal = book.refusal("need.matched", late, by="office", project=book.answering)
    assert str(earlier) in chinese_and_english(refusal)
    book.do("need.matched", in_time, by="office", project=book.answering, on=earlier)


def test_works_meet_a_need_only_once_accepted(book: NeedyBook) -> None:
    need, works = book.matched(), book.accepted_works(accepted=False)
    refusal = book.refusal("need.met", need, by="school", by_=works)
    assert isinstance(refusal, RuleError)
    assert f"{works}的第3次记录" in chinese_and_english(refusal)
    book.do("renovation.accepted", works, by="school", result="passed", units=1)
    book.do("need.met", need, by="school", by_=works)


def test_a_need_is_not_met_by_the_works_of_another_project(book: NeedyBook) -> None:
    need, other = book.matched(), book.project()
    refusal = book.refusal("need.met", need, by="school", by_=book.accepted_works(other))
    assert isinstance(refusal, RuleError)
    said = chinese_and_english(refusal)
    assert f"{need}的第3次记录" in said
    assert other in said
    assert book.answering in said


def test_a_need_is_not_met_by_a_project_that_is_still_under_way(book: NeedyBook) -> None:
    need = book.matched()
    assert isinstance(book.refusal("need.met", need, by="school", by_=book.answering), RuleError)
    book.do("project.completed", book.answering, by="worker")
    book.do("need.met", need, by="school", by_=book.answering)


def test_a_need_is_not_met_before_what_met_it_stood(book: NeedyBook) -> None:
    need, works = book.matched(), book.accepted_works()
    refusal = book.refusal("need.met", need, by="school", by_=works, on=book.day.replace(day=1))
    assert isinstance(refusal, RuleError)
    assert refusal.field == "/payload/occurred_on"


def test_who_carries_the_project_out_cannot_say_that_the_need_is_met(book: NeedyBook) -> None:
    need, works = book.matched(), book.accepted_works()
    book.keys["insider"] = book.keys["worker"].__class__(
        **{name: getattr(book.keys["worker"], name) for name in book.keys["worker"].__slots__}
        | {"key_id": "f" * 64, "capabilities": frozenset({"plan"})}
    )
    for by in ("insider", "admin"):
        assert isinstance(book.refusal("need.met", need, by=by, by_=works), AcceptanceError)


def test_a_need_is_never_met_by_a_record_that_does_not_exist_or_cannot_meet_one(book: NeedyBook) -> None:
    need = book.matched()
    assert isinstance(book.refusal("need.met", need, by="school", by_=book.new("renovation")), UnknownRecordError)
    with pytest.raises(InvalidFieldError):
        NeedMet.parse({"by": book.schools[0]})


def test_a_need_that_nothing_took_up_is_not_met(book: NeedyBook) -> None:
    need, works = book.verified(), book.accepted_works()
    assert isinstance(book.refusal("need.met", need, by="school", by_=works), WrongStateError)


def test_works_that_met_a_need_cannot_be_voided_from_under_it(book: NeedyBook) -> None:
    need, works, instead = book.matched(), book.accepted_works(), book.accepted_works()
    book.do("need.met", need, by="school", by_=works)
    void: dict[str, Any] = {"event": book.record(works).history[0].event_id, "reason": "duplicate"}
    refusal = book.refusal("renovation.voided", works, by="worker", **void)
    assert isinstance(refusal, RuleError)
    assert f"{need}的第4次记录" in chinese_and_english(refusal)
    book.correct(need, 3, by="school", by_=(works, instead))
    book.do("renovation.voided", works, by="worker", **void)


def test_a_match_corrected_to_another_project_must_still_fit_what_met_the_need(book: NeedyBook) -> None:
    need, other = book.matched(), book.project()
    book.correct(need, 2, by="office", project=(book.answering, other))
    book.correct(need, 2, by="office", project=(other, book.answering))
    book.do("need.met", need, by="school", by_=book.accepted_works())
    with pytest.raises(RuleError):
        book.correct(need, 2, by="office", project=(book.answering, other))
    book.do("project.cancelled", other, reason="funds")
    with pytest.raises(RuleError):
        book.correct(need, 2, by="office", project=(book.answering, other))


def test_a_match_that_is_given_up_names_the_project_that_had_taken_the_need_up(book: NeedyBook) -> None:
    need, waiting, other = book.matched(), book.verified(), book.project()
    for project in ({}, {"project": other}):
        assert isinstance(book.refusal("need.match_declined", need, by="office", reason="funds", **project), RuleError)
    refusal = book.refusal("need.match_declined", waiting, by="office", reason="funds", project=other)
    assert isinstance(refusal, RuleError)
    book.do("need.match_declined", waiting, by="office", reason="capacity")
    assert book.record(waiting).state == "verified"


def test_no_more_schools_come_first_than_the_programme_allows(book: NeedyBook) -> None:
    first = [book.verified(place=school) for school in book.schools]
    data: dict[str, Any] = {"by": "office", "programme": book.programme, "ground": "old"}
    for need in first[:2]:
        book.do("need.prioritised", need, **data)
    refusal = book.refusal("need.prioritised", first[2], **data)
    assert isinstance(refusal, RuleError)
    said = chinese_and_english(refusal)
    assert all(need in said for need in first[:2])
    assert "不多于2所" in said
    book.do("need.prioritised", book.verified(), **data)
    book.do("need.withdrawn", first[1], by="school", reason="elsewhere")
    book.do("need.prioritised", first[2], **data)
    assert isinstance(book.refusal("need.prioritised", first[2], **data), RuleError), "not twice"


def test_a_place_corrected_after_its_need_came_first_still_counts_against_the_limit(book: NeedyBook) -> None:
    data: dict[str, Any] = {"by": "office", "programme": book.programme, "ground": "old"}
    needs = [book.verified(place=school) for school in (book.schools[0], book.schools[1], book.schools[1])]
    for need in needs:
        book.do("need.prioritised", need, **data)
    with pytest.raises(RuleError):
        book.correct(needs[2], 0, by="school", place_=(book.schools[1], book.schools[2]))
    book.correct(needs[2], 0, by="school", place_=(book.schools[1], book.schools[0]))


def test_only_schools_come_first_and_only_where_the_programme_says_how_many(book: NeedyBook) -> None:
    village = book.do("place.registered", code="v", name="示例村", level="village", parent=book.town)
    data: dict[str, Any] = {"by": "office", "ground": "old"}
    refusal = book.refusal("need.prioritised", book.verified(place=village), programme=book.programme, **data)
    assert isinstance(refusal, RuleError)
    silent = book.record(book.project()).history[0].event.data()["programme"]
    refusal = book.refusal("need.prioritised", book.verified(), programme=silent, **data)
    assert "priority_school" in chinese_and_english(refusal)
    assert book.record(book.verified()).last(NeedPrioritised) is None


def test_a_need_of_families_is_a_whole_batch_with_one_sealed_row_each(book: NeedyBook) -> None:
    assert isinstance(book.refusal("need.reported", by="school", rows=9, **book.families(9)), TooFewPeopleError)
    refusal = book.refusal("need.reported", by="school", rows=9, **book.families(10))
    assert isinstance(refusal, DisclosureMismatchError)
    book.do("need.reported", by="school", rows=10, **book.families(10))
    assert NeedReported.CONSENT == "need"


def test_a_need_of_a_place_to_study_or_of_furniture_cannot_be_reported_without_its_batch(book: NeedyBook) -> None:
    data = {"place": book.town, "category": "study_room", "what": "缺少学习位置", "count": 3, "unit": "room"}
    assert isinstance(book.refusal("need.reported", by="school", **data), RuleError)
    wrong = book.families(10, category="facilities")
    assert isinstance(book.refusal("need.reported", by="school", rows=10, **wrong), RuleError)


@pytest.mark.parametrize(
    "change",
    [{"unit": "set"}, {"count": 11}, {"place": "place/01890a5d-ac96-7740-8f5b-1d8b4f9a1c11"}, {"unit": "person"}],
)
def test_a_need_whose_count_and_batch_disagree_cannot_be(book: NeedyBook, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidFieldError):
        NeedReported.parse(book.families(10, **change))


def test_who_may_sign_for_a_need(book: NeedyBook) -> None:
    for event, data in (
        ("need.prioritised", {"programme": book.programme, "ground": "old"}),
        ("need.matched", {"project": book.answering}),
    ):
        assert isinstance(book.refusal(event, book.verified(), by="school", **data), MissingCapabilityError)
    for by in ("worker", "giver", "bank"):
        with pytest.raises(MissingCapabilityError):
            book.do("need.verified", book.need(), by=by, how="visit")


def test_a_project_is_begun_for_needs_that_exist_once_each_and_are_not_withdrawn(book: NeedyBook) -> None:
    opening = {**book.record(book.answering).history[0].event.data(), "title": "另一个"}
    there, gone = book.verified(), book.need()
    book.do("need.withdrawn", gone, by="school", reason="duplicate")
    for needs, error in (
        ([book.new("need")], UnknownRecordError),
        ([there, there], InvalidFieldError),
        ([there, gone], RuleError),
    ):
        assert isinstance(book.refusal("project.proposed", by="worker", needs=needs, **opening), error)
    project = book.do("project.proposed", by="worker", needs=[there], **opening)
    book.do("need.withdrawn", there, by="school", reason="elsewhere")
    book.correct(project, 0, by="worker", title=("另一个", "又一个"))
    with pytest.raises(RuleError):
        book.correct(project, 0, by="worker", needs=([there], [there, gone]))
    book.correct(project, 0, by="worker", needs=([there], [book.need()]))
