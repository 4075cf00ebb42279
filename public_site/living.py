"""What fills the holes of pages: what each says of the ledger as a whole, now, or for as long as an export lasts."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import escape

from public_site.frame import END, HREFS, covered, found_about, strip
from public_site.proven import ProvenChecks
from public_site.rendering import TEMPLATES
from public_site.verification import HeadChecks, Step
from public_site.visit import Moment, Visit
from public_site.witnesses import offered

WHOLE = "整本账核对的结果，见“自己核对”页。"


class Living:
    """The parts as of one moment. ``db`` is read here and now, and never again; the log whenever a part needs it."""

    def __init__(self, db: sqlite3.Connection, moment: Moment, *, still: bool = False) -> None:
        visit = Visit(db, moment, "", "/", still=still)
        self._steps = lru_cache(maxsize=64)(HeadChecks(moment.log, visit.rotations).steps)
        self._parts: dict[str, str] = {
            "strip": _macro("strip", "strip", strip(visit), HREFS),
            "last": escape(f"{moment.status.size - 1:,}"),
            "whole": _macro("marks", "check_line", *found_about(visit).whole),
            "offered": _macro("offered", "offered", offered(moment.log.witnesses())),
            **{name: escape(said) for name, said in covered(moment.status).items()},
        }

    def part(self, name: str) -> str:
        """The HTML of the part called ``name``; of an entry, ``failed:index`` and ``further:index``."""
        of_all, _, index = name.partition(":")
        if not index:
            return self._parts[of_all]
        return _steps_of(self._steps(int(index)), of_all)


class Lasting:
    """The parts of an export's pages that do not say where it ends. Of an entry they say what its own proof shows."""

    def __init__(self, db: sqlite3.Connection, moment: Moment) -> None:
        self._moment = moment
        self._steps = lru_cache(maxsize=4)(ProvenChecks(moment.log, Visit(db, moment, "", "/").rotations).steps)
        self._parts: dict[str, str] = {
            "strip": _macro("strip", "strip_of_copy", HREFS, END),
            "whole": _macro("marks", "check_line", "unknown", "这是一份导出", WHOLE),
            "offered": _macro("offered", "offered", offered(moment.log.witnesses())),
        }

    def part(self, name: str, visit: Visit) -> str:
        """The HTML of the part called ``name`` on the page that ``visit`` asks for."""
        of_all, _, index = name.partition(":")
        if not index:
            return self._parts[of_all]
        return _steps_of(self._steps(int(index), *visit.proof_of(int(index))), of_all)


def _steps_of(steps: Iterable[Step], name: str) -> str:
    is_wanted = {"failed": True, "further": False}[name]
    wanted = [step for step in steps if (step.state == "bad") == is_wanted]
    return "".join(_macro("proof", "step", step.to_page()) for step in wanted)


def _macro(file: str, name: str, *values: Any) -> str:
    return str(getattr(TEMPLATES.get_template(f"macros/{file}.html").module, name)(*values))
