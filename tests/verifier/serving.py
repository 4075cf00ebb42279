"""The site itself on a port, and the same pages laid out in a folder that any static server can serve."""

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from tests.public_site.served import serve
from tests.verifier.browser import STATIC, free_port


@contextmanager
def site_server(app: FastAPI) -> Iterator[str]:
    """The address at which an application is served."""
    port = free_port()
    config = uvicorn.Config(app, port=port, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def site_of(log: Path, folder: Path) -> Iterator[str]:
    """The site over a published log, its read models made in ``folder``."""
    with site_server(serve(folder, log).app) as address:
        yield address


def lay_out(address: str, log: Path, folder: Path) -> None:
    """What an export holds, laid by hand: /verify, the pages of entries, the log and the static files."""
    shutil.copytree(log, folder / "log")
    shutil.copytree(STATIC, folder / "static")
    size = int((log / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    prefix = f"/{folder.name}/"
    for path in ("verify", *(f"entries/{index}" for index in range(size))):
        page = folder / path / "index.html"
        page.parent.mkdir(parents=True)
        # Under a sub-path the addresses that begin at the root begin at the folder.
        text = re.sub(r'((?:href|src|action)=")/', rf"\1{prefix}", httpx.get(f"{address}/{path}").text)
        page.write_text(text, encoding="utf-8")
