"""What figures are counted from: duties, by state and by organisation."""

from projections.counted import Lines

DUTY = {"duties": "duties.duty = {row}.duty"}
HELD_BY = {**DUTY, "duty_holders": "duty_holders.duty = {row}.duty AND duty_holders.position = {row}.position"}
LINES = (
    Lines("SELECT 'duties.' || state AS figure, '' AS subject, each.value AS idx, IIF(each.key = 0, 1, 0) AS value"
          " FROM duties, json_each(duties.entries) AS each WHERE true", DUTY),
    Lines("SELECT 'duties.' || state AS figure, organisation AS subject, each.value AS idx,"
          " IIF(each.key = 0, 1, 0) AS value FROM duties JOIN duty_holders USING (duty),"
          " json_each(duties.entries) AS each WHERE true", HELD_BY),
    Lines("SELECT 'duties.rank' AS figure, organisation AS subject, 0 AS idx,"
          " CASE state WHEN 'overdue' THEN 1000000 WHEN 'late' THEN 1 ELSE 0 END AS value"
          " FROM duties JOIN duty_holders USING (duty) WHERE state <> 'later'", HELD_BY, listed=False),
    Lines("SELECT 'duties.bad' AS figure, organisation AS subject, 0 AS idx, 1 AS value"
          " FROM duties JOIN duty_holders USING (duty) WHERE state IN ('overdue', 'late')", HELD_BY, listed=False),
)  # fmt: skip
