"""What the programme asks for so often, as a chart with its table: for every page where such an obligation belongs."""

from typing import Any

from projections import obligations, what
from projections.rows import Programme
from public_site.drawings.duties import Period, duties, periods
from public_site.presenters.effect_tables import DUTY_COLUMNS, duty_row
from public_site.visit import Visit


def duty_chart(visit: Visit, codes: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """The chart and table of every programme's obligations; those of ``codes`` alone, if it is given."""
    found = []
    for programme in what.programmes(visit.db):
        rows = tuple(row for row in duty_periods(visit, programme) if codes is None or row.code in codes)
        if rows or codes is None:
            table = [duty_row(row) for row in rows]
            found.append({"chart": duties(programme, rows), "columns": DUTY_COLUMNS, "rows": table})
    return found


def duty_periods(visit: Visit, programme: Programme) -> tuple[Period, ...]:
    """Every obligation of a programme in each of its periods, as far as it was met by now."""
    return periods(programme, obligations.done(visit.db, programme), visit.as_of)
