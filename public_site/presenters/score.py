"""The disclosure score in words: the panel of a page, and the table of its 40 criteria."""

from typing import Any

from markupsafe import Markup

from projections.disclosure_score import ENOUGH, FULL
from projections.rows import Score, ScoreItem
from projections.score.criteria import ASPECTS, CRITERIA, PARTS, Criterion
from projections.score.prepared import Prepared
from public_site.visit import Visit

SHOWN, LINKED = 6, 12
STILL_COMPUTED = "它的账目很多，评分要算一会儿，还没有算好。请过几分钟再打开。"
SHORT = {"where": "在哪里", "what": "什么项目", "whom": "帮了谁", "how_much": "帮了多少", "effect": "效果"}
CRITERION_COLUMNS = [{"text": "标准"}, {"text": "方面"}, {"text": "满分（分）", "numeric": True}]
ITEM_COLUMNS = [
    {"text": "标准"},
    {"text": "方面"},
    {"text": "情况"},
    {"text": "缺在哪几条"},
    {"text": "满分（分）", "numeric": True},
    {"text": "得分（分）", "numeric": True},
]


def panel(visit: Visit, reference: str) -> dict[str, Any]:
    """What ``scores.panel`` shows; what costs most points first."""
    prepared = visit.score(reference)
    score = prepared.score
    if score is None:
        return {"grade": "", "note": STILL_COMPUTED, "href": f"/score?of={reference}"}
    lost = sorted((item for item in score.items if item.wanted and item.got < item.points), key=_loss)
    lacking = [f"{item.title.zh}（{item.points - item.got}分）" for item in lost[:SHOWN]]
    if len(lost) > SHOWN:
        lacking.append(f"另有{len(lost) - SHOWN}项，共{sum(item.points - item.got for item in lost[SHOWN:])}分")
    return {
        "points": score.points,
        "grade": f"{score.grade}级" if score.grade else "",
        "parts": [{"label": SHORT[part], "got": got, "of": of} for part, got, of in score.parts if of],
        "lacking": lacking,
        "note": f"{note(score)}{since(visit, prepared)}",
        "href": f"/score?of={reference}",
    }


def since(visit: Visit, prepared: Prepared) -> str:
    """That it was computed some entries ago, if it was."""
    if prepared.size >= visit.moment.status.size:
        return ""
    return f"它的账目很多，评分是第{prepared.size - 1:,}条记入时算的，后来的正在补算。"


def _loss(item: ScoreItem) -> tuple[int, int]:
    return item.got - item.points, item.number


def note(score: Score) -> str:
    """What was left out of the points, and why there may be no grade."""
    apart = sum(not item.wanted for item in score.items)
    if not score.applicable:
        return f"{len(CRITERIA)}项标准都不适用：没有它承接的项目、实施的工程、收到的捐赠或签署的付款。"
    if score.grade is None:
        return f"适用的标准只有{score.applicable}分，少于{ENOUGH}分，不评级。其余{apart}项不适用。"
    if not apart:
        return f"{len(CRITERIA)}项标准都适用。"
    return f"{apart}项标准不适用，没有计入：按适用的{score.applicable}分折算成{FULL}分，不进位。"


def in_parts(score: Score | None) -> list[dict[str, Any]]:
    """The 40 criteria under their questions, with what was found where there is a score."""
    items = {item.number: item for item in score.items} if score else {}
    return [
        {
            "title": label.zh,
            "rows": [_row(each, items.get(each.number)) for each in CRITERIA if each.part == part],
            "columns": ITEM_COLUMNS if score else CRITERION_COLUMNS,
        }
        for part, label in PARTS.items()
    ]


def _row(criterion: Criterion, item: ScoreItem | None) -> list[Any]:
    said = [f"{criterion.number}. {criterion.title.zh}", ASPECTS[criterion.aspect].zh]
    if item is None:
        return [*said, str(criterion.points)]
    if not item.wanted:
        return [*said, "不适用", "不适用", str(criterion.points), "不计"]
    tone = "red" if item.got < item.points else ""
    state = Markup('<span class="flag {}">{:,}处中有{:,}处</span>').format(tone, item.wanted, item.done)
    return [*said, state, _missing(item), str(criterion.points), str(item.got)]


def _missing(item: ScoreItem) -> Any:
    """Links to the first of them: nobody reads hundreds."""
    if not item.missing:
        return "没有缺"
    rest = len(item.missing) - LINKED
    return {"text": f"前{LINKED}条：" if rest > 0 else "", "entries": item.missing[:LINKED]}
