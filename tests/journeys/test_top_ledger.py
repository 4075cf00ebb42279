"""A province's ledger holds the heads of a county's: entered by the command, refused when the county rewrites."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.signing.keys import PrivateKey
from tests.attacks.site import Site, running_site
from tests.faults.serving import free_port
from tests.journeys.test_mirrors import soon, started
from tests.journeys.test_witnesses import command
from tests.ledger.audit.conftest import published
from tests.ledger.small_ledger import ORIGIN, SmallLedger
from yangguang.cli.app import app

LOG_KEY = PrivateKey.from_seed(b"l" * 32)


@pytest.fixture
def county() -> Iterator[Site]:
    yield from running_site()


def put_up(site: Site, small: SmallLedger, *, without: int | None = None) -> None:
    """Publishes a ledger's entries, or all but one of them: what its operator can sign."""
    entries = list(small.ledger.store.entries(0, small.ledger.head().size))
    kept = [entry for index, entry in enumerate(entries) if index != without]
    site.publish(published(kept, origin=ORIGIN, log_key=LOG_KEY).content)


def test_heads_enter_a_top_ledger_and_a_rewritten_ledger_is_refused(county: Site, tmp_path: Path) -> None:
    small = SmallLedger(tmp_path / "county")
    small.fill(300)
    put_up(county, small)
    command(f"init {tmp_path}/top --origin ledger.example/province --demonstration")
    port = free_port()
    url, key = f"http://127.0.0.1:{port}", f"--key {tmp_path}/top/keys/admin-1.pem --receipts {tmp_path}/receipts"
    enter = f"head enter {county.url} {key} --to {url}"

    def record(event_type: str, data: dict[str, Any]) -> str:
        (tmp_path / "data.json").write_text(json.dumps({"data": data}))
        said = command(f"record {event_type} --data {tmp_path}/data.json {key} --to {url}")
        return said.split("Record ")[1].split(".")[0]

    def rows() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{url}/data/demonstration-regions.json").json()["rows"]
        return found

    with started(tmp_path / "top", port):
        assert "has not registered" in refused(enter)
        office = {"name": "示例县账本办公室", "organisation_kind": "authority", "roles": ["guide"]}
        organisation = record("organisation.registered", office)
        named = {"title": "示例县账本", "origin": ORIGIN, "vkeys": [small.ledger.settings.vkey]}
        record("region.registered", {**named, "organisation": organisation, "address": county.url})
        soon(lambda: len(rows()) == 1)
        for count in (5, 200):
            command(enter)
            soon(lambda: rows()[0]["tree_size"] == small.ledger.head().size)
            assert "Nothing is new" in refused(enter)
            small.fill(count)
            put_up(county, small)
        check = f"head check {county.url} --in {url} --since {tmp_path}/kept"
        (tmp_path / "kept").write_bytes(httpx.get(f"{url}/log/checkpoint").content)
        assert "has 506 entries and continues the 306" in command(check)
        put_up(county, small, without=7)
        assert "do not continue the 306 entered" in refused(enter)
        assert "does not continue its entered head" in refused(check)
        put_up(county, small)
        command(enter)
        soon(lambda: "has 506 entries and continues the 506" in command(check))
        (tmp_path / "kept").write_bytes(county.content["checkpoint"])
        assert "checkpoint of the one you kept" in refused(check)
        soon(lambda: "506" in httpx.get(f"{url}/regions").text)
    small.ledger.close()
    assert verify(open_source(str(tmp_path / "top")), Options(rules=True)).verdict == "good"


def refused(text: str) -> str:
    done = CliRunner().invoke(app, text.split())
    assert done.exit_code == 1, (done.output, done.exception)
    return done.output
