"""Which page function answers which path. Only what is here may be linked to."""

from collections.abc import Callable

from public_site.pages import (
    audit,
    awards,
    donations,
    effect,
    entries,
    home,
    how_much,
    organisations,
    places,
    projects,
    records,
    renovations,
    search,
    what,
    where,
    whom,
)
from public_site.visit import Page, Visit

PAGES: tuple[tuple[str, Callable[[Visit], Page]], ...] = (
    ("/", home.page),
    ("/where", where.page),
    ("/what", what.page),
    ("/whom", whom.page),
    ("/how-much", how_much.page),
    ("/effect", effect.page),
    ("/projects/{id}", projects.page),
    ("/donations/{id}", donations.page),
    ("/payments/{id}", records.payment),
    ("/awards/{id}", awards.page),
    ("/renovations/{id}", renovations.page),
    ("/organisations", organisations.every),
    ("/organisations/{id}", organisations.page),
    ("/places/{id}", places.page),
    ("/programmes/{id}", records.programme),
    ("/keys/{id}", records.key),
    ("/indicators/{id}", records.indicator),
    ("/audit", audit.page),
    ("/entries/{index}", entries.page),
    ("/search", search.page),
)
