"""A real witness beside a real ledger, each started as an operator would, and a reader who asks for both."""

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from typer.testing import CliRunner

from ledger.audit.source import open_source
from ledger.audit.verify import verify as verify_source
from tests.journeys.serving import environment, free_port, run, served
from yangguang.cli.app import app


@contextmanager
def witnessing(name: str, port: int, cwd: Path) -> Iterator[None]:
    command = f"yangguang witness serve {name} --port {port}"
    process = subprocess.Popen(shlex.split(command), cwd=cwd, env=environment(), start_new_session=True)
    try:
        wait_until(lambda: is_up(f"http://127.0.0.1:{port}/"))
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 0


def is_up(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def checkpoint(url: str) -> tuple[int, int]:
    """Size and number of cosignatures of what is published."""
    text, _, lines = httpx.get(f"{url}/log/checkpoint").text.rpartition("\n\n")
    return int(text.split("\n")[1]), lines.count("\n") - 1


def command(text: str) -> str:
    """The output of a command run in this process, which is faster; those that the test is about are not."""
    done = CliRunner().invoke(app, shlex.split(text))
    assert done.exit_code == 0, (text, done.output, done.exception)
    return done.output


def register(url: str, code: str, folder: Path) -> None:
    (folder / "place.json").write_text(json.dumps({"data": {"code": code, "name": "甲", "level": "town"}}))
    key = f"--key {folder}/ledger/keys/admin-1.pem --receipts {folder}/receipts"
    command(f"record place.registered --data {folder}/place.json {key} --to {url}")


def test_a_witness_cosigns_a_served_ledger_and_is_missed_when_it_is_gone(tmp_path: Path) -> None:
    port, witness_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    command(f"init {tmp_path}/ledger --origin ledger.example/witnessed --demonstration")
    vkey = (tmp_path / "ledger/log/vkey").read_text().strip()
    said = command(f"witness init {tmp_path}/w --name w.example")
    command(f"witness add {tmp_path}/w '{vkey}'")
    key = next(line for line in said.splitlines() if line.startswith("w.example+"))
    policy = tmp_path / "ledger" / "witness.policy"
    policy.write_text(f"log {vkey}\nwitness 审计局 {key} http://127.0.0.1:{witness_port}\nquorum 审计局\n")
    with (tmp_path / "ledger" / "ledger.toml").open("a") as file:
        file.write('policy = "witness.policy"\n')
    verify = f"yangguang verify {url} --policy {policy}"
    for _ in served(f"yangguang serve ledger --port {port}", cwd=tmp_path, url=url):
        with witnessing("w", witness_port, tmp_path):
            register(url, "1", tmp_path)
            wait_until(lambda: checkpoint(url) == (2, 1))
            assert "1家见证机构联署了这个签章：审计局" in run(verify, cwd=tmp_path)
            assert "见证齐全" in httpx.get(f"{url}/verify").text
        register(url, "2", tmp_path)
        wait_until(lambda: checkpoint(url) == (3, 0))
        assert "缺审计局" in run(verify, cwd=tmp_path, good=1)
        page = httpx.get(f"{url}/verify").text
        assert "见证不足（0/1）" in page
        assert "最近一次达到规定的家数，是第0条至第1条" in page
    assert exported(tmp_path) == 1
    with witnessing("w", witness_port, tmp_path):
        for _ in served(f"yangguang serve ledger --port {port}", cwd=tmp_path, url=url):
            wait_until(lambda: checkpoint(url) == (3, 1))
    assert audited(tmp_path / "ledger") == []
    assert exported(tmp_path) == 0


def exported(folder: Path) -> int:
    """Exports the ledger; what ``verify`` of the folder exits with, under the policy that lies in it."""
    out = folder / "exported"
    assert f"--policy {out}/witness.policy" in command(f"export {folder}/ledger {out}")
    assert (out / "witness.policy").read_bytes() == (folder / "ledger" / "witness.policy").read_bytes()
    assert (out / "witnessed" / "checkpoint").read_bytes() == (folder / "ledger" / "witnesses" / "quorum").read_bytes()
    assert "witness 审计局" in (out / "witnessed" / "policy").read_text()
    assert 'href="../witnessed/checkpoint"' in (out / "verify" / "index.html").read_text()
    done = CliRunner().invoke(app, ["verify", str(out), "--policy", str(out / "witness.policy")])
    assert ("缺审计局" in done.output) == bool(done.exit_code)
    return done.exit_code


def audited(directory: Path) -> list[str]:
    return [finding.code for finding in verify_source(open_source(str(directory))).findings]
