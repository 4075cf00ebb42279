"""What every kept figure is counted from: a module for each view, which says it of its own tables."""

from projections.lines import (
    audit_trail,
    batches,
    conduct,
    deliveries,
    duties,
    effect,
    money,
    needs,
    obligations,
    recognition,
    tables,
    teams,
    voice,
    what,
    where,
    whom,
)

LINES = tuple(
    lines
    for module in (
        audit_trail,
        batches,
        conduct,
        deliveries,
        duties,
        effect,
        money,
        needs,
        obligations,
        recognition,
        tables,
        teams,
        voice,
        what,
        where,
        whom,
    )
    for lines in module.LINES
)
