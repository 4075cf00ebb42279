"""What figures are counted from: what was signed, where, corrected and recorded late."""

from projections.counted import Lines

MEASURES = ("cash_received_fen", "cash_paid_fen", "goods_fen", "service_fen", "service_hours")
WHOSE = "CASE copy WHEN 1 THEN '' WHEN 2 THEN kind WHEN 3 THEN type ELSE recorded_on END"
EACH_ENTRY = {"entries": "entries.idx = {row}.idx"}
OF_PLACE = (
    f"CASE measure.column1 {' '.join(f'WHEN {name!r} THEN {name}' for name in MEASURES)} ELSE lateness_days > 0 END"
)
MEASURED = f"(VALUES {', '.join(f'({name!r})' for name in (*MEASURES, 'late'))}) AS measure"
AT_PLACE = {"entries_at": "entries_at.place = {row}.place AND entries_at.idx = {row}.idx"}
LINES = (
    Lines("SELECT 'at.count' AS figure, place AS subject, idx, 1 AS value FROM entries_at WHERE true", AT_PLACE,
          {"entries_at": "idx"}, listed=False),
    Lines(f"SELECT 'at.' || measure.column1 AS figure, place AS subject, entries_at.idx, {OF_PLACE} AS value"
          f" FROM entries_at JOIN entries USING (idx) JOIN {MEASURED} WHERE {OF_PLACE} <> 0",
          {**AT_PLACE, **EACH_ENTRY}, {"entries_at": "idx", "entries": " ".join(MEASURES)}, listed=False),
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
