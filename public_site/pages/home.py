"""/: the five questions, each with one sentence and four figures; the state of the ledger; the latest entries."""

from typing import Any

from projections import audit_trail, effect, how_much, needs, voice, what, where, whom
from projections.corrections import corrections
from projections.duties.reading import Asked, duties, duty_count
from projections.rows import Figure, Programme
from public_site import sources
from public_site.frame import badges
from public_site.presenters import words
from public_site.presenters.duties import due_item
from public_site.presenters.entries import correction, event
from public_site.presenters.figures import derived, figure
from public_site.visit import Page, Visit

LATEST, DUE = 5, 2
NONE = Figure(0, ())


def page(visit: Visit) -> Page:
    """The home page."""
    programmes = what.programmes(visit.db)
    programme = programmes[0] if programmes else None
    values = {
        "title": "",
        "heading": programme.programme.zh if programme else "阳光账本",
        "lead": _lead(programme),
        "crumbs": None,
        "questions": [question(visit) for question in (_where, _what, _whom, _how_much, _effect)],
        "badges": badges(visit),
        "dues": [due_box(visit, "red", "overdue"), due_box(visit, "amber", "soon")],
        "corrections": [correction(item) for item in corrections(visit.db, size=LATEST)],
        "voices": _voices(visit),
        "latest": [event(row) for row in audit_trail.latest(visit.db, LATEST)],
        "origin": visit.origin,
        "size": visit.status.size,
    }
    return Page("home.html", values, section="home")


def due_box(visit: Visit, tone: str, state: str) -> dict[str, Any]:
    """The first few duties in a state, and how many there are."""
    asked = Asked(visit.as_of)
    items = [due_item(duty) for duty in duties(visit.db, state, asked, size=DUE)]
    return {"tone": tone, "items": items, "count": duty_count(visit.db, state, asked), "href": f"/duties?state={state}"}


def _voices(visit: Visit) -> str:
    """What the public asked and who waits, in one sentence; "" while nobody has."""
    found = voice.totals(visit.db)
    if not found.problems.value and not found.questions.value:
        return ""
    said = f"提出问题{found.problems.value:,}个，收到公众提问{found.questions.value:,}件"
    return said + (f"，{found.waiting.value:,}件还没有答复。" if found.waiting.value else "，都有了答复。")


def _lead(programme: Programme | None) -> str:
    counted = "点开任何一个数字，都能看到它出自哪几条已签名的账目。"
    if programme is None:
        return f"账本已启用，还没有公布帮扶方案。{counted}"
    span = words.months(programme.starts_on, programme.ends_on)
    return f"{span}，{programme.full_title}。{counted}"


def _where(visit: Visit) -> dict[str, Any]:
    totals = where.totals(visit.db)
    idle = where.registered(visit.db).get("school", 0) - totals.schools.value
    said = "还没有记录活动。"
    if totals.activities.value:
        said = f"在{totals.villages.value}个村、{totals.schools.value}所学校办了{totals.activities.value}次活动"
        said += f"；{idle}所学校还没有。" if idle else "。"
    return {
        "href": "/where",
        "title": "在哪里帮扶",
        "sentence": said,
        "figures": [
            figure("where.villages", totals.villages, label="村"),
            figure("where.schools", totals.schools, label="学校"),
            figure("where.activities", totals.activities),
            figure("where.unplaced", totals.unplaced),
        ],
    }


def _what(visit: Visit) -> dict[str, Any]:
    counts = what.counts_by_state(visit.db)
    total = figure("projects.all", what.project_count(visit.db), label="登记项目")
    states = (("completed", "已完成"), ("started", "进行中"), ("cancelled", "已取消"))
    done, under_way = (counts.get(code, NONE).value for code in ("completed", "started"))
    rest = sum(counted.value for counted in counts.values()) - done - under_way
    said = "还没有登记项目。"
    if counts:
        said = f"{done}个完成，{under_way}个进行中，{rest}个没有开始或已取消。"
    return {
        "href": "/what",
        "title": "帮扶什么项目",
        "sentence": said,
        "figures": [
            total,
            *(figure("projects.state", counts.get(code, NONE), of=code, label=label) for code, label in states),
        ],
    }


def _whom(visit: Visit) -> dict[str, Any]:
    counts = {row.group: row for row in whom.people_by_group(visit.db)}
    groups = [_people(code, counts.get(code)) for code in ("child", "youth16plus", "family")]
    unmet = needs.totals(visit.db).waiting
    said = "按整批公布，不公布任何人的身份。" if counts else "还没有公布批次；不公布任何人的身份。"
    if counts and "youth16plus" not in counts:
        said = "按整批公布，不公布任何人的身份；还没有青年的批次。"
    return {
        "href": "/whom",
        "title": "帮了谁",
        "sentence": said,
        "figures": [*groups, figure("needs.waiting", unmet, label="没有满足的需求")],
    }


def _people(code: str, row: Any) -> dict[str, Any]:
    shown = figure("people.cell", row.count if row else NONE, of=f"{code}~~", label=words.group(code))
    return {**shown, "unit": words.people_unit(code)}


def _how_much(visit: Visit) -> dict[str, Any]:
    balance = how_much.balance(visit.db)
    said = "还没有收到捐赠。"
    if balance.received.value:
        used = words.percent(balance.paid.value, balance.received.value)
        said = f"收到的现金已用去{used}，其余仍在账上或已退回。"
        if balance.unconfirmed.value:
            said = f"收到的现金已用去{used}；{len(balance.unconfirmed.entries)}笔还没有核对银行流水。"
    in_hand = figure("balance.in_hand", sources.in_hand(visit.db))
    return {
        "href": "/how-much",
        "title": "帮了多少",
        "sentence": said,
        "figures": [
            figure("balance.received", balance.received),
            figure("balance.paid", balance.paid),
            derived(in_hand, "/how-much#balance"),
            figure("in_kind.goods", how_much.in_kind(visit.db).goods_fen, label="另有物资"),
        ],
    }


def _effect(visit: Visit) -> dict[str, Any]:
    totals = effect.totals(visit.db)
    said = "还没有设定效果指标。"
    if totals.all.value:
        said = (
            f"{totals.all.value}项指标中{totals.met.value}项达标，{totals.missed.value}项未达标，"
            f"{totals.unmeasured.value}项尚未测量。"
        )
    return {
        "href": "/effect",
        "title": "效果怎么样",
        "sentence": said,
        "figures": [
            figure("effect.all", totals.all),
            figure("effect.met", totals.met),
            figure("effect.missed", totals.missed, red=True),
            figure("effect.unmeasured", totals.unmeasured),
        ],
    }
