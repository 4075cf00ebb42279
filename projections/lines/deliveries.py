"""What figures are counted from: what is delivered to people."""

from projections.counted import Lines

COUNTED = "CASE counts WHEN 'times' THEN times WHEN 'hours' THEN hours ELSE value_fen END"
DID = "acts JOIN deliveries USING (record) JOIN act_measures USING (type), json_each(acts.entries) AS each"
VALUE = f"each.value AS idx, IIF(each.value = acts.idx, {COUNTED}, 0) AS value"
DONE = {"acts": "acts.idx = {row}.idx"}
DONE_IN = {**DONE, "deliveries": "acts.record = {row}.record"}
BEGUN = "SELECT 1 FROM acts WHERE acts.record = deliveries.record AND (times OR hours OR value_fen)"
ITSELF = {"deliveries": "deliveries.record = {row}.record"}
LINES = (
    Lines("SELECT IIF(column1 = 1, 'deliveries.', 'delivery.') || measure AS figure, IIF(column1 = 1, '', record)"
          f" AS subject, {VALUE} FROM (VALUES (1), (2)), {DID} WHERE {COUNTED} <> 0", DONE_IN,
          {"deliveries": "idx"}),
    Lines(f"SELECT 'place.visits' AS figure, ancestor AS subject, {VALUE} FROM {DID}"
          f" JOIN place_within ON place_within.place = acts.place WHERE measure = 'visits' AND {COUNTED} <> 0",
          {**DONE_IN, "place_within": "acts.place = {row}.place AND place_within.ancestor = {row}.ancestor"},
          {"deliveries": "idx"}),
    Lines("SELECT 'delivered.' || kind AS figure, state AS subject, idx, 1 AS value FROM deliveries WHERE true",
          ITSELF, listed=False),
    Lines("SELECT 'delivers.' || kind AS figure, organisation AS subject, idx, 1 AS value FROM deliveries WHERE true",
          ITSELF, {"deliveries": "idx"}, listed=False),
    Lines("SELECT 'idle.' || kind AS figure, '' AS subject, idx, 1 AS value FROM deliveries"
          f" WHERE state <> 'cancelled' AND NOT EXISTS ({BEGUN})",
          {**ITSELF, "acts": "deliveries.record = {row}.record"}),
)  # fmt: skip
