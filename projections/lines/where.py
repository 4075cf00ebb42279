"""What figures are counted from: places."""

from projections.counted import Lines

DONE = {"activities": "activities.idx = {row}.idx"}
DONE_HERE = {"activities": "activities.idx = {row}.idx AND activities.place = {row}.place"}
PAID = {"spending": "spending.idx = {row}.idx"}
HERE = {"place_within": "place_within.place = {row}.place AND place_within.ancestor = {row}.ancestor"}
FIRST = "activities.place = (SELECT MIN(place) FROM activities AS each WHERE each.idx = activities.idx)"
FIRST_WITHIN = (
    "activities.place = (SELECT MIN(each.place) FROM activities AS each JOIN place_within AS its USING (place)"
    " WHERE each.idx = activities.idx AND its.ancestor = place_within.ancestor)"
)
LINES = (
    Lines("SELECT 'where.activities' AS figure, '' AS subject, idx, IIF(" + FIRST + ", times, 0) AS value"
          " FROM activities WHERE true", DONE),
    Lines("SELECT 'where.' || level || 's' AS figure, '' AS subject, places.idx, 1 AS value FROM activities"
          " JOIN places USING (place) WHERE level IN ('village', 'school')",
          {**DONE_HERE, "places": "activities.place = {row}.place"}),
    Lines("SELECT 'where.paid' AS figure, '' AS subject, idx, fen AS value FROM spending WHERE true", PAID),
    Lines("SELECT 'where.unplaced' AS figure, '' AS subject, idx, 1 AS value FROM spending WHERE place IS NULL", PAID),
    Lines("SELECT 'where.unplaced' AS figure, '' AS subject, idx, 1 AS value FROM works WHERE NOT EXISTS"
          " (SELECT 1 FROM work_places WHERE work_places.renovation = works.renovation)",
          {"works": "works.renovation = {row}.renovation", "work_places": "works.renovation = {row}.renovation"}),
    Lines("SELECT 'where.unplaced' AS figure, '' AS subject, idx, 1 AS value FROM projects WHERE NOT EXISTS"
          " (SELECT 1 FROM project_places WHERE project_places.project = projects.project)",
          {"projects": "projects.project = {row}.project", "project_places": "projects.project = {row}.project"},
          {"projects": "idx"}),
    Lines("SELECT 'place.activities' AS figure, place AS subject, idx, times AS value FROM activities"
          " WHERE true", DONE_HERE),
    Lines("SELECT 'place.paid' AS figure, place AS subject, idx, fen AS value FROM spending"
          " WHERE place IS NOT NULL", PAID),
    Lines("SELECT 'place.works' AS figure, place AS subject, accepted_idx AS idx, 1 AS value FROM works"
          " JOIN work_places USING (renovation) WHERE accepted_idx IS NOT NULL",
          {"works": "works.renovation = {row}.renovation",
           "work_places": "works.renovation = {row}.renovation AND work_places.position = {row}.position"}),
    Lines("SELECT 'place.projects' AS figure, place AS subject, idx, 1 AS value FROM projects"
          " JOIN project_places USING (project) WHERE true",
          {"projects": "projects.project = {row}.project",
           "project_places": "projects.project = {row}.project AND project_places.position = {row}.position"},
          {"projects": "idx"}),
    Lines("SELECT 'place.paid_within' AS figure, ancestor AS subject, idx, fen AS value FROM spending"
          " JOIN place_within USING (place) WHERE true", {**PAID, **HERE}),
    Lines(f"SELECT 'place.activities_within' AS figure, ancestor AS subject, idx,"
          f" IIF({FIRST_WITHIN}, times, 0) AS value"
          " FROM activities JOIN place_within USING (place) WHERE true",
          {**DONE, "place_within": "place_within.ancestor = {row}.ancestor AND activities.idx IN"
           " (SELECT same.idx FROM activities AS same WHERE same.place = {row}.place)"}),
    Lines("SELECT 'place.projects_within' AS figure, ancestor AS subject, idx, 1 AS value FROM projects"
          " JOIN project_places USING (project) JOIN place_within USING (place) WHERE true",
          {"projects": "projects.project = {row}.project",
           "project_places": "projects.project = {row}.project AND project_places.position = {row}.position",
           **HERE}, {"projects": "idx"}),
    Lines("SELECT 'place.works_within' AS figure, ancestor AS subject, idx, 1 AS value FROM works"
          " JOIN work_places USING (renovation) JOIN place_within USING (place) WHERE true",
          {"works": "works.renovation = {row}.renovation",
           "work_places": "works.renovation = {row}.renovation AND work_places.position = {row}.position",
           **HERE}, {"works": "idx"}),
    Lines("SELECT 'place.works_waiting' AS figure, ancestor AS subject, idx, 1 AS value FROM works"
          " JOIN work_places USING (renovation) JOIN place_within USING (place) WHERE accepted_idx IS NULL",
          {"works": "works.renovation = {row}.renovation",
           "work_places": "works.renovation = {row}.renovation AND work_places.position = {row}.position",
           **HERE}, {"works": "idx accepted_idx"}),
    Lines("SELECT 'place.batches_within' AS figure, ancestor AS subject, idx, 1 AS value FROM batches"
          " JOIN place_within USING (place) WHERE true", {"batches": "batches.idx = {row}.idx", **HERE}),
    Lines("SELECT 'place.below' AS figure, parent AS subject, idx, 1 AS value FROM places WHERE parent IS NOT NULL",
          {"places": "places.place = {row}.place"}, listed=False),
    Lines("SELECT 'place.lies_within' AS figure, '' AS subject, idx, 1 AS value FROM places WHERE parent IS NOT NULL",
          {"places": "places.place = {row}.place"}, listed=False),
    Lines("SELECT 'places' AS figure, level AS subject, idx, 1 AS value FROM places WHERE true",
          {"places": "places.place = {row}.place"}, listed=False),
)  # fmt: skip
"""An activity at several places counts once over the ledger, and once within whatever holds them: at the first."""
