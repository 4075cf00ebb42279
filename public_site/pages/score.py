"""/score: how the disclosure score is computed, all 40 criteria, and each of them for one project or organisation."""

from typing import Any

from ledger.domain.values import REFERENCE
from ledger.errors import NotFoundError
from projections import conduct, what
from projections.disclosure_score import ENOUGH, FULL, GRADES, KINDS
from projections.names import Names
from projections.records import existing_chain
from projections.rows import Named
from projections.score.prepared import Prepared
from public_site.presenters import words
from public_site.presenters.score import SHORT, STILL_COMPUTED, in_parts, note, since
from public_site.visit import Page, Visit

ROWS = 20
"""Scores are computed as they are shown: a page of them stays quick."""
COLUMNS = [
    {"text": "名称"},
    {"text": "级"},
    {"text": "分", "numeric": True},
    *({"text": f"{title}（分）", "numeric": True} for title in SHORT.values()),
]
CRUMBS = [{"href": "/score", "text": "公开程度评分"}]


def page(visit: Visit) -> Page:
    """The criteria; with ``of``, what was found for it."""
    of = visit.query.get("of", "")
    return _of(visit, of) if of else _all()


def _all() -> Page:
    scale = "，".join(f"{grade}级{least}分以上" for least, grade in GRADES[:-1])
    values = {
        "title": "公开程度评分",
        "heading": "公开程度评分",
        "crumbs": [],
        "lead": f"每个项目和机构按同样的40项标准打分，五个问题各8项，满分{FULL}分；缺什么、缺几分都写明。",
        "how": _how(scale),
        "parts": in_parts(None),
        "note": "",
    }
    return Page("score.html", values, section="score")


def _how(scale: str) -> list[str]:
    return [
        "分数由账本里的账目算出，谁都可以重算；没有人打分，也没有人能改分。",
        "每项标准数一数：应当有的有几处，其中有的几处；按比例得分，不足1分的舍去。",
        "没有可数的，这项标准不适用：不得分，也不计入满分。总分按适用的分数折算成100分，不进位。",
        f"适用的不足{ENOUGH}分的不评级。{scale}，其余{GRADES[-1][1]}级。",
        "项目的分数看属于它的一切：地点、工程、奖学金、捐赠、付款、指标，和承接机构的承诺。",
        "机构的分数只看它自己的：承接的项目、实施的工程、收到的捐赠、签署的付款。",
        "及时看两个日期：事情发生的日期和记入账本的日期；有期限的事项看“到期事项”里的期限，迟了不得分。",
        "分数只说明公开了多少，不说明项目做得好不好，也不证明写的是真事。",
    ]


def _of(visit: Visit, reference: str) -> Page:
    kind = reference.partition("/")[0]
    if kind not in KINDS or REFERENCE.fullmatch(reference) is None:
        raise NotFoundError(f"“{reference[:60]}”没有公开程度评分。", f"{reference[:60]!r} has no disclosure score.")
    existing_chain(visit.db, reference)
    prepared, name = visit.score(reference), Names(visit.db)(reference)
    if prepared.score is None:
        return _not_yet(name)
    score = prepared.score
    missing = sum(item.wanted > 0 and item.got < item.points for item in score.items)
    said = f"{score.points}分，{score.grade}级；" if score.grade else ""
    values = {
        "title": f"{name.zh}的公开程度",
        "heading": f"{name.zh}的公开程度",
        "crumbs": [*CRUMBS, words.link(name)],
        "lead": f"{said}{note(score)}{missing}项没有得满分。{since(visit, prepared)}",
        "how": [],
        "parts": in_parts(score),
        "note": "缺的内容补上以后，下一条账目记入时重新计算。",
    }
    return Page("score.html", values, section="score")


def _not_yet(name: Named) -> Page:
    values = {
        "title": f"{name.zh}的公开程度",
        "heading": f"{name.zh}的公开程度",
        "crumbs": [*CRUMBS, words.link(name)],
        "lead": STILL_COMPUTED,
        "how": [],
        "parts": [],
        "note": "",
    }
    return Page("score.html", values, section="score", settled=False)


def projects(visit: Visit) -> Page:
    """Every project with its score, in the order of the register."""
    count = len(what.project_count(visit.db).entries)
    at = _page(visit, count)
    found = what.register(visit.db, {}, start=(at - 1) * ROWS, size=ROWS)
    return _listed(visit, "项目", [row.project for row in found], count, at)


def organisations(visit: Visit) -> Page:
    """Every organisation with its score, in the order of registration."""
    count = conduct.standing_count(visit.db)
    at = _page(visit, count)
    found = conduct.standings(visit.db, start=(at - 1) * ROWS, size=ROWS)
    return _listed(visit, "机构", [row.organisation for row in found], count, at)


def _page(visit: Visit, count: int) -> int:
    return min(visit.number("page"), max(1, -(-count // ROWS)))


def _listed(visit: Visit, word: str, found: list[Named], count: int, at: int) -> Page:
    pages = max(1, -(-count // ROWS))
    address = f"/score/{'projects' if word == '项目' else 'organisations'}?page="
    lead = f"{count:,}个{word}按登记的先后排列，不是排名：适用的标准不同，分数只宜和它自己的缺项对照。"
    scores = [visit.score(each.reference) for each in found]
    values = {
        "title": f"各{word}的公开程度",
        "heading": f"各{word}的公开程度",
        "crumbs": CRUMBS,
        "lead": lead if found else f"还没有登记{word}，所以没有分数。",
        "columns": COLUMNS,
        "rows": [_score_row(visit, each, score) for each, score in zip(found, scores, strict=True)],
        "pager": None if pages <= 1 else {
            "previous": f"{address}{at - 1}" if at > 1 else None,
            "next": f"{address}{at + 1}" if at < pages else None,
            "text": f"第{at:,}页，共{pages:,}页",
        },
    }  # fmt: skip
    return Page("scores.html", values, section="score", settled=all(each.score for each in scores))


def _score_row(visit: Visit, named: Named, prepared: Prepared) -> list[Any]:
    score, name = prepared.score, {"text": named.zh, "href": f"/score?of={named.reference}"}
    if score is None:
        return [name, *["还在算"] * (len(COLUMNS) - 1)]
    cells = [f"{got}/{of}" if of else "不适用" for _, got, of in score.parts]
    if prepared.size < visit.moment.status.size:
        name["text"] = f"{named.zh}（第{prepared.size - 1:,}条记入时）"
    return [name, score.grade or "不评级", str(score.points) if score.grade else "不评级", *cells]
