"""The 40 criteria: five questions with eight each and 20 points each, 100 in all.

Each looks at the things that it asks about and says of every one whether what it asks for is there. Points are given in
proportion, rounded down. Where there is nothing to ask about, the criterion does not apply and its points don't count.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.domain.disclosure import QUESTIONS
from ledger.domain.renovation import FOR_FAMILIES
from ledger.domain.values import Label
from projections.score.material import Entry, Material

TIMELY_DAYS = 7
"""Recorded at most so many days after it happened."""
LOCAL = frozenset({"school", "town", "team", "authority"})
"""Kinds of organisation at the place of help."""
NEAR = frozenset({"village", "school"})
RUN = frozenset({"started", "completed"})
ASPECTS = {
    "content": Label("内容", "content"),
    "timely": Label("及时", "timeliness"),
    "evidence": Label("凭证", "evidence"),
    "acceptance": Label("验收", "acceptance"),
    "correction": Label("更正", "correction"),
}
PARTS = {code: Label(*words) for code, words in QUESTIONS.items()}
Answers = Iterator[tuple[bool, int]]
"""For each thing asked about: whether it is there, and the entry where it should be."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the 40. ``look`` finds what it asks about."""

    number: int
    part: str
    aspect: str
    title: Label
    points: int
    look: Callable[[Material], Iterable[tuple[bool, int]]]


def _placed(found: Material) -> Answers:
    return ((bool(project.levels), project.index) for project in found.projects)


def _precise(found: Material) -> Answers:
    """By its own places, or by those of its works and batches."""
    elsewhere = any(NEAR & set(works.levels) for works in found.works) or any(b.level in NEAR for b in found.batches)
    return ((bool(NEAR & set(project.levels)) or elsewhere, project.index) for project in found.projects)


def _works_placed(found: Material) -> Answers:
    return ((bool(works.levels), works.index) for works in found.works)


def _batches_placed(found: Material) -> Answers:
    return ((batch.level is not None, batch.index) for batch in found.batches)


def _payments_placed(found: Material) -> Answers:
    return ((placed, index) for index, placed in found.payments)


def _surveyed(found: Material) -> Answers:
    surveyed = found.having("renovation.surveyed")
    return ((works.reference in surveyed, works.index) for works in found.works)


def _accepted_locally(found: Material) -> Answers:
    finished = found.having("renovation.completed")
    return ((works.acceptor in LOCAL, works.index) for works in found.works if works.reference in finished)


def _met(code: str, *, in_time: bool) -> Callable[[Material], Answers]:
    def look(found: Material) -> Answers:
        return (
            (due.late is not None and (due.late <= 0 or not in_time), due.index)
            for due in found.duties
            if due.code == code
        )

    return look


def _taken_on(found: Material) -> Answers:
    return ((bool(project.organisations), project.index) for project in found.projects)


def _approved(found: Material) -> Answers:
    approved = found.having("project.approved")
    return ((project.reference in approved, project.index) for project in found.projects)


def _in_standing(found: Material) -> Answers:
    """Undertook the conduct rules, and the last screening found nothing."""
    undertook = found.having("organisation.undertook")
    results = {entry.record: entry.result for entry in found.of("organisation.screened")}
    return ((each in undertook and results.get(each) == "clear", at) for each, at in _registered(found))


def _rules_adopted(found: Material) -> Answers:
    adopted = found.having("organisation.rules_adopted")
    return ((each in adopted, at) for each, at in _registered(found))


def _registered(found: Material) -> Iterator[tuple[str, int]]:
    """Organisations that carry projects out, with the entry that registered each."""
    entries = found.of("organisation.registered") if found.projects else []
    return ((entry.record, entry.index) for entry in entries if entry.record in found.organisations)


def _in_time(*kinds_or_types: str) -> Callable[[Material], Answers]:
    """Entries of these kinds or types, recorded within seven days."""

    def look(found: Material) -> Answers:
        wanted = (entry for entry in found.entries if {entry.kind, entry.type} & set(kinds_or_types))
        return ((entry.late_days <= TIMELY_DAYS, entry.index) for entry in wanted)

    return look


