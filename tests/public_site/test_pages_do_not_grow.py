"""No page becomes slower because the ledger has grown: counted in steps of the database, which no clock blurs."""

from collections.abc import Callable, Iterator

import pytest

from projections.runner import Runner
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
ASKED_FOR = {
    "/search": "reads every name and sentence",
    "/data": "counts the rows of every table",
    "/score/organisations": "looks at all that each organisation ever did, and some did something in every round",
}
ELSEWHERE = ("/as-of/", "/disclosures/")
"""Pages of other views, and of texts that are not in the views."""
STEP, HEAVIEST = 10, 60_000
MOST = 2.6
"""Where the small ledger has 20 rows of a list and the large one a whole page of 50, a page does 2.5 times as much."""


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Book, Views, PublishedLog]]]:
    """A ledger, and one eight times as large in everything."""
    made = []
    for rounds in (ROUNDS, TIMES * ROUNDS):
        folder, book = tmp_path_factory.mktemp("grown"), grown_log(rounds)
        book.publish(folder / "log")
        runner = Runner(folder / "views.db", book)
        runner.run_once()
        runner.close()
        made.append((book, Views(folder / "views.db"), PublishedLog(folder / "log")))
    yield made
    for _, views, _ in made:
        views.close()


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


def steps_and_bytes(path: str, made: tuple[Book, Views, PublishedLog]) -> tuple[int, int]:
    """What one page costs the database, and how large it is."""
    book, views, log = made
    page, ids, ticks = dict(PAGES)[path], asked(path, book), [0]

    def tick() -> None:
        ticks[0] += 1

    with views.reading() as db:
        visit = Visit(db, Moment(status(db), log), "https://ledger.example", path.format(**ids), {}, ids)
        whole(page, visit)  # what a process remembers is remembered now
        db.set_progress_handler(tick, STEP)
        try:
            shown = whole(page, visit)
        finally:
            db.set_progress_handler(None, 0)
    return STEP * ticks[0], len(shown.encode())


@pytest.mark.parametrize(
    "path", [path for path, _ in PAGES if not path.startswith(ELSEWHERE) and path not in ASKED_FOR]
)
def test_a_ledger_eight_times_as_large_costs_no_page_more_than_its_fuller_lists(
    path: str, sizes: list[tuple[Book, Views, PublishedLog]]
) -> None:
    (small, _), (large, _) = (steps_and_bytes(path, made) for made in sizes)
    assert large < HEAVIEST or path.startswith("/score/")
    assert large <= MOST * small + 1_500


@pytest.mark.parametrize("path", ["/", "/where", "/whom", "/how-much", "/effect", "/audit"])
def test_a_page_of_a_large_ledger_stays_light(path: str, sizes: list[tuple[Book, Views, PublishedLog]]) -> None:
    assert steps_and_bytes(path, sizes[1])[1] <= 62_000
