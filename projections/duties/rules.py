"""The rules as dated data: what must be public, by when, who answers for it, and where that stands.

A due date is computed from the rule in force on the day that started the duty, whatever came into force later.
``standing`` says how much of a rule is law: ``law`` is the duty and its term; ``dated`` is a duty of the law, which
names no day, with a term that this programme set for itself; ``target`` is this programme's own in both, modelled on
its source. Ministry order 81 is known from reports alone, so it stands behind targets only, and is never quoted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.values import Label
from projections.duties.terms import Days, Months, Term, WorkingDays, YearlyOn

CHARITY_LAW = date(2016, 9, 1)
LAW_AMENDED = date(2024, 9, 5)
ORDER_81 = date(2026, 1, 1)
PROGRAMME = date(2022, 4, 1)
"""From when this programme's own targets hold: what happened before has no due date by them."""
HOLDERS = {
    "programme": Label("以方案名义记账的机构", "the organisation that records for the programme"),
    "project": Label("承接项目的机构", "the organisations that carry the project out"),
    "recipient": Label("收到捐赠的机构", "the organisation that received the gift"),
    "itself": Label("这家机构自己", "the organisation itself"),
    "signer": Label("签署这一条的机构", "the organisation that signed the entry"),
    "handler": Label(
        "问题转给的机构；没有转办的，由答复的机构", "those it was passed on to, else the one that answered"
    ),
}


@dataclass(frozen=True, slots=True)
class What:
    """One kind of duty: its title (``{key}`` is the year or the question), what starts and what meets it."""

    code: str
    title: Label
    start: Label
    act: Label
    holder: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of duty as ruled from ``valid_from`` to ``valid_to`` (None: still in force), both included.

    ``addressee`` limits it to organisations that hold a qualification; "" addresses everybody else. A target may have
    no ``source`` but the programme itself.
    """

    what: What
    term: Term
    standing: str
    source: Label
    valid_from: date
    valid_to: date | None = None
    addressee: str = ""

    @property
    def code(self) -> str:
        """Of the kind of duty."""
        return self.what.code

    @property
    def name(self) -> str:
        """``receipt+charity@2016-09-01``: the rule among all rules."""
        return f"{self.code}{'+' if self.addressee else ''}{self.addressee}@{self.valid_from}"

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Basis:
    """The article of the charity law before and after its amendment, and whether order 81 joins it later."""

    old: int
    new: int
    order_81: bool = False

    def sources(self) -> Iterable[tuple[Label, date, date | None]]:
        """Source, from, to."""
        law, amended = "《慈善法》（2016年）", "《慈善法》（2023年修正）"
        yield Label(f"{law}第{self.old}条", f"Charity Law (2016) art. {self.old}"), CHARITY_LAW, _before(LAW_AMENDED)
        now = Label(f"{amended}第{self.new}条", f"Charity Law (as amended in 2023) art. {self.new}")
        yield now, LAW_AMENDED, _before(ORDER_81) if self.order_81 else None
        if self.order_81:
            yield Label(f"{now.zh}；{ORDER.zh}", f"{now.en}; {ORDER.en}"), ORDER_81, None


ORDER = Label("民政部令第81号", "Ministry of Civil Affairs order 81")


def _before(day: date) -> date:
    return day - timedelta(1)


def _by_law(what: What, term: Term, standing: str, basis: Basis, *, addressee: str = "") -> Iterable[Rule]:
    """The law as it changed; for those whom it does not address, the programme's own target on its model."""
    for source, begins, ends in basis.sources():
        yield Rule(what, term, standing, source, begins, ends, addressee)
        if addressee:
            yield Rule(what, term, "target", source, max(begins, PROGRAMME), ends)


def _by_the_programme(what: What, term: Term, article: str = "") -> Iterable[Rule]:
    """Set by the programme until order 81 says the same."""
    own = Label("", "")
    yield Rule(what, term, "target", own, PROGRAMME, _before(ORDER_81))
    yield Rule(what, term, "target", Label(f"{ORDER.zh}{article}", ORDER.en), ORDER_81)


def _on_the_model(what: What, term: Term, basis: Basis) -> Iterable[Rule]:
    """The programme's own target on the model of a law that addresses others."""
    for source, begins, ends in basis.sources():
        yield Rule(what, term, "target", source, max(begins, PROGRAMME), ends)


