"""What figures are counted from: needs."""

from projections.counted import Lines

AT = """CASE term WHEN 'verified' THEN verified_idx WHEN 'matched' THEN matched_idx WHEN 'met' THEN met_idx
    WHEN 'withdrawn' THEN withdrawn_idx WHEN 'first' THEN priority_idx ELSE needs.idx END"""
MOVES = (
    f"IIF(each.column1 = 1, {AT}, need_moves.idx) AS idx, IIF(each.column1 = 1, 1, 0) AS value FROM needs"
    " JOIN need_terms USING (stage) JOIN (VALUES (1), (2)) AS each"
    " LEFT JOIN need_moves ON each.column1 = 2 AND need_moves.need = needs.need"
)
MOVED_TOO = f"WHERE {AT} IS NOT NULL AND (each.column1 = 1 OR need_moves.idx IS NOT NULL)"
ITSELF = {"needs": "needs.need = {row}.need"}
ITS_MOVES = {**ITSELF, "need_moves": "needs.need = {row}.need"}
LINES = (
    Lines(f"SELECT 'needs.' || term AS figure, '' AS subject, {AT} AS idx, 1 AS value FROM needs"
          f" JOIN need_terms USING (stage) WHERE {AT} IS NOT NULL", ITSELF),
    Lines("SELECT IIF(kind.column1 = 1, 'need_place.', 'need_category.') || term AS figure,"
          f" IIF(kind.column1 = 1, place, category) AS subject, {MOVES} JOIN (VALUES (1), (2)) AS kind {MOVED_TOO}",
          ITS_MOVES),
    Lines(f"SELECT 'needs_at.' || term AS figure, ancestor AS subject, {MOVES} JOIN place_within USING (place)"
          f" {MOVED_TOO}",
          {**ITS_MOVES,
           "place_within": "place_within.place = {row}.place AND place_within.ancestor = {row}.ancestor"}),
    Lines("SELECT 'needs.stage' AS figure, stage AS subject, idx, 1 AS value FROM needs WHERE true", ITSELF,
          listed=False),
    Lines("SELECT 'needs.year' AS figure, substr(reported_on, 1, 4) AS subject, idx, 1 AS value FROM needs WHERE true",
          ITSELF, listed=False),
    Lines("SELECT 'needs.days' AS figure, printf('%08d', -waits) AS subject, idx, 1 AS value FROM needs"
          " WHERE stage = 'met'", ITSELF, listed=False),
)  # fmt: skip
"""Over those of a place or category, corrections of these count too. ``need_terms``: what a need counts as."""
