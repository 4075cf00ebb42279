"""What figures are counted from: standings and reports of misconduct."""

from ledger.domain.organisation import OrganisationRulesAdopted
from ledger.domain.programme import ProgrammeRuleAdopted
from projections.counted import Lines

SIGNS = "EXISTS (SELECT 1 FROM enrolments WHERE enrolments.organisation = standings.organisation)"
IN_FORCE = "(SELECT conduct_rules.version FROM conduct_rules ORDER BY conduct_rules.idx DESC LIMIT 1)"
WHOSE = {"standings": "standings.organisation = {row}.organisation"}
REPORT = {"misconduct": "misconduct.misconduct = {row}.misconduct"}
RULES_TOO = {**WHOSE, "conduct_rules": "true"}
KEYS_TOO = {**RULES_TOO, "enrolments": "standings.organisation = {row}.organisation"}
SUSPENDED = (
    "SELECT 'conduct.suspended' AS figure, '' AS subject, IFNULL((SELECT MAX(founded_idx) FROM misconduct"
    " WHERE misconduct.organisation = standings.organisation AND founded_idx > reinstated_idx), suspended_idx) AS idx,"
    " 1 AS value FROM standings WHERE (suspended_idx IS NOT NULL OR EXISTS (SELECT 1 FROM misconduct"
    " WHERE misconduct.organisation = standings.organisation AND founded_idx > reinstated_idx))"
)
LINES = (
    Lines("SELECT 'conduct.undertook' AS figure, '' AS subject, undertook_idx AS idx, 1 AS value FROM standings"
          f" WHERE version IS NOT NULL AND version = IFNULL({IN_FORCE}, '')", RULES_TOO),
    Lines(f"SELECT 'conduct.waiting' AS figure, '' AS subject, idx, 1 AS value FROM standings WHERE {SIGNS}"
          f" AND (version IS NULL OR version <> IFNULL({IN_FORCE}, ''))", KEYS_TOO),
    Lines(f"SELECT 'conduct.signing' AS figure, '' AS subject, idx, 1 AS value FROM standings WHERE {SIGNS}", KEYS_TOO,
          listed=False),
    Lines("SELECT 'conduct.standings' AS figure, '' AS subject, idx, 1 AS value FROM standings WHERE true", WHOSE,
          listed=False),
    Lines("SELECT IIF(result = 'clear', 'conduct.screened', 'conduct.listed') AS figure, '' AS subject,"
          " screened_idx AS idx, 1 AS value FROM standings WHERE screened_idx IS NOT NULL", WHOSE),
    Lines(SUSPENDED, {**WHOSE, "misconduct": "standings.organisation = {row}.organisation"}, moving=("misconduct",)),
    Lines("SELECT 'conduct.reports' AS figure, '' AS subject, idx, 1 AS value FROM misconduct WHERE true", REPORT),
    Lines("SELECT 'conduct.category' AS figure, category AS subject, idx, 1 AS value FROM misconduct WHERE true",
          REPORT),
    Lines("SELECT 'conduct.' || state AS figure, '' AS subject, last_idx AS idx, 1 AS value FROM misconduct"
          " WHERE true", REPORT),
    Lines("SELECT 'conduct.adopted' AS figure, '' AS subject, idx, 1 AS value FROM entries WHERE standing = ''"
          f" AND type IN ('{ProgrammeRuleAdopted.TYPE}', '{OrganisationRulesAdopted.TYPE}')",
          {"entries": "entries.idx = {row}.idx"}, {"entries": "standing"}),
)  # fmt: skip
