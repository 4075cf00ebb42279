"""What figures are counted from: teams."""

from projections.counted import Lines

LINES = (
    Lines(
        "SELECT 'teams' AS figure, team_kind || '~' || state AS subject, idx, 1 AS value FROM teams WHERE true",
        {"teams": "team = {row}.team"},
        listed=False,
    ),
)
