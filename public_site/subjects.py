"""What a figure is about, in words: the parts of a link's ``of``, joined by ``~``."""

import re
import sqlite3

from ledger.domain import misconduct
from ledger.domain.need import CATEGORIES
from ledger.domain.values import GROUPS, REFERENCE
from projections import obligations, what
from projections.corrections import REASONS
from projections.names import Names
from public_site import delivery_figures
from public_site.drawings.flows import OTHERS
from public_site.presenters import words

NEED = "need."
"""Before the code of a category of needs, which a use of money may have too."""
QUARTER = re.compile(r"(\d{4})~([1-4])", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)
GIVERS = {"person": "个人捐赠者", "anonymous": "不愿公开身份的捐赠者"}
"""Givers that no organisation stands for."""
CODES = {
    **{code: label for code, (label, _) in (*GROUPS.items(), *misconduct.CATEGORIES.items())},
    **{f"{NEED}{code}": label for code, (label, _) in CATEGORIES.items()},
    **{reason: label.zh for reason, label in REASONS.items()},
    OTHERS: "图中没有单列的各方",
    **GIVERS,
}


def subject(db: sqlite3.Connection, of: str) -> str:
    """Every part in words; "" for the whole ledger."""
    if match := QUARTER.fullmatch(of):
        return f"{match[1]}年第{words.QUARTERS[int(match[2]) - 1]}季度"
    return "，".join(_word(db, part) for part in of.split("~") if part)


def _word(db: sqlite3.Connection, part: str) -> str:
    if REFERENCE.fullmatch(part):
        return Names(db).zh(part)
    if part.startswith(obligations.PREFIX):
        return delivery_figures.duty_title(db, part)
    if YEAR.fullmatch(part):
        return f"{part}年"
    plan = what.plan_titles(db).get(part)
    return plan.zh if plan else CODES.get(part) or words.use(part)
