"""``yangguang serve`` as a process of its own, and an application on a port of this one."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_serving(directory: Path, port: int, *options: str, before: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
    """Starts the real command and waits until it answers; ``before`` is a command that runs it, such as strace."""
    command = [*before, sys.executable, "-m", "yangguang", "serve", str(directory), "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[1].decode()
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/api/head")
            return process
        time.sleep(0.05)
    raise TimeoutError("the server did not answer")


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The base URL of an application served by a thread of this process."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", ws="none", lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
