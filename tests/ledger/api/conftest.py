"""A real server over a small world, started once: refusals change nothing, which every test asserts.

Everything is asked twice: of a ledger in the server's own process, and of one in a process of its own.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn

from ledger.api.app import create_api
from ledger.committer import Committer
from ledger.core.contract import SubmissionQueue
from ledger.opening import Submission
from tests.ledger.core.apart import running_core
from tests.ledger.world import World
from yangguang.http_head import BoundedHead


@dataclass
class Served:
    """A world behind HTTP. ``refs`` names its records."""

    world: World
    client: httpx.Client
    port: int
    refs: dict[str, str] = field(default_factory=dict)

    def head(self) -> dict[str, Any]:
        """GET /api/head."""
        head: dict[str, Any] = self.client.get("/api/head").json()
        return head

    def post(self, submission: Submission) -> httpx.Response:
        """POST /api/events."""
        return self.client.post("/api/events", json=wire(submission))

    def refused(self, answer: httpx.Response, slug: str) -> dict[str, Any]:
        """The problem document that a refusal must be."""
        document = check_problem(answer)
        assert document["type"] == f"urn:yangguang:problem:{slug}", document
        return document


def wire(submission: Submission) -> dict[str, Any]:
    """The JSON of a submission."""
    return {"envelope": submission.envelope.to_json(), "disclosures": list(submission.disclosures)}


def check_problem(answer: httpx.Response) -> dict[str, Any]:
    """Asserts that an answer is a whole problem document about the client's own doing."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    document: dict[str, Any] = answer.json()
    assert document["type"].startswith("urn:yangguang:problem:")
    assert document["status"] == answer.status_code
    assert any("\u4e00" <= character <= "\u9fff" for character in document["title"])
    assert document["detail"].endswith("。")
    assert document["detail_en"].endswith(".")
    assert document.keys() <= {"type", "title", "status", "detail", "detail_en", "field"}
    return document


@contextmanager
def core_in_a_thread(world: World) -> Iterator[SubmissionQueue]:
    committer = Committer(world.ledger)
    yield committer
    committer.close()
    world.ledger.close()


@contextmanager
def core_in_a_process(world: World) -> Iterator[SubmissionQueue]:
    settings = world.ledger.settings
    world.ledger.close()
    with running_core(settings.directory, world.now) as client:
        world.ledger = client  # type: ignore[assignment]
        yield client


CORES = {"thread": core_in_a_thread, "process": core_in_a_process}


@pytest.fixture(scope="session", params=CORES)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    world = World(tmp_path_factory.mktemp("world"))
    refs = furnish(world)
    with (
        CORES[request.param](world) as queue,
        serving(world, queue) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        yield Served(world, client, port, refs)


@contextmanager
def serving(world: World, queue: SubmissionQueue) -> Iterator[int]:
    """The port of a server of the API."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_api(world.ledger, queue, clock=world.clock, random=world.random),
            host="127.0.0.1",
            port=0,
            http=BoundedHead,
            log_level="warning",
            ws="none",
            lifespan="off",
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def unchanged(served: Served) -> Iterator[Served]:
    """The server, and the assertion that the test recorded nothing."""
    before = served.head()
    yield served
    assert served.head() == before


def furnish(world: World) -> dict[str, str]:
    """Organisations, keys in every condition, a project with money, works to accept and an award to grant."""
    town = world.place()
    world.organisation("office", "plan", "accept")
    foundation = world.organisation("foundation", "fund")
    world.organisation("auditor", "confirm")
    builder = world.organisation("builder", "deliver", "accept")
    programme = world.programme(town, "dreams", "upgrade")
    data = world.project_data(programme, town, "dreams")
    project = world.project(data, builder, "builder")
    donation = world.donation(foundation, 1_000_000, fund="foundation", confirm="auditor")
    world.allocate(donation, project, 600_000, fund="foundation")
    works = world.works(project, builder, town, "builder")
    award = world.award(project, town, "builder")
    granting = world.award(project, town, "builder")
    stranger = world.register("stranger")
    world.enrol("stranger", stranger, "fund")
    world.enrol("small", foundation, "fund", per_event_fen=1_000)
    revoked = world.enrol("revoked", foundation, "fund")
    world.record("key.revoked", revoked, {"reason": "lost"}, "admin-1")
    suspended = world.enrol("suspended", foundation, "fund")
    world.record("key.suspended", suspended, {}, "admin-1")
    world.enrol("expired", foundation, "fund", days=2)
    world.publicise(granting, "builder")
    world.record("organisation.screened", world.register("listed"), {"against": "名单", "result": "listed"}, "admin-1")
    return {
        "town": town,
        "foundation": foundation,
        "builder": builder,
        "programme": programme,
        "project": project,
        "donation": donation,
        "works": works,
        "award": award,
        "granting": granting,
    }
