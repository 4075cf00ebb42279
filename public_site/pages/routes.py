"""Which page function answers which path. Only what is here may be linked to."""

from collections.abc import Callable

from public_site.pages import (
    ask,
    audit,
    awards,
    donations,
    effect,
    entries,
    home,
    how_much,
    organisations,
    places,
    problems,
    projects,
    records,
    renovations,
    search,
    what,
    where,
    whom,
)
from public_site.pages.records import or_voided
from public_site.visit import Page, Visit

PAGES: tuple[tuple[str, Callable[[Visit], Page]], ...] = (
    ("/", home.page),
    ("/where", where.page),
    ("/what", what.page),
    ("/whom", whom.page),
    ("/how-much", how_much.page),
    ("/effect", effect.page),
    ("/projects/{id}", or_voided("project", projects.page)),
    ("/donations/{id}", or_voided("donation", donations.page)),
    ("/payments/{id}", or_voided("payment", records.payment)),
    ("/awards/{id}", or_voided("award", awards.page)),
    ("/renovations/{id}", or_voided("renovation", renovations.page)),
    ("/organisations", organisations.every),
    ("/organisations/{id}", or_voided("organisation", organisations.page)),
    ("/places/{id}", or_voided("place", places.page)),
    ("/programmes/{id}", or_voided("programme", records.programme)),
    ("/keys/{id}", or_voided("key", records.key)),
    ("/indicators/{id}", or_voided("indicator", records.indicator)),
    ("/audit", audit.page),
    ("/entries/{index}", entries.page),
    ("/problems", problems.page),
    ("/problems/{id}", or_voided("problem", problems.problem)),
    ("/questions/{id}", or_voided("question", problems.question)),
    ("/search", search.page),
    ("/ask", ask.page),
)
