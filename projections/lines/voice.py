"""What figures are counted from: problems and questions."""

from projections.counted import Lines

ITSELF = {"voices": "voice = {row}.voice"}
DAYS = "CAST(julianday(answered_on) - julianday(raised_on) AS INTEGER)"
LINES = (
    Lines("SELECT 'voice.' || kind || 's' AS figure, '' AS subject, idx, 1 AS value FROM voices WHERE true", ITSELF),
    Lines("SELECT 'voice.waiting' AS figure, '' AS subject, idx, 1 AS value FROM voices"
          " WHERE waiting_since IS NOT NULL", ITSELF),
    Lines("SELECT 'voice.answered' AS figure, '' AS subject, answered_idx AS idx, 1 AS value FROM voices"
          " WHERE answered_on IS NOT NULL", ITSELF),
    Lines("SELECT 'voice.ends' AS figure, '' AS subject, IIF(column1 = 1, idx, answered_idx) AS idx, 0 AS value"
          " FROM voices, (VALUES (1), (2)) WHERE answered_on IS NOT NULL", ITSELF),
    Lines(f"SELECT 'voice.days' AS figure, printf('%08d', {DAYS}) AS subject, idx, 1 AS value FROM voices"
          " WHERE answered_on IS NOT NULL", ITSELF, listed=False),
    Lines("SELECT 'voice.reopened' AS figure, '' AS subject, each.value AS idx, 1 AS value"
          " FROM voices, json_each(reopened) AS each WHERE true", ITSELF),
    Lines("SELECT 'voice.corrected' AS figure, '' AS subject, corrected_idx AS idx, 1 AS value FROM voices"
          " WHERE corrected_idx IS NOT NULL", ITSELF),
)  # fmt: skip
