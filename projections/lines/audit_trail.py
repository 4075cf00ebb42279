"""What figures are counted from: what was signed, corrected and recorded late."""

from projections.counted import Lines

MEASURES = ("cash_received_fen", "cash_paid_fen", "goods_fen", "service_fen", "service_hours")
WHOSE = "CASE copy WHEN 1 THEN '' WHEN 2 THEN kind ELSE type END"
EACH_ENTRY = {"entries": "entries.idx = {row}.idx"}
LINES = (
    Lines(f"SELECT 'audit.count' AS figure, {WHOSE} AS subject, idx, 1 AS value FROM entries CROSS JOIN copies"
          " WHERE true", EACH_ENTRY, {"entries": "type"}, listed=False),
    Lines(f"SELECT 'audit.late' AS figure, {WHOSE} AS subject, idx, 1 AS value FROM entries CROSS JOIN copies"
          " WHERE lateness_days > 0", EACH_ENTRY, {"entries": "lateness_days"}, listed=False),
    *(Lines(f"SELECT 'audit.{name}' AS figure, {WHOSE} AS subject, idx, {name} AS value FROM entries"
            f" CROSS JOIN copies WHERE {name} <> 0", EACH_ENTRY, {"entries": name}, listed=False)
      for name in MEASURES),
    Lines("SELECT 'signed' AS figure, organisation AS subject, idx, 1 AS value FROM signers WHERE first",
          {"signers": "idx = {row}.idx AND keyid = {row}.keyid"}, listed=False),
    Lines("SELECT 'signed' AS figure, key AS subject, idx, 1 AS value FROM signers WHERE key IS NOT NULL",
          {"signers": "idx = {row}.idx AND keyid = {row}.keyid"}, listed=False),
    Lines("SELECT 'corrections.all' AS figure, '' AS subject, idx, 1 AS value FROM corrections WHERE true",
          {"corrections": "corrections.idx = {row}.idx"}),
    Lines("SELECT 'corrections.reason' AS figure, reason AS subject, idx, 1 AS value FROM corrections WHERE true",
          {"corrections": "corrections.idx = {row}.idx"}),
    Lines("SELECT 'corrections.kind' AS figure, reason || '~' || void AS subject, idx, 1 AS value FROM corrections"
          " WHERE true", {"corrections": "corrections.idx = {row}.idx"}),
    Lines("SELECT 'corrections.about' AS figure, reference AS subject, idx, 1 AS value FROM corrections_about"
          " WHERE true",
          {"corrections_about": "reference = {row}.reference AND idx = {row}.idx"}),
    Lines("SELECT 'corrections.about' AS figure, project AS subject, corrections.idx, 1 AS value FROM corrections"
          " JOIN moves ON moves.donation = corrections.record WHERE project IS NOT NULL",
          {"corrections": "corrections.idx = {row}.idx",
           "moves": "moves.idx = {row}.idx AND moves.position = {row}.position"}),
)  # fmt: skip
"""Of a project also what was corrected in the gifts that it was given is about it."""