def _schools_named(found: Material) -> Answers:
    return (
        ("school" in works.levels, works.index) for works in found.works if works.category in ("school", "equipment")
    )


def _families_in_batches(found: Material) -> Answers:
    finished, batched = found.having("renovation.completed"), {batch.record for batch in found.batches}
    return (
        (works.reference in batched, works.index)
        for works in found.works
        if works.category in FOR_FAMILIES and works.reference in finished
    )


def _pupils_in_batches(found: Material) -> Answers:
    batched = {batch.record for batch in found.batches}
    return ((entry.record in batched, entry.index) for entry in found.of("award.granted"))


def _standard_published(found: Material) -> Answers:
    published = found.having("award.standard_published")
    return ((entry.record in published, entry.index) for entry in _rounds(found))


def _put_up(found: Material) -> Answers:
    put_up = found.having("award.publicised")
    return ((entry.record in put_up, entry.index) for entry in found.of("award.granted"))


def _rounds(found: Material) -> list[Entry]:
    return found.of("award.round_opened")


def _rows_sealed(found: Material) -> Answers:
    """One sealed row for each person: admission counts them; the public sees them filled up to a round number."""
    rows: dict[str, int] = {}
    for entry in found.entries:
        if entry.sealed:
            rows[entry.record] = entry.sealed
    return ((rows.get(batch.record, 0) >= batch.count, batch.index) for batch in found.batches)


def _batches_count(found: Material) -> Answers:
    return ((batch.counts, batch.index) for batch in found.batches)


def _donor_stated(found: Material) -> Answers:
    return ((True, gift.index) for gift in found.gifts)


def _confirmed(found: Material) -> Answers:
    return ((gift.confirmed, gift.index) for gift in found.gifts if gift.form == "cash")


def _valued(found: Material) -> Answers:
    return ((True, gift.index) for gift in found.gifts if gift.form != "cash")


def _use_stated(found: Material) -> Answers:
    return ((True, index) for index, _ in found.payments)


def _vouchers(found: Material) -> Answers:
    return ((entry.apart > 0, entry.index) for entry in found.of("payment.made"))


def _remainder_explained(found: Material) -> Answers:
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


def _has_indicator(found: Material) -> Answers:
    return ((reference != "", index) for reference, index in _indicators(found))


def _indicators_with(event_type: str) -> Callable[[Material], Answers]:
    def look(found: Material) -> Answers:
        having = found.having(event_type)
        return ((reference in having, index) for reference, index in _indicators(found))

    return look


def _measured_by_another(found: Material) -> Answers:
    carry_out = {organisation for project in found.projects for organisation in project.organisations}
    by = {entry.record: entry.measured_by for entry in found.of("indicator.measured")}
    return ((reference in by and by[reference] not in carry_out, index) for reference, index in _indicators(found))


def _missed_with_reason(found: Material) -> Answers:
    why = {entry.record: entry.why for entry in found.of("indicator.measured")}
    return ((why.get(each.reference) is not None, each.index) for each in found.indicators if each.outcome == "missed")


