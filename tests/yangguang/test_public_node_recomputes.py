"""A node that serves the public alone recomputes what was signed of figures, from the published log it follows."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from ledger.settings import save_settings
from tests.projections.amended_log import amended_log
from tests.projections.book import ORIGIN
from tests.public_site.served import publish_book, words_of
from yangguang.serving import running

PATIENCE_SECONDS = 20


def page(app: ASGIApp, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://ledger.example") as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    publish_book(amended_log(), tmp_path / "log")
    vkey = (tmp_path / "log" / "vkey").read_text(encoding="utf-8").splitlines()[-1]
    save_settings(tmp_path, origin=ORIGIN, vkey=vkey)
    return tmp_path


def test_a_public_node_says_by_itself_whether_what_was_signed_is_what_it_computes(directory: Path) -> None:
    with running(directory, role="public") as app:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "未重算" in (said := words_of(page(app, "/reports").text)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "80不同" in said
        then = page(app, "/as-of/80/how-much")
        assert then.status_code == 200
        assert "这是第79条记入时" in words_of(then.text)
        assert (directory / "views" / "as-of" / "80.json").exists()
