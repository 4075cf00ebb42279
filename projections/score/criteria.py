"""The 40 criteria: five questions with eight each and 20 points each, 100 in all.

Each looks at the things that it asks about and says of every one whether what it asks for is there. Points are given in
proportion, rounded down. Where there is nothing to ask about, the criterion does not apply and its points don't count.
"""

from dataclasses import dataclass

from ledger.domain.disclosure import QUESTIONS
from ledger.domain.values import Label
from projections.score import looking
from projections.score.looking import Look

ASPECTS = {
    "content": Label("内容", "content"),
    "timely": Label("及时", "timeliness"),
    "evidence": Label("凭证", "evidence"),
    "acceptance": Label("验收", "acceptance"),
    "correction": Label("更正", "correction"),
}
PARTS = {code: Label(*words) for code, words in QUESTIONS.items()}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the 40. ``look`` finds what it asks about."""

    number: int
    part: str
    aspect: str
    title: Label
    points: int
    look: Look


def _criteria(part: str, *rows: tuple[str, str, str, int, Look]) -> list[Criterion]:
    """Rows are (aspect, Chinese, English, points, look)."""
    first = 1 + 8 * list(PARTS).index(part)
    return [
        Criterion(first + place, part, aspect, Label(zh, en), points, look)
        for place, (aspect, zh, en, points, look) in enumerate(rows)
    ]


CRITERIA: tuple[Criterion, ...] = (
    *_criteria(
        "where",
        ("content", "项目写明开展地点", "projects name their places", 3, looking.placed),
        ("content", "地点到村或学校", "down to the village or school", 2, looking.precise),
        ("content", "每批工程写明地点", "each batch of works names its places", 2, looking.works_placed),
        ("content", "每批受助人员写明地点和期间", "each batch of people names place and period", 2,
         looking.batches_placed),
        ("content", "付款能对应到地点", "payments can be attributed to a place", 3, looking.payments_placed),
        ("evidence", "动工前到实地勘查", "surveyed before works began", 3, looking.surveyed),
        ("acceptance", "由当地的学校、镇或工作组验收", "taken over by a school, town or team there", 3,
         looking.accepted_locally),
        ("correction", "更正在5个工作日内公开并说明原因", "corrections published with reason in 5 working days", 2,
         looking.met("correction", in_time=True)),
    ),
    *_criteria(
        "what",
        ("content", "写明承接机构", "projects name who carries them out", 2, looking.taken_on),
        ("content", "写明回应哪项需求", "projects name the need that they answer", 2, looking.needed),
        ("content", "承接机构承诺守规并通过核查", "those undertook the rules and were screened", 2,
         looking.in_standing),
        ("content", "承接机构订立项目管理制度", "those adopted project management rules", 2, looking.rules_adopted),
        ("timely", "结项报告在结束后3个月内公布", "closing report within 3 months of the end", 2,
         looking.met("project_close", in_time=True)),
        ("timely", "实施超过6个月的，每3个月公开进展", "progress every 3 months where over 6 months", 4,
         looking.met("project_progress", in_time=True)),
        ("evidence", "公布结项报告", "closing report published", 4, looking.met("project_close", in_time=False)),
        ("timely", "项目的账目在7天内记入", "entries of projects recorded within 7 days", 2,
         looking.in_time("project")),
    ),
    *_criteria(
        "whom",
        ("content", "受益的学校写明名称", "schools that benefit are named", 2, looking.schools_named),
        ("content", "受益家庭按整批公布户次", "families published in whole batches", 3, looking.families_in_batches),
        ("content", "受奖学生按整批公布人次", "pupils published in whole batches", 3, looking.pupils_in_batches),
        ("content", "公布奖学金的标准和条件", "standard and criteria of scholarships published", 2,
         looking.standard_published),
        ("timely", "公示以后才发放奖学金", "granted after public notice", 3, looking.put_up),
        ("evidence", "名单逐人封存", "lists sealed, a row for each person", 3, looking.rows_sealed),
        ("acceptance", "受助批次经验收或发放后计入", "batches count, accepted or granted where that is needed", 2,
         looking.batches_count),
        ("timely", "惠及人员的事在7天内记入", "what was done for people recorded within 7 days", 2,
         looking.in_time("renovation.completed", "award.granted", "companionship.reported", "training.held",
                         "training.coached", "training.placed", "service.delivered")),
    ),
    *_criteria(
        "how_much",
        ("content", "写明捐赠方，或写明不愿公开", "donors named, or said to wish not to be", 2, looking.donor_stated),
        ("acceptance", "现金捐赠核对银行流水", "cash matched with the bank statement", 3, looking.confirmed),
        ("timely", "10个工作日内开具捐赠票据", "receipt within 10 working days", 3,
         looking.met("receipt", in_time=True)),
        ("content", "物资和服务写明折价依据", "goods and service state how they were valued", 2, looking.valued),
        ("content", "付款写明用途和收款方", "payments state use and payee", 2, looking.use_stated),
        ("evidence", "付款附有凭证或说明", "payments come with a voucher or note", 2, looking.vouchers),
        ("content", "项目没有结余，或说明结余去向", "no surplus, or its use explained", 3, looking.remainder_explained),
        ("timely", "收款和付款在7天内记入", "receipts and payments recorded within 7 days", 3,
         looking.in_time("donation.received", "payment.made")),
    ),
    *_criteria(
        "effect",
        ("content", "设有效果指标", "there are indicators", 3, looking.has_indicator),
        ("content", "指标写明原来的值", "with a baseline", 2, looking.indicators_with("indicator.baseline_set")),
        ("content", "指标写明目标", "with a target", 2, looking.indicators_with("indicator.target_set")),
        ("content", "指标已经测量", "measured", 3, looking.indicators_with("indicator.measured")),
        ("evidence", "由没有参加实施的机构测量", "by an organisation that did not deliver", 2,
         looking.measured_by_another),
        ("content", "没有达到的写明原因", "missed ones with the reason", 2, looking.missed_with_reason),
        ("acceptance", "完工的工程通过验收", "finished works accepted", 3,
         looking.finished_and("renovation.accepted")),
        ("acceptance", "完工的工程有回访", "finished works followed up", 3,
         looking.finished_and("renovation.followed_up")),
    ),
)  # fmt: skip
