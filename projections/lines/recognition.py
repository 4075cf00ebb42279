"""What figures are counted from: cases, media reports and honours."""

from projections.counted import Lines

STATE = (
    "CASE WHEN state IN ('submitted', 'returned', 'reviewed', 'nominated', 'consented') THEN 'waiting' ELSE state END"
)
LINES = (
    *(
        Lines(
            f"SELECT '{kind}.' || {STATE} AS figure, '' AS subject, last_idx AS idx, 1 AS value FROM {table}"
            " WHERE true",
            {table: "record = {row}.record"},
        )
        for kind, table in (("case", "cases"), ("honour", "honours"))
    ),
    Lines(
        "SELECT 'media.all' AS figure, '' AS subject, idx, 1 AS value FROM media WHERE true",
        {"media": "record = {row}.record"},
    ),
)