def _last(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The newest of each record."""
    return {entry.record: entry for entry in entries}.values()


def _finished_and(event_type: str) -> Callable[[Material], Answers]:
    """Finished works whose record also has an entry of that type."""

    def look(found: Material) -> Answers:
        having = found.having(event_type)
        return ((entry.record in having, entry.index) for entry in _last(found.of("renovation.completed")))

    return look


def _criteria(part: str, *rows: tuple[str, str, str, int, Callable[[Material], Answers]]) -> list[Criterion]:
    """Rows are (aspect, Chinese, English, points, look)."""
    first = 1 + 8 * list(PARTS).index(part)
    return [
        Criterion(first + place, part, aspect, Label(zh, en), points, look)
        for place, (aspect, zh, en, points, look) in enumerate(rows)
    ]


CRITERIA: tuple[Criterion, ...] = (
    *_criteria(
        "where",
        ("content", "项目写明开展地点", "projects name their places", 3, _placed),
        ("content", "地点到村或学校", "down to the village or school", 2, _precise),
        ("content", "每批工程写明地点", "each batch of works names its places", 2, _works_placed),
        ("content", "每批受助人员写明地点和期间", "each batch of people names place and period", 2, _batches_placed),
        ("content", "付款能对应到地点", "payments can be attributed to a place", 3, _payments_placed),
        ("evidence", "动工前到实地勘查", "surveyed before works began", 3, _surveyed),
        ("acceptance", "由当地的学校、镇或工作组验收", "taken over by a school, town or team there", 3,
         _accepted_locally),
        ("correction", "更正在5个工作日内公开并说明原因", "corrections published with reason in 5 working days", 2,
         _met("correction", in_time=True)),
    ),
    *_criteria(
        "what",
        ("content", "写明承接机构", "projects name who carries them out", 2, _taken_on),
        ("content", "批准并公布预算", "approved with a published budget", 2, _approved),
        ("content", "承接机构承诺守规并通过核查", "those undertook the rules and were screened", 2, _in_standing),
        ("content", "承接机构订立项目管理制度", "those adopted project management rules", 2, _rules_adopted),
        ("timely", "结项报告在结束后3个月内公布", "closing report within 3 months of the end", 2,
         _met("project_close", in_time=True)),
        ("timely", "实施超过6个月的，每3个月公开进展", "progress every 3 months where over 6 months", 4,
         _met("project_progress", in_time=True)),
        ("evidence", "公布结项报告", "closing report published", 4, _met("project_close", in_time=False)),
        ("timely", "项目的账目在7天内记入", "entries of projects recorded within 7 days", 2, _in_time("project")),
    ),
    *_criteria(
        "whom",
        ("content", "受益的学校写明名称", "schools that benefit are named", 2, _schools_named),
        ("content", "受益家庭按整批公布户次", "families published in whole batches", 3, _families_in_batches),
        ("content", "受奖学生按整批公布人次", "pupils published in whole batches", 3, _pupils_in_batches),
        ("content", "公布奖学金的标准和条件", "standard and criteria of scholarships published", 2,
         _standard_published),
        ("timely", "公示以后才发放奖学金", "granted after public notice", 3, _put_up),
        ("evidence", "名单逐人封存", "lists sealed, a row for each person", 3, _rows_sealed),
        ("acceptance", "受助批次经验收或发放后计入", "batches count, being accepted or granted", 2, _batches_count),
        ("timely", "完工和发放在7天内记入", "completions and grants recorded within 7 days", 2,
         _in_time("renovation.completed", "award.granted")),
    ),
    *_criteria(
        "how_much",
        ("content", "写明捐赠方，或写明不愿公开", "donors named, or said to wish not to be", 2, _donor_stated),
        ("acceptance", "现金捐赠核对银行流水", "cash matched with the bank statement", 3, _confirmed),
        ("timely", "10个工作日内开具捐赠票据", "receipt within 10 working days", 3, _met("receipt", in_time=True)),
        ("content", "物资和服务写明折价依据", "goods and service state how they were valued", 2, _valued),
        ("content", "付款写明用途和收款方", "payments state use and payee", 2, _use_stated),
        ("evidence", "付款附有凭证或说明", "payments come with a voucher or note", 2, _vouchers),
        ("content", "项目没有结余，或说明结余去向", "no surplus, or its use explained", 3, _remainder_explained),
        ("timely", "收款和付款在7天内记入", "receipts and payments recorded within 7 days", 3,
         _in_time("donation.received", "payment.made")),
    ),
    *_criteria(
        "effect",
        ("content", "设有效果指标", "there are indicators", 3, _has_indicator),
        ("content", "指标写明原来的值", "with a baseline", 2, _indicators_with("indicator.baseline_set")),
        ("content", "指标写明目标", "with a target", 2, _indicators_with("indicator.target_set")),
        ("content", "指标已经测量", "measured", 3, _indicators_with("indicator.measured")),
        ("evidence", "由没有参加实施的机构测量", "by an organisation that did not deliver", 2, _measured_by_another),
        ("content", "没有达到的写明原因", "missed ones with the reason", 2, _missed_with_reason),
        ("acceptance", "完工的工程通过验收", "finished works accepted", 3,
         _finished_and("renovation.accepted")),
        ("acceptance", "完工的工程有回访", "finished works followed up", 3,
         _finished_and("renovation.followed_up")),
    ),
)  # fmt: skip
