"""What fills the holes of pages: what each of them says of the ledger as a whole, now."""

import sqlite3
from functools import lru_cache
from typing import Any

from markupsafe import escape

from public_site.frame import HREFS, covered, found_about, strip
from public_site.rendering import TEMPLATES
from public_site.verification import HeadChecks
from public_site.visit import Moment, Visit
from public_site.witnesses import offered


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
        is_wanted = {"failed": True, "further": False}[of_all]
        steps = [step for step in self._steps(int(index)) if (step.state == "bad") == is_wanted]
        return "".join(_macro("proof", "step", step.to_page()) for step in steps)


def _macro(file: str, name: str, *values: Any) -> str:
    return str(getattr(TEMPLATES.get_template(f"macros/{file}.html").module, name)(*values))
