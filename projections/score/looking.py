"""Looking: what each criterion asks about, and whether it is there. One small function for one question."""

from collections.abc import Callable, Iterable, Iterator

from ledger.domain.renovation import FOR_FAMILIES
from projections.score.material import Entry, Material

TIMELY_DAYS = 7
"""Recorded at most so many days after it happened."""
LOCAL = frozenset({"school", "town", "team", "authority"})
"""Kinds of organisation at the place of help."""
NEAR = frozenset({"village", "school"})
RUN = frozenset({"started", "completed"})
Answers = Iterator[tuple[bool, int]]
"""For each thing asked about: whether it is there, and the entry where it should be."""
Look = Callable[[Material], Answers]


def placed(found: Material) -> Answers:
    """Projects by whether they name a place."""
    return ((bool(project.levels), project.index) for project in found.projects)


def precise(found: Material) -> Answers:
    """By its own places, or by those of its works and batches."""
    elsewhere = any(NEAR & set(works.levels) for works in found.works) or any(b.level in NEAR for b in found.batches)
    return ((bool(NEAR & set(project.levels)) or elsewhere, project.index) for project in found.projects)


def works_placed(found: Material) -> Answers:
    """Works by whether they name a place."""
    return ((bool(works.levels), works.index) for works in found.works)


def batches_placed(found: Material) -> Answers:
    """Batches by whether their place is registered."""
    return ((batch.level is not None, batch.index) for batch in found.batches)


def payments_placed(found: Material) -> Answers:
    """Payments by whether they can be attributed to a place."""
    return ((placed, index) for index, placed in found.payments)


def surveyed(found: Material) -> Answers:
    """Works by whether they were surveyed before approval."""
    surveyed = found.having("renovation.surveyed")
    return ((works.reference in surveyed, works.index) for works in found.works)


def accepted_locally(found: Material) -> Answers:
    """Finished works by whether somebody at the place took them over."""
    finished = found.having("renovation.completed")
    return ((works.acceptor in LOCAL, works.index) for works in found.works if works.reference in finished)


def met(code: str, *, in_time: bool) -> Look:
    """Duties of a kind, met or overdue, by whether they were met (in time)."""

    def look(found: Material) -> Answers:
        return (
            (due.late is not None and (due.late <= 0 or not in_time), due.index)
            for due in found.duties
            if due.code == code
        )

    return look


def taken_on(found: Material) -> Answers:
    """Projects by whether an organisation carries them out."""
    return ((bool(project.organisations), project.index) for project in found.projects)


def needed(found: Material) -> Answers:
    """Projects by whether a need is on record that they answer."""
    return ((project.needed, project.index) for project in found.projects)


def in_standing(found: Material) -> Answers:
    """Undertook the conduct rules, and the last screening found nothing."""
    undertook = found.having("organisation.undertook")
    results = {entry.record: entry.result for entry in found.of("organisation.screened")}
    return ((each in undertook and results.get(each) == "clear", at) for each, at in _registered(found))


def rules_adopted(found: Material) -> Answers:
    """Organisations by whether they adopted project management rules."""
    adopted = found.having("organisation.rules_adopted")
    return ((each in adopted, at) for each, at in _registered(found))


def _registered(found: Material) -> Iterator[tuple[str, int]]:
    """Organisations that carry projects out, with the entry that registered each."""
    entries = found.of("organisation.registered") if found.projects else []
    return ((entry.record, entry.index) for entry in entries if entry.record in found.organisations)


def in_time(*kinds_or_types: str) -> Look:
    """Entries of these kinds or types, recorded within seven days."""

    def look(found: Material) -> Answers:
        wanted = (entry for entry in found.entries if {entry.kind, entry.type} & set(kinds_or_types))
        return ((entry.late_days <= TIMELY_DAYS, entry.index) for entry in wanted)

    return look


def schools_named(found: Material) -> Answers:
    """Works for schools by whether they name the school."""
    return (
        ("school" in works.levels, works.index) for works in found.works if works.category in ("school", "equipment")
    )


def families_in_batches(found: Material) -> Answers:
    """Finished works in homes by whether the families are published as a batch."""
    finished, batched = found.having("renovation.completed"), {batch.record for batch in found.batches}
    return (
        (works.reference in batched, works.index)
        for works in found.works
        if works.category in FOR_FAMILIES and works.reference in finished
    )


