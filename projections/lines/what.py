"""What figures are counted from: projects."""

from projections.counted import Lines

ITSELF = {"projects": "projects.project = {row}.project"}
LINES = (
    Lines("SELECT 'projects.all' AS figure, '' AS subject, idx, 1 AS value FROM projects WHERE true", ITSELF,
          {"projects": "idx"}),
    Lines("SELECT 'projects.state' AS figure, state AS subject, idx, 1 AS value FROM projects WHERE true", ITSELF,
          {"projects": "state idx"}),
    Lines("SELECT 'projects.plan' AS figure, programme || '~' || plan AS subject, idx, 1 AS value FROM projects"
          " WHERE true", ITSELF, {"projects": "programme plan idx"}),
    Lines("SELECT 'projects.end' AS figure, state || '~' || ends_on AS subject, idx, 1 AS value FROM projects"
          " WHERE true", ITSELF, {"projects": "state ends_on"}, listed=False),
    Lines("SELECT 'projects.organisation' AS figure, organisation AS subject, 0 AS idx, 1 AS value"
          " FROM project_organisations WHERE true",
          {"project_organisations": "project = {row}.project AND position = {row}.position"}, listed=False),
    Lines("SELECT 'project.' || what AS figure, project AS subject, idx, fen AS value FROM moves"
          " WHERE form = 'cash' AND what IN ('allocated', 'paid') AND project IS NOT NULL",
          {"moves": "moves.idx = {row}.idx AND moves.position = {row}.position"}),
    Lines("SELECT 'project.remainder' AS figure, project AS subject, idx, IIF(what = 'paid', -fen, fen) AS value"
          " FROM moves WHERE form = 'cash' AND what IN ('allocated', 'paid') AND project IS NOT NULL",
          {"moves": "moves.idx = {row}.idx AND moves.position = {row}.position"}),
)  # fmt: skip
