"""Duties as rows of tables, items of due boxes and rules in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from markupsafe import Markup

from projections.duties.rules import HOLDERS, RULES, Rule, What
from projections.rows import DutiesOf, Duty
from public_site.presenters import words
from public_site.presenters.figures import cell
from public_site.presenters.things import links

DUTY_COLUMNS = [
    {"text": "事项"},
    {"text": "责任机构"},
    {"text": "到期日"},
    {"text": "结果"},
    {"text": "依据"},
    {"text": "账目"},
]
ORGANISATION_COLUMNS = [
    {"text": "机构"},
    {"text": "逾期", "numeric": True},
    {"text": "90天内到期", "numeric": True},
    {"text": "按时", "numeric": True},
    {"text": "迟了", "numeric": True},
]
VERSION_COLUMNS = [{"text": "出处"}, {"text": "对谁"}, {"text": "有效期"}, {"text": "现在"}]
TONES = {"overdue": "red", "late": "red", "soon": "amber"}
NOBODY = {
    "signer": "账本管理员",
    "project": "还没有机构承接",
    "programme": "还没有机构以方案名义记账",
    "handler": "还没有转给哪家机构",
}


def duty_row(duty: Duty) -> list[Any]:
    """A row of ``DUTY_COLUMNS``."""
    return [
        Markup('<a href="{}">{}</a><span class="meta">{}</span>').format(
            words.href_of(duty.about.reference), duty.title.zh, _about(duty)
        ),
        links(duty.organisations, none=NOBODY.get(duty.rule.what.holder, "没有登记")),
        _day(duty.due_on),
        _result(duty),
        Markup('<a href="{}">{}</a>').format(rule_href(duty.rule), basis(duty.rule)),
        {"text": "", "entries": [*duty.entries[:1], *([duty.met_index] if _apart(duty) else [])]},
    ]


def _day(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), words.full_day(day))


def basis(rule: Rule) -> str:
    """What a due date rests on, and how much of it is law."""
    if rule.standing == "target":
        return f"本方案的公开目标，参照{rule.source.zh}" if rule.source.zh else "本方案的公开目标"
    return f"{rule.source.zh}；期限是本方案的公开目标" if rule.standing == "dated" else rule.source.zh


def _apart(duty: Duty) -> bool:
    return duty.met_index is not None and duty.met_index != duty.entries[0]


def _about(duty: Duty) -> str:
    if duty.rule.code in ("project_progress", "programme_money"):
        return f"{duty.about.zh}，{words.full_day(duty.on)}起的一期"
    return duty.about.zh


def _result(duty: Duty) -> Markup:
    tone = TONES.get(duty.state, "")
    if duty.met_on is None:
        return Markup('<span class="flag {}">{}</span>').format(tone, deadline(duty))
    word = f"迟{duty.days:,}天" if duty.state == "late" else "按时"
    said = Markup('{} <span class="flag {}">{}</span>').format(_day(duty.met_on), tone, word)
    if duty.public_on and duty.public_on > max(duty.met_on, duty.due_on):
        said += Markup(' <span class="meta">但{}才记入账本</span>').format(_day(duty.public_on))
    # One item of the cell's line on a phone, which wraps within itself.
    return Markup("<span>{}</span>").format(said)


def deadline(duty: Duty) -> str:
    """已逾期12天, 今天到期, 还有61天."""
    if duty.state == "overdue":
        return f"已逾期{duty.days:,}天"
    return f"还有{duty.days:,}天" if duty.days else "今天到期"


def due_item(duty: Duty) -> dict[str, str]:
    """An item of ``ui.due_box``: what, by when, how long since, whose, by which rule."""
    who = words.names(duty.organisations, none=NOBODY.get(duty.rule.what.holder, "没有登记"))
    return {
        "title": f"{duty.title.zh}：{duty.about.zh}",
        "href": words.href_of(duty.about.reference),
        "sentence": f"应在{words.full_day(duty.due_on)}前公开，{deadline(duty)}。",
        "organisation": f"责任机构：{who}。",
        "source": f"依据：{basis(duty.rule)}。",
    }


def organisation_row(row: DutiesOf) -> list[Any]:
    """A row of ``ORGANISATION_COLUMNS``; a nought is no link, for no entry stands behind it."""
    of = row.organisation.reference
    figures = {name: getattr(row.counts, name) for name in ("overdue", "soon", "on_time", "late")}
    return [
        words.link(row.organisation),
        *(cell(f"duties.{name}", figure, of=of) if figure.value else "0" for name, figure in figures.items()),
    ]


def duty_kind(what: What, rules: Iterable[Rule], as_of: date) -> dict[str, Any]:
    """One kind of duty in words, and the table of its rules as they followed each other."""
    found = [rule for rule in rules if rule.code == what.code]
    each = "每个问题" if what.code == "programme_whole" else "每年"
    return {
        "title": what.title.zh.replace("{key}", each),
        "said": f"{what.start.zh}，{found[0].term.words.zh}{what.act.zh}。由{HOLDERS[what.holder].zh}负责。",
        "rows": [_version(rule, as_of) for rule in found],
    }


def _version(rule: Rule, as_of: date) -> list[Any]:
    until = f"至{words.full_day(rule.valid_to)}" if rule.valid_to else "起"
    now = "有效" if rule.holds(as_of) else "还没有生效" if rule.valid_from > as_of else "已失效"
    return [
        Markup('<span id="{}">{}</span>').format(anchor(rule), basis(rule)),
        ADDRESSEES[rule.addressee] if rule.addressee else "其他机构" if rule.code in ADDRESSED else "所有机构",
        f"{words.full_day(rule.valid_from)}{until}",
        now,
    ]


ADDRESSEES = {"charity": "慈善组织", "fundraising": "有公开募捐资格的慈善组织"}
ADDRESSED = {rule.code for rule in RULES if rule.addressee}


def rule_href(rule: Rule) -> str:
    """Where a rule stands on the page of all rules."""
    return f"/duties/rules#{anchor(rule)}"


def anchor(rule: Rule) -> str:
    """The rule's id on that page."""
    return rule.name.replace("@", "-").replace("+", "-")