def pupils_in_batches(found: Material) -> Answers:
    """Grants by whether the pupils are published as a batch."""
    batched = {batch.record for batch in found.batches}
    return ((entry.record in batched, entry.index) for entry in found.of("award.granted"))


def standard_published(found: Material) -> Answers:
    """Scholarship rounds by whether their standard was published."""
    published = found.having("award.standard_published")
    return ((entry.record in published, entry.index) for entry in _rounds(found))


def put_up(found: Material) -> Answers:
    """Grants by whether a public notice came first."""
    put_up = found.having("award.publicised")
    return ((entry.record in put_up, entry.index) for entry in found.of("award.granted"))


def _rounds(found: Material) -> list[Entry]:
    return found.of("award.round_opened")


def rows_sealed(found: Material) -> Answers:
    """One sealed row for each person: admission counts them; the public sees them filled up to a round number."""
    rows = {entry.index: entry.sealed for entry in found.entries}
    return ((any(rows.get(index, 0) >= batch.count for index in batch.entries), batch.index) for batch in found.batches)


def batches_count(found: Material) -> Answers:
    """Batches by whether they count: accepted or granted, and not revoked."""
    return ((batch.counts, batch.index) for batch in found.batches)


def donor_stated(found: Material) -> Answers:
    """Gifts: none is recorded without its donor, or that the donor asked not to be named."""
    return ((True, gift.index) for gift in found.gifts)


def confirmed(found: Material) -> Answers:
    """Cash gifts by whether they were matched with the bank statement."""
    return ((gift.confirmed, gift.index) for gift in found.gifts if gift.form == "cash")


def valued(found: Material) -> Answers:
    """Goods and service: none is recorded without how it was valued."""
    return ((True, gift.index) for gift in found.gifts if gift.form != "cash")


def use_stated(found: Material) -> Answers:
    """Payments: none is recorded without what it was for and who was paid."""
    return ((True, index) for index, _ in found.payments)


def vouchers(found: Material) -> Answers:
    """Payments by whether a voucher or a note was published with them."""
    return ((entry.apart > 0, entry.index) for entry in found.of("payment.made"))


def remainder_explained(found: Material) -> Answers:
    """Completed projects by whether nothing is left, or a closing report says what becomes of it."""
    settled = found.having("project.settled")
    return (
        (project.unpaid == 0 or project.reference in settled, project.index)
        for project in found.projects
        if project.state == "completed"
    )


def _indicators(found: Material) -> Iterator[tuple[str, int]]:
    """Those of each project that runs or ran, with their entry; of one without any, the project's own entry alone.

    So a project without an indicator lacks all that one would have to say, and gains by each step towards it.
    """
    for project in found.projects:
        if project.state in RUN:
            its_own = [(each.reference, each.index) for each in found.indicators if each.about == project.reference]
            yield from its_own or [("", project.index)]


def has_indicator(found: Material) -> Answers:
    """Projects that run or ran by whether there is an indicator about them."""
    return ((reference != "", index) for reference, index in _indicators(found))


def indicators_with(event_type: str) -> Look:
    """Indicators by whether their record has an entry of that type."""

    def look(found: Material) -> Answers:
        having = found.having(event_type)
        return ((reference in having, index) for reference, index in _indicators(found))

    return look


def measured_by_another(found: Material) -> Answers:
    """Indicators by whether an organisation measured them that does not carry the project out."""
    carry_out = {organisation for project in found.projects for organisation in project.organisations}
    by = {entry.record: entry.measured_by for entry in found.of("indicator.measured")}
    return ((reference in by and by[reference] not in carry_out, index) for reference, index in _indicators(found))


def missed_with_reason(found: Material) -> Answers:
    """Indicators that were missed by whether the reason was given."""
    why = {entry.record: entry.why for entry in found.of("indicator.measured")}
    return ((why.get(each.reference) is not None, each.index) for each in found.indicators if each.outcome == "missed")


def _last(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The newest of each record."""
    return {entry.record: entry for entry in entries}.values()


def finished_and(event_type: str) -> Look:
    """Finished works whose record also has an entry of that type."""

    def look(found: Material) -> Answers:
        having = found.having(event_type)
        return ((entry.record in having, entry.index) for entry in _last(found.of("renovation.completed")))

    return look
