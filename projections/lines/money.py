"""What figures are counted from: money: the balance, plans, quarters, donors, flows."""

from projections.counted import Lines

MOVED = {"moves": "moves.idx = {row}.idx AND moves.position = {row}.position"}
GIVEN = {**MOVED, "gifts": "moves.donation = {row}.donation"}
DONOR = "IFNULL(donor, donor_kind)"
GIVER = {"gifts": "donor_kind donor"}
QUARTER = "substr(on_day, 1, 4) || '~' || ((substr(on_day, 6, 2) + 2) / 3)"
USE = "CASE term WHEN 'paid' THEN used_for ELSE term END"
PLAN = "CASE WHEN term IN ('paid', 'unpaid') THEN IFNULL(plan, '') ELSE '' END"
FLOWS = (
    "FROM moves JOIN terms USING (what) JOIN gifts USING (donation) LEFT JOIN projects USING (project)"
    " WHERE moves.form = 'cash' AND flow <> 0"
)
FLOWN = {**GIVEN, "projects": "moves.project = {row}.project"}
LINES = (
    Lines("SELECT 'balance.' || term AS figure, '' AS subject, idx, sign * fen AS value"
          " FROM moves JOIN terms USING (what) WHERE form = 'cash'", MOVED),
    Lines("SELECT column1 AS figure, '' AS subject, received_idx AS idx, unallocated_fen AS value"
          " FROM gifts, (VALUES ('balance.unallocated'), ('balance.in_hand'))"
          " WHERE form = 'cash' AND received_idx IS NOT NULL", {"gifts": "donation = {row}.donation"}),
    Lines("SELECT CASE WHEN confirmed_idx IS NULL THEN 'balance.unconfirmed' ELSE 'balance.confirmed' END AS figure,"
          " '' AS subject, moves.idx, moves.fen AS value FROM moves JOIN gifts USING (donation)"
          " WHERE what = 'received' AND moves.form = 'cash'", GIVEN, {"gifts": "confirmed_idx"}),
    Lines("SELECT 'balance.confirmed' AS figure, '' AS subject, confirmed_idx AS idx, 0 AS value FROM gifts"
          " WHERE form = 'cash' AND confirmed_idx IS NOT NULL", {"gifts": "donation = {row}.donation"}),
    Lines("SELECT 'balance.pledged' AS figure, '' AS subject, moves.idx, moves.fen AS value FROM moves"
          " JOIN gifts USING (donation) WHERE what = 'pledged' AND received_idx IS NULL", GIVEN,
          {"gifts": "received_idx"}),
    Lines("SELECT 'in_kind.' || form AS figure, '' AS subject, idx, fen AS value FROM moves"
          " WHERE what = 'received' AND form <> 'cash'", MOVED),
    Lines("SELECT 'in_kind.hours' AS figure, '' AS subject, moves.idx, IIF(moves.idx = received_idx, hours, 0) AS value"
          " FROM moves JOIN gifts USING (donation) WHERE what = 'received' AND hours IS NOT NULL", GIVEN,
          {"gifts": "hours received_idx"}),
    Lines("SELECT 'plan.' || term AS figure, plan AS subject, moves.idx, sign * fen AS value FROM moves"
          " JOIN terms USING (what) JOIN projects USING (project)"
          " WHERE form = 'cash' AND term IN ('allocated', 'paid', 'unpaid')",
          {**MOVED, "projects": "moves.project = {row}.project"}, {"projects": "plan"}),
    Lines(f"SELECT 'quarter.' || what AS figure, {QUARTER} AS subject, idx, fen AS value FROM moves"
          " WHERE form = 'cash' AND what IN ('received', 'paid', 'returned')", MOVED),
    Lines(f"SELECT 'donor.' || moves.form AS figure, {DONOR} AS subject, moves.idx, moves.fen AS value FROM moves"
          " JOIN gifts USING (donation) WHERE what = 'received'", GIVEN, GIVER),
    Lines("SELECT 'organisation.paid_to' AS figure, payee AS subject, moves.idx, moves.fen AS value FROM moves"
          " JOIN payments USING (payment) WHERE payee IS NOT NULL",
          {**MOVED, "payments": "moves.payment = {row}.payment"}, {"payments": "payee"}),
    Lines("SELECT column1 AS figure, '' AS subject, idx, 1 AS value FROM gifts,"
          " (VALUES ('gifts.unconfirmed'), ('gifts.pledged'), ('gifts.restricted')) WHERE CASE column1"
          " WHEN 'gifts.unconfirmed' THEN form = 'cash' AND confirmed_idx IS NULL AND received_idx IS NOT NULL"
          " WHEN 'gifts.pledged' THEN received_idx IS NULL"
          " ELSE restricted_plan IS NOT NULL OR restricted_project IS NOT NULL END",
          {"gifts": "donation = {row}.donation"}, listed=False),
    Lines("SELECT 'organisation.gave' AS figure, donor AS subject, idx, 1 AS value FROM gifts WHERE donor IS NOT NULL",
          {"gifts": "donation = {row}.donation"}, listed=False),
    Lines(f"SELECT 'donor.order' AS figure, {DONOR} AS subject, moves.idx,"
          " IIF(moves.form = 'cash', moves.fen, 0) AS value"
          " FROM moves JOIN gifts USING (donation) WHERE what = 'received'", GIVEN, GIVER, listed=False),
    Lines(f"SELECT 'donor.gifts' AS figure, {DONOR} AS subject, received_idx AS idx, 1 AS value FROM gifts"
          " WHERE received_idx IS NOT NULL", {"gifts": "donation = {row}.donation"}),
    Lines(f"SELECT 'flow' AS figure, {DONOR} || '~' || {PLAN} || '~' || {USE} AS subject, moves.idx,"
          f" flow * moves.fen AS value {FLOWS}", FLOWN, {**GIVER, "projects": "plan"}, upset_by=("projects",)),
    Lines(f"SELECT 'flow.used' AS figure, '~' || {PLAN} || '~' || {USE} AS subject, moves.idx,"
          f" flow * moves.fen AS value {FLOWS}", FLOWN, {**GIVER, "projects": "plan"}, upset_by=("projects",)),
)  # fmt: skip
"""``terms`` are what a movement adds to: the terms of the balance by ``sign``, what flows to a use by ``flow``."""
