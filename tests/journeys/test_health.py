"""Health as an operator's monitor asks for it, in one process and in several."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ledger.publishing.publisher import Publisher
from tests.journeys.serving import free_port, served
from tests.ledger.small_ledger import SmallLedger
from yangguang.health import Health, lack_of_views
from yangguang.serving import ByPath, build_views

ENTRIES = 4_000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was closed with a fold snapshot, its log published and its read models built.

    So that a start has nothing to do but to check, and is asked long before that is done.
    """
    small = SmallLedger(tmp_path_factory.mktemp("health") / "ledger")
    for _ in range(10):
        small.fill(ENTRIES // 10)
    settings = small.ledger.settings
    Publisher(small.ledger.store, settings.log, vkey=settings.vkey).publish()
    runner = build_views(settings)
    runner.run_once()
    runner.close()
    small.ledger.close()
    assert (small.directory / "folds" / "state").exists()
    return small.directory


@contextmanager
def serving(directory: Path, options: str) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = f"yangguang serve {directory} --port {port} {options}"
    for _ in served(command, cwd=directory.parent, url=url):
        with httpx.Client(base_url=url) as client:
            yield client


def when_ready(client: httpx.Client) -> httpx.Response:
    until = time.monotonic() + 60
    while (found := client.get("/readyz")).status_code != 200 and time.monotonic() < until:
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("options", ["", "--processes 2", "--role staff"])
def test_a_start_from_a_snapshot_records_at_once_and_is_ready_when_all_is_checked(
    filled: Path, tmp_path: Path, options: str
) -> None:
    directory = Path(shutil.copytree(filled, tmp_path / "ledger"))
    with serving(directory, options) as client:
        assert client.get("/livez").json() == {"live": True}
        first = client.get("/readyz")
        assert first.status_code == 503
        assert first.json()["waiting_for"][0]["what"] == "ledger"
        assert "从快照启动" in first.json()["waiting_for"][0]["zh"]
        found = when_ready(client)
        assert found.json() == {"ready": True, "waiting_for": [], "alarms": []}
        assert found.headers["cache-control"] == "no-store"
        assert client.head("/readyz").content == b""


def test_a_server_without_read_models_is_live_and_not_ready(tmp_path: Path) -> None:
    app = ByPath(_nothing, _nothing, Health({"pages": lack_of_views(tmp_path / "views.sqlite3")}))

    async def ask(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ledger.example") as client:
            return await client.get(path)

    assert asyncio.run(ask("/livez")).status_code == 200
    answer = asyncio.run(ask("/readyz"))
    assert (answer.status_code, [item["what"] for item in answer.json()["waiting_for"]]) == (503, ["pages"])


async def _nothing(*_: object) -> None:
    raise AssertionError("health is not asked of the API or the site")
