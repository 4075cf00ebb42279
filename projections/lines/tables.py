"""What is counted of whole tables that no other figure counts: how many rows each open table has."""

from projections.counted import Lines

KEYS = {
    "deliveries": "record", "gifts": "donation", "payments": "payment", "regions": "region", "voices": "voice",
}  # fmt: skip
OF_A_KIND = ("award", "organisation", "renovation")
LINES = (
    *(Lines(f"SELECT 'rows' AS figure, '{table}' AS subject, idx, 1 AS value FROM {table} WHERE true",
            {table: f"{table}.{key} = {{row}}.{key}"}, {table: key}, listed=False)
      for table, key in KEYS.items()),
    Lines("SELECT 'rows' AS figure, 'moves' AS subject, idx, 1 AS value FROM moves WHERE true",
          {"moves": "moves.idx = {row}.idx AND moves.position = {row}.position"}, {"moves": "idx"}, listed=False),
    Lines("SELECT 'rows' AS figure, kind AS subject, idx, 1 AS value FROM entries WHERE version = 1"
          f" AND standing <> 'voided' AND kind IN {OF_A_KIND}",
          {"entries": "entries.idx = {row}.idx"}, {"entries": "standing"}, listed=False),
)  # fmt: skip
"""Rows by table; of records that have no table, by kind. A key never changes, so no UPDATE concerns them."""
