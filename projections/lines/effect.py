"""What figures are counted from: indicators."""

from projections.counted import Lines

ITSELF = {"indicators": "indicator = {row}.indicator"}
LINES = (
    Lines("SELECT 'effect.all' AS figure, '' AS subject, idx, 1 AS value FROM indicators WHERE true", ITSELF),
    Lines(
        "SELECT 'effect.' || outcome AS figure, '' AS subject, last_idx AS idx, 1 AS value FROM indicators WHERE true",
        ITSELF,
    ),
)
