"""A witness that answers over real HTTP, in a thread of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.journeys.serving import free_port
from tests.yangguang.witness.logs import Log
from yangguang.witness.app import create_witness
from yangguang.witness.witness import Witness, make_witness

NAME = "witness.example/w1"
NOW = 1_800_000_000


@contextmanager
def answering(app: ASGIApp) -> Iterator[str]:
    """The address of an application served over real HTTP until the block ends."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Running:
    """A witness that watches one log."""

    directory: Path
    witness: Witness
    url: str
    client: httpx.Client

    def add(self, body: bytes) -> httpx.Response:
        return self.client.post(f"{self.url}/add-checkpoint", content=body)


@pytest.fixture
def log() -> Log:
    return Log(20)


@pytest.fixture
def running(tmp_path: Path, log: Log) -> Iterator[Running]:
    directory = tmp_path / "witness"
    make_witness(directory, NAME)
    witness = Witness(directory, clock=lambda: NOW)
    witness.watch(log.vkey)
    with answering(create_witness(witness)) as url, httpx.Client() as client:
        yield Running(directory, witness, url, client)
    witness.close()
