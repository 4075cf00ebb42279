"""No page becomes slower because the ledger has grown: counted in steps of the database, which no clock blurs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

import pytest

from projections.runner import Runner
from projections.score.prepared import PreparedScores
from projections.status import status
from projections.views import Views
from public_site.frame import site_of
from public_site.living import Living
from public_site.pages.routes import PAGES
from public_site.published_log import PublishedLog
from public_site.rendering import render
from public_site.visit import Moment, Page, Visit
from tests.projections.book import Book
from tests.projections.growing import grown_log

ROUNDS, TIMES = 20, 8
NAMES = {
    "needs": "need/n1", "projects": "project/p1", "donations": "donation/g1", "payments": "payment/g1",
    "awards": "award/a1", "renovations": "renovation/w1", "organisations": "organisation/o1", "places": "place/town0",
    "programmes": "programme/programme", "keys": "key/o1", "indicators": "indicator/i1", "teams": "team/t1",
    "companionships": "companionship/c1", "trainings": "training/t1", "services": "service/s1", "cases": "case/k1",
    "honours": "honour/h1", "problems": "problem/x1", "questions": "question/q1",
}  # fmt: skip
"""Of each kind one thing whose own entries do not become more, and a town that holds ever more."""
ASKED: dict[str, list[dict[str, str]]] = {
    "/search": [{"q": text} for text in ("示例", "示例1镇", "1", "nothing has this", "没有这样的字")],
    "/audit": [{"place": "county0"}, {"from": "2023-11-30", "to": "2023-12-30"}, {"what": "payment", "page": "2"}],
}
"""What is asked of pages that answer questions."""
ELSEWHERE = ("/as-of/", "/disclosures/")
"""Pages of other views, and of texts that are not in the views."""
STEP, HEAVIEST = 10, 60_000
MOST = 2.6
"""Where the small ledger has 20 rows of a list and the large one a whole page of 50, a page does 2.5 times as much."""


@dataclass(frozen=True, slots=True)
class Made:
    """A ledger with what its pages are made from."""

    book: Book
    views: Views
    log: PublishedLog
    scores: PreparedScores


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Made]]:
    """A ledger, and one eight times as large in everything."""
    made = []
    for rounds in (ROUNDS, TIMES * ROUNDS):
        folder, book = tmp_path_factory.mktemp("grown"), grown_log(rounds)
        book.publish(folder / "log")
        runner = Runner(folder / "views.db", book)
        runner.run_once()
        runner.close()
        made.append(Made(book, Views(folder / "views.db"), PublishedLog(folder / "log"), PreparedScores(folder)))
    yield made
    for each in made:
        each.views.close()


def asked(path: str, book: Book) -> dict[str, str]:
    """What stands in the path's brackets."""
    if "{id}" in path:
        kind, name = NAMES[path.split("/")[1]].split("/")
        return {"id": book.ref(kind, name).partition("/")[2]}
    return {"index": "5"} if "{index}" in path else {}


def whole(page: Callable[[Visit], Page], visit: Visit) -> str:
    """The page as it is sent."""
    found = page(visit)
    return render(found, site_of(visit, found)).filled(Living(visit.db, visit.moment).part)


def steps_and_bytes(path: str, made: Made, query: dict[str, str] | None = None) -> tuple[int, int]:
    """What one page costs the database, and how large it is."""
    page, ids, ticks = dict(PAGES)[path], asked(path, made.book), [0]
    query = {name: made.book.ref(name, of) if name == "place" else of for name, of in (query or {}).items()}

    def tick() -> None:
        ticks[0] += 1

    with made.views.reading() as db:
        moment = Moment(status(db), made.log, scores=made.scores)
        visit = Visit(db, moment, "https://ledger.example", path.format(**ids), query, ids)
        whole(page, visit)  # what a process remembers is remembered now
        made.scores.prepare(db, Event())
        db.set_progress_handler(tick, STEP)
        try:
            shown = whole(page, visit)
        finally:
            db.set_progress_handler(None, 0)
    return STEP * ticks[0], len(shown.encode())


@pytest.mark.parametrize("path", [path for path, _ in PAGES if not path.startswith(ELSEWHERE)])
def test_a_ledger_eight_times_as_large_costs_no_page_more_than_its_fuller_lists(path: str, sizes: list[Made]) -> None:
    for query in ({}, *ASKED.get(path, ())):
        (small, _), (large, _) = (steps_and_bytes(path, made, query) for made in sizes)
        assert large < HEAVIEST or path.startswith("/score/"), query
        assert large <= MOST * small + 1_500, query


@pytest.mark.parametrize("path", ["/", "/where", "/whom", "/how-much", "/effect", "/audit"])
def test_a_page_of_a_large_ledger_stays_light(path: str, sizes: list[Made]) -> None:
    assert steps_and_bytes(path, sizes[1])[1] <= 62_000
