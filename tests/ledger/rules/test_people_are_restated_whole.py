"""Rule 8 over time: no two tree sizes, compared, point at fewer than k people."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.batch import batches_of
from ledger.errors import InvalidFieldError, LedgerError, RestatementError
from tests.ledger.rules.book import Book

K = 10
TERMS = (("2026-01-05", "2026-01-30"), ("2026-02-02", "2026-02-20"), ("2026-01-05", "2026-02-20"))


@dataclass
class Rounds:
    """Scholarship rounds of one project, in two schools of one town. ``sizes`` is every state of the batches so far."""

    book: Book = field(default_factory=Book)
    sizes: list[dict[str, tuple[str, int]]] = field(default_factory=lambda: [{}])
    rounds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.project = self.book.project()
        town = self.book.record(self.project).history[0].event.data()["places"][0]
        schools = [
            self.book.do("place.registered", code=name, name=name, level="school", parent=town) for name in "甲乙"
        ]
        self.places = [town, *schools]

    def grant(self, place: int, term: int, count: int) -> str:
        book, where = self.book, self.places[place]
        standard: dict[str, Any] = {
            "project": self.project,
            "title": "示例奖学金",
            "criteria": ["示例"],
            "amount_each_fen": 1,
        }
        award = book.do("award.standard_published", by="worker", **standard)
        book.do("award.round_opened", award, by="worker", term="示例学期", schools=[where])
        on = book.day.replace(month=2, day=9)
        book.do("award.publicised", award, by="worker", from_="2026-02-09", to="2026-02-13", channel="school", on=on)
        period = dict(zip(("from", "to"), TERMS[term], strict=True))
        people = {"group": "child", "count": count, "place": where, "period": period}
        book.do("award.granted", award, by="worker", people=people, total_fen=count, rows=count)
        self.rounds.append(award)
        return self.noted(award)

    def void(self, award: str) -> str:
        event = self.book.record(award).history[0].event_id
        self.book.do("award.voided", award, by="worker", event=event, reason="restated")
        return self.noted(award)

    def correct(self, award: str, count: int) -> str:
        past = self.book.record(award).history[3]
        old = past.event.data()
        changes = {"people": (old["people"], {**old["people"], "count": count}), "total_fen": (old["total_fen"], count)}
        self.book.correct(award, 3, by="worker+bank", rows=count, **changes)
        return self.noted(award)

    def noted(self, award: str) -> str:
        standing = {}
        for record in map(self.book.record, self.rounds):
            for batch in batches_of(record):
                place, period = self.places.index(batch.people.place), batch.people.period
                term = TERMS.index((period.start.isoformat(), period.end.isoformat()))
                standing[batch.event_id] = (f"{place}{term}", batch.people.count)
        self.sizes.append(standing)
        return award


def related(one: str, other: str) -> bool:
    """Whether two cells (place, term) may hold the same children: the town and its schools, overlapping terms."""
    places, terms = {one[0], other[0]}, {one[1], other[1]}
    return (len(places) == 1 or "0" in places) and (len(terms) == 1 or "2" in terms)


def test_a_miscount_by_one_is_refused_and_the_sentence_says_how_to_restate() -> None:
    rounds = Rounds()
    award = rounds.grant(1, 0, 20)
    with pytest.raises(RestatementError) as refusal:
        rounds.correct(award, 21)
    assert "合并成一批重报" in refusal.value.zh
    rounds.correct(award, 30)


def test_correcting_up_and_down_again_does_not_show_one_child() -> None:
    rounds = Rounds()
    award = rounds.grant(1, 0, 20)
    rounds.correct(award, 32)
    with pytest.raises(RestatementError):
        rounds.correct(award, 21)
    rounds.correct(award, 20)


@pytest.mark.parametrize(("place", "term"), [(1, 0), (0, 0), (1, 2), (0, 2)])
def test_a_voided_batch_cannot_come_back_with_one_child_more(place: int, term: int) -> None:
    rounds = Rounds()
    rounds.void(rounds.grant(1, 0, 20))
    struck = rounds.book.state.size - 1
    with pytest.raises(RestatementError, match=f"before entry {struck},"):
        rounds.grant(place, term, 21)
    rounds.grant(place, term, 20)


@pytest.mark.parametrize(("place", "term"), [(2, 0), (1, 1)])
def test_another_school_or_another_term_is_no_restatement(place: int, term: int) -> None:
    rounds = Rounds()
    rounds.void(rounds.grant(1, 0, 20))
    rounds.grant(place, term, 21)


def test_two_batches_are_voided_and_restated_as_one_only_if_the_sum_moves_by_none_or_ten() -> None:
    rounds = Rounds()
    for award in (rounds.grant(1, 0, 12), rounds.grant(2, 0, 15)):
        rounds.void(award)
    for count in (18, 26, 28, 36):
        with pytest.raises(RestatementError):
            rounds.grant(0, 0, count)
    rounds.grant(0, 0, 27)


def test_restating_first_and_voiding_afterwards_does_not_show_one_child_either() -> None:
    rounds = Rounds()
    first = rounds.grant(1, 0, 20)
    rounds.grant(0, 0, 21)
    with pytest.raises(RestatementError):
        rounds.void(first)


def test_what_never_happened_can_always_be_voided() -> None:
    rounds = Rounds()
    first = rounds.grant(1, 0, 20)
    rounds.grant(0, 0, 21)
    event = rounds.book.record(first).history[0].event_id
    rounds.book.do("award.voided", first, by="worker", event=event, reason="mistake")


def test_a_revoked_round_counts_as_struck() -> None:
    rounds = Rounds()
    award = rounds.grant(1, 0, 20)
    rounds.book.do("award.revoked", award, reason="mistake")
    with pytest.raises(RestatementError):
        rounds.grant(1, 0, 19)


def test_fewer_things_than_ten_in_a_batch_of_families_point_at_who_got_them() -> None:
    book = Book()
    project = book.project()
    town = book.record(project).history[0].event.data()["places"][0]
    works = book.works(project, category="home", units=12)
    book.do("renovation.started", works, by="worker")
    people = {"group": "family", "count": 12, "place": town, "period": {"from": "2026-01-01", "to": "2026-02-28"}}
    done: dict[str, Any] = {"units": 12, "cost_fen": 9, "people": people, "by": "worker", "rows": 12}
    items = [{"name": "书桌", "count": 12, "unit": "张"}, {"name": "床", "count": 2, "unit": "张"}]
    assert isinstance(book.refusal("renovation.completed", works, items=items, **done), InvalidFieldError)
    book.do("renovation.completed", works, items=items[:1], **done)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.integers(0, 2), st.integers(0, 2), st.integers(8, 24)),
        st.tuples(st.just("void"), st.integers(0, 9)),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(8, 40)),
    ),
    max_size=14,
)


@given(ACTS)
@settings(max_examples=200, deadline=None)
def test_a_figure_at_two_tree_sizes_differs_by_nobody_or_by_at_least_ten(acts: list[tuple[Any, ...]]) -> None:
    rounds = Rounds()
    for name, *arguments in acts:
        try:
            if name == "grant":
                rounds.grant(*arguments)
            elif rounds.rounds:
                award = rounds.rounds[arguments[0] % len(rounds.rounds)]
                rounds.void(award) if name == "void" else rounds.correct(award, arguments[1])
        except LedgerError:
            rounds.rounds = [award for award in rounds.rounds if len(rounds.book.record(award).history) > 3]
    figures = [{event: count for event, (_, count) in size.items()} for size in rounds.sizes]
    for figure in figures:
        assert all(count >= K for count in figure.values())
    for earlier, later in itertools.pairwise(figures):
        assert abs(sum(later.values()) - sum(earlier.values())) not in range(1, K)
    for size in range(1, len(rounds.sizes)):
        compare_with_all_earlier(rounds.sizes, size)


def states_of(size: dict[str, tuple[str, int]]) -> set[tuple[str, str, int]]:
    return {(event, cell, count) for event, (cell, count) in size.items()}


def compare_with_all_earlier(sizes: list[dict[str, tuple[str, int]]], size: int) -> None:
    """Where a batch may hold the same people as the one that changed last, they move by nobody or by at least k."""
    after = states_of(sizes[size])
    for cell in {cell for _, cell, _ in after ^ states_of(sizes[size - 1])}:
        for before in map(states_of, sizes[:size]):
            come = sum(count for _, other, count in after - before if related(cell, other))
            gone = sum(count for _, other, count in before - after if related(cell, other))
            assert abs(come - gone) not in range(1, K), (before, after)
