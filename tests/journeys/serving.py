"""Commands run and servers started as a person would, in processes of their own."""

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "bin"
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}


def run(command: str, *, cwd: Path, good: int = 0) -> str:
    done = subprocess.run(shlex.split(command), cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == good, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def served(command: str, *, cwd: Path, url: str, log: Path | None = None) -> Iterator[str]:
    """The server's address while it runs; what it writes goes to ``log``, or to the test's own output."""
    with ExitStack() as stack:
        output = None if log is None else stack.enter_context(log.open("wb"))
        process = subprocess.Popen(
            shlex.split(command), cwd=cwd, env=environment(), start_new_session=True, stdout=output, stderr=output
        )
        try:
            wait_for(f"{url}/api/head", process)
            yield url
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it served"
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer in {START_SECONDS} s")
