"""A mirror of a served ledger as an institution would start it: killed, deceived, and what its readers see."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx

from ledger.audit.source import open_source
from ledger.audit.verify import verify
from tests.faults.serving import free_port, start_serving
from tests.journeys.test_witnesses import command, register
from tests.ledger.small_ledger import SmallLedger

SOON = 15.0


@contextmanager
def started(directory: Path, port: int, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = start_serving(directory, port, *options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def soon(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def size_at(url: str) -> int:
    found = httpx.get(f"{url}/log/checkpoint")
    return int(found.text.split("\n")[1]) if found.is_success else 0


def health(url: str) -> dict[str, object]:
    found: dict[str, object] = httpx.get(f"{url}/readyz").json()
    return found


def test_a_mirror_follows_a_served_ledger_through_the_death_of_either(tmp_path: Path) -> None:
    command(f"init {tmp_path}/ledger --origin ledger.example/mirrored --demonstration")
    port, own = free_port(), free_port()
    url, mirror = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{own}"
    options = ("--role", "public", "--processes", "2")
    with started(tmp_path / "ledger", port):
        register(url, "1", tmp_path)
        with started(tmp_path / "mirror", own, *options, "--follow", url) as process:
            soon(lambda: size_at(mirror) == 2)
            begun = time.monotonic()
            register(url, "2", tmp_path)
            soon(lambda: size_at(mirror) == 3)
            assert time.monotonic() - begun < 6
            soon(lambda: "第2条" in httpx.get(f"{mirror}/").text)
            process.kill()
            process.communicate()
            register(url, "3", tmp_path)
    with started(tmp_path / "mirror", own, *options):
        soon(lambda: health(mirror)["following"]["trouble"] is not None)  # type: ignore[index]
        assert size_at(mirror) == 3
        assert httpx.get(f"{mirror}/entries/2").is_success
        assert health(mirror)["ready"] is True
        with started(tmp_path / "ledger", port):
            soon(lambda: size_at(mirror) == 4)
            soon(lambda: health(mirror)["following"]["trouble"] is None)  # type: ignore[index]
    assert verify(open_source(str(tmp_path / "mirror"))).verdict == "good"


def test_a_mirror_of_a_rewritten_ledger_says_so_on_every_page_and_stays_up(tmp_path: Path) -> None:
    small = SmallLedger(tmp_path / "ledger")
    small.fill(4)
    small.ledger.close()
    port, own = free_port(), free_port()
    url, mirror = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{own}"
    public = ("--role", "public")
    with started(tmp_path / "ledger", port), started(tmp_path / "mirror", own, *public, "--follow", url):
        soon(lambda: size_at(mirror) == 5)
    # The same keys and the same entry 0, and then other entries: what an operator with everything can make.
    other = SmallLedger(tmp_path / "other")
    other.random = Random(8).randbytes
    other.fill(9)
    other.ledger.close()
    with started(tmp_path / "other", port), started(tmp_path / "mirror", own, *public):
        soon(lambda: bool(health(mirror)["alarms"]))
        found = httpx.get(f"{mirror}/readyz")
        assert (found.status_code, found.json()["alarms"][0]["kind"]) == (200, "source-forked")
        assert httpx.get(f"{mirror}/readyz?alarm=503").status_code == 503
        assert size_at(mirror) == 5
        assert "镜像报警" in httpx.get(f"{mirror}/verify").text
    assert json.loads((tmp_path / "mirror/following/state.json").read_text())["source"] == url
