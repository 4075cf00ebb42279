"""What figures are counted from: institutions, and works by organisation."""

from projections.counted import Lines

SCHOOL = "JOIN places USING (place) WHERE level = 'school' AND accepted_idx IS NOT NULL"
AT_SCHOOL = {
    "works": "works.renovation = {row}.renovation",
    "work_places": "works.renovation = {row}.renovation AND work_places.position = {row}.position",
    "places": "work_places.place = {row}.place",
}
LINES = (
    Lines(
        "SELECT 'institution.works' AS figure, place AS subject, IIF(column1 = 1, works.idx, accepted_idx) AS idx,"
        f" IIF(column1 = 1, 1, 0) AS value FROM (VALUES (1), (2)), works JOIN work_places USING (renovation) {SCHOOL}",
        AT_SCHOOL,
    ),
    Lines(
        "SELECT column1 AS figure, IIF(column1 = 'organisation.delivered', organisation, accepted_by) AS subject,"
        " accepted_idx AS idx, 1 AS value FROM (VALUES ('organisation.delivered'), ('organisation.accepted')), works"
        " WHERE accepted_idx IS NOT NULL AND (column1 = 'organisation.delivered' OR accepted_by IS NOT NULL)",
        {"works": "works.renovation = {row}.renovation"},
    ),
)
