"""What figures are counted from: people, by whole batches."""

from projections.counted import Lines

PLANNED = {"batches": "batches.idx = {row}.idx", "projects": "batches.project = {row}.project"}
CELL = "people_group || '~' || IIF(column1 = 1, IFNULL(plan, '') || '~' || substr(batches.ends_on, 1, 4), '~')"
LINES = (
    Lines(f"SELECT 'people.cell' AS figure, {CELL} AS subject, each.value AS idx,"
          " IIF(each.value = batches.idx, count, 0) AS value FROM batches LEFT JOIN projects USING (project),"
          " json_each(entries) AS each, (VALUES (1), (2)) WHERE counts", PLANNED,
          {"projects": "plan"}, upset_by=("projects",)),
    Lines(f"SELECT 'people.batches' AS figure, {CELL} AS subject, batches.idx, 1 AS value FROM batches"
          " LEFT JOIN projects USING (project), (VALUES (1), (2)) WHERE counts", PLANNED,
          {"projects": "plan"}, upset_by=("projects",)),
    Lines("SELECT 'people.uncounted' AS figure, '' AS subject, idx, 1 AS value FROM batches WHERE NOT counts",
          {"batches": "batches.idx = {row}.idx"}),
    Lines("SELECT 'batches.all' AS figure, '' AS subject, idx, 1 AS value FROM batches WHERE true",
          {"batches": "batches.idx = {row}.idx"}, listed=False),
    Lines("SELECT 'people.place' AS figure, ancestor || '~' || people_group AS subject, each.value AS idx,"
          " IIF(each.value = batches.idx, count, 0) AS value FROM batches JOIN place_within USING (place),"
          " json_each(entries) AS each WHERE counts",
          {"batches": "batches.idx = {row}.idx",
           "place_within": "place_within.place = {row}.place AND place_within.ancestor = {row}.ancestor"}),
    Lines("SELECT 'delivery.people' AS figure, record AS subject, each.value AS idx,"
          " IIF(each.value = batches.idx, count, 0) AS value FROM batches, json_each(entries) AS each WHERE counts",
          {"batches": "batches.idx = {row}.idx"}),
)  # fmt: skip
