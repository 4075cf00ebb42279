"""What figures are counted from: obligations of a programme."""

from collections.abc import Mapping

from projections.counted import Lines

WHEN = "(VALUES ('', 0), ('year', 0), ('', 7), ('year', 7)) AS period"
"""Over the whole programme and by calendar year; all of it, and what was done from July on."""
LATE = "CAST(substr({day}, 6, 2) AS INTEGER) >= period.column2"
NAMED = (
    "IIF(period.column2, 'duty.late', 'duty.done') AS figure,"
    " programme || '~{code}~' || IIF(period.column1 = '', '', substr({day}, 1, 4)) AS subject"
)
DONE_IN = {
    "acts": "acts.idx = {row}.idx",
    "deliveries": "acts.record = {row}.record",
    "projects": "deliveries.project = {row}.project",
}
ACCEPTED = {"works": "works.renovation = {row}.renovation", "projects": "works.project = {row}.project"}
SCHOOL_WORKS = """works JOIN work_places USING (renovation) JOIN places USING (place) JOIN projects USING (project)
    JOIN entries AS last ON last.idx = (SELECT MAX(each.accepted_idx) FROM works AS each
        JOIN work_places AS its ON its.renovation = each.renovation JOIN projects AS own ON own.project = each.project
        WHERE its.place = work_places.place AND own.programme = projects.programme
        AND each.category IN ('school', 'equipment'))"""
SAME_SCHOOL = "work_places.place IN (SELECT its.place FROM work_places AS its WHERE its.renovation = {row}.renovation)"


def _lines(code: str, day: str, rest: str, upon: Mapping[str, str], *, value: str = "1") -> Lines:
    """Those of one obligation: ``day`` says in which period it was done; ``rest`` begins with the entry's column."""
    named, late = NAMED.format(code=code, day=day), LATE.format(day=day)
    index, _, source = rest.partition(" FROM ")
    select = f"SELECT {named}, {index} AS idx, {value} AS value FROM {WHEN}, {source} AND {late}"
    return Lines(select, upon, {"projects": "programme"})


LINES = (
    _lines("training", "acts.on_day", "each.value FROM acts JOIN deliveries USING (record) JOIN projects"
           " USING (project), json_each(acts.entries) AS each WHERE central", DONE_IN,
           value="IIF(each.value = acts.idx, 1, 0)"),
    _lines("furniture", "last.occurred_on", "accepted_idx FROM works JOIN projects USING (project)"
           " JOIN entries AS last ON last.idx = accepted_idx WHERE category = 'furniture'", ACCEPTED),
    _lines("volunteer_team", "formed_on", "idx FROM teams WHERE team_kind = 'volunteer'",
           {"teams": "teams.team = {row}.team"}),
    _lines("priority_school", "last.occurred_on", f"works.accepted_idx FROM {SCHOOL_WORKS}"
           " WHERE priority AND category IN ('school', 'equipment') AND works.accepted_idx IS NOT NULL",
           {"works": SAME_SCHOOL, "work_places": f"({SAME_SCHOOL} OR work_places.place = {{row}}.place)",
            "places": "work_places.place = {row}.place",
            "projects": "work_places.place IN (SELECT its.place FROM work_places AS its JOIN works AS each"
            " USING (renovation) WHERE each.project = {row}.project)"},
           value="IIF(works.accepted_idx = last.idx, 1, 0)"),
)  # fmt: skip
"""Of works accepted ones alone: what nobody took over does not count. A school with priority counts once, in the period
in which its last works were accepted."""