MONEY = What(
    "programme_money", Label("募捐和款物使用情况", "what was raised and how it was used"),
    Label("方案超过6个月的，每满3个月", "each 3 months of a programme of over 6 months"),
    Label("公布“帮了多少”的数字", "publishing the figures of “how much”"), "programme",
)  # fmt: skip
WHOLE = What(
    "programme_whole", Label("整个方案的数字：{key}", "figures of the whole programme: {key}"),
    Label("方案到期", "the programme's last day"),
    Label("公布从方案开始到结束的数字", "publishing the figures from its first day to its last"),
    "programme",
)  # fmt: skip
REVIEW = What(
    "annual_review", Label("{key}年度总结", "annual review of {key}"), Label("一年结束", "the end of the year"),
    Label("公布年度总结", "publishing the review"), "programme",
)  # fmt: skip
SURPLUS = What(
    "surplus", Label("方案结余的使用情况", "how the programme's surplus was used"),
    Label("方案结束时还有结余", "a programme closed with a surplus"),
    Label("公布结束日以后的款物使用情况", "publishing how money was used after the closing"), "programme",
)  # fmt: skip
PROGRESS = What(
    "project_progress", Label("项目实施情况", "how the project goes"),
    Label("实施超过6个月的项目，每满3个月", "each 3 months of a project of over 6 months"),
    Label("记录进展、完工、发放、培训或服务", "recording progress, works, grants, trainings or service"), "project",
)  # fmt: skip
CLOSE = What(
    "project_close", Label("项目结项公开", "closing report of the project"),
    Label("项目完成或开始后取消", "a project completed, or cancelled after its start"),
    Label("公布结项报告，说明款物使用和结余", "publishing the closing report, with the use of money"), "project",
)  # fmt: skip
REPORT = What(
    "annual_report", Label("{key}年度工作报告和财务会计报告", "annual report and accounts of {key}"),
    Label("慈善组织的一年结束", "the end of a charity's year"),
    Label("公布年度报告", "publishing the report"), "itself",
)  # fmt: skip
RECEIPT = What(
    "receipt", Label("开具捐赠票据并公布编号", "donation receipt"), Label("收到现金或物资", "cash or goods received"),
    Label("记录票据编号", "recording the receipt's number"), "recipient",
)  # fmt: skip
MOVED = What(
    "reallocation", Label("改变捐赠用途的说明", "note of a gift's change of use"),
    Label("捐赠改给另一个项目", "a gift moved to another project"), Label("记入账本", "entering it in the ledger"),
    "signer",
)  # fmt: skip
CORRECTION = What(
    "correction", Label("更正说明", "correction note"), Label("决定更正或作废", "a correction or void was decided"),
    Label("在原记录里公布更正", "publishing it in the record concerned"), "signer",
)  # fmt: skip
PARTICULARS = What(
    "particulars", Label("登记内容的变更", "change of an organisation's particulars"),
    Label("机构的登记内容变更", "an organisation's particulars changed"),
    Label("记入账本", "entering it in the ledger"), "itself",
)  # fmt: skip
QUESTION = What(
    "question", Label("答复公众的提问", "answer to a question of the public"), Label("收到提问", "a question received"),
    Label("公布答复，或者更正的结果", "publishing the answer, or what became of the correction asked for"), "signer",
)  # fmt: skip
PROBLEM = What(
    "problem", Label("答复反映的问题", "answer to a problem raised"),
    Label("有人提出或重新提出问题", "a problem raised, or raised again"),
    Label("记录答复", "recording the answer"), "handler",
)  # fmt: skip
PLAN_ITSELF = Label("帮扶方案：问题及时反馈、及时解决", "the plan: problems are reported and solved in time")

RULES: tuple[Rule, ...] = (
    *_on_the_model(MONEY, Months(3), Basis(73, 79)),
    *_on_the_model(WHOLE, Months(3), Basis(73, 79)),
    *_by_the_programme(REVIEW, YearlyOn(5, 31)),
    *_by_law(SURPLUS, Months(3), "dated", Basis(57, 58, order_81=True), addressee="charity"),
    *_by_law(PROGRESS, Months(3), "law", Basis(73, 79), addressee="fundraising"),
    *_by_law(CLOSE, Months(3), "law", Basis(73, 79), addressee="fundraising"),
    *_by_law(REPORT, YearlyOn(5, 31), "dated", Basis(72, 78, order_81=True)),
    *_by_law(RECEIPT, WorkingDays(10), "dated", Basis(38, 38), addressee="charity"),
    *_by_law(MOVED, WorkingDays(10), "dated", Basis(55, 56), addressee="charity"),
    *_by_the_programme(CORRECTION, WorkingDays(5), "第16条"),
    *_by_law(PARTICULARS, Days(30), "dated", Basis(72, 78, order_81=True), addressee="charity"),
    *_on_the_model(QUESTION, WorkingDays(15), Basis(42, 42)),
    Rule(PROBLEM, Days(30), "target", PLAN_ITSELF, PROGRAMME),
)
BY_NAME = {rule.name: rule for rule in RULES}


def in_force(code: str, on: date, qualified: frozenset[str], rules: Iterable[Rule] = RULES) -> Rule | None:
    """The rule for a duty on a day, for an organisation with these qualifications; None where nothing is ruled."""
    found = [rule for rule in rules if rule.code == code and rule.holds(on)]
    addressed = (rule for rule in found if rule.addressee and rule.addressee in qualified)
    return next(addressed, next((rule for rule in found if not rule.addressee), None))


def next_in_force(code: str, after: date, rules: Iterable[Rule] = RULES) -> date | None:
    """The first day after ``after`` on which a rule for a duty comes into force."""
    return min((rule.valid_from for rule in rules if rule.code == code and rule.valid_from > after), default=None)
