"""Running a ledger: writer, publisher, follower of the log, API and site, by role, in one process or in several.

``public`` loads neither the vault, a private key nor the writer: it follows the published log alone. With several
processes the ledger stays in this one, which holds the core; children answer HTTP, and one more folds the views.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.errors import LedgerError
from ledger.settings import Settings, load_settings
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from yangguang.processes import Children, leaving_in_order
from yangguang.threads import running_thread

ROLES = ("all", "staff", "public")
GRACE_SECONDS = 10
BACKLOG = 2048
Conversation = tuple[socket.socket, socket.socket]
"""Two connected sockets, for submissions and for reads."""


@dataclass(frozen=True, slots=True)
class ByPath:
    """``/api``, what lies under it and evidence files go to the API, everything else to the site."""

    api: ASGIApp
    site: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "/")
        under_api = path == "/api" or path.startswith(("/api/", "/evidence/"))
        await (self.api if under_api else self.site)(scope, receive, send)


def build_views(settings: Settings) -> Runner:
    """The runner that folds the published log into the read models."""
    settings.views.parent.mkdir(parents=True, exist_ok=True)
    return Runner(settings.views, LogFolderSource(settings.log))


@contextmanager
def running(directory: Path, *, role: str) -> Iterator[ASGIApp]:
    """The application of a ledger directory, with its threads; they end when the block does."""
    settings = load_settings(directory)
    with ExitStack() as stack:
        api: ASGIApp | None = None
        if role != "public":
            # Imported here alone: a public process must not even load the writer, the vault or a private key.
            from yangguang.writing import writing  # noqa: PLC0415

            api = stack.enter_context(writing(settings))
        site = None if role == "staff" else stack.enter_context(_following(settings))
        yield _joined(api, site)


def serve(directory: Path, *, host: str, port: int, role: str, processes: int = 1) -> None:
    """Serves until interrupted; a graceful stop finishes what was accepted, publishes it and leaves with code 0."""
    with leaving_in_order(), _listening(host, port) as listener:
        if processes > 1:
            _serve_in_processes(load_settings(directory), listener, role, processes)
        with running(directory, role=role) as app:
            _answer(app, listener)


def _serve_in_processes(settings: Settings, listener: socket.socket, role: str, processes: int) -> None:
    if role != "staff":
        runner = build_views(settings)
        runner.run_once()
        runner.close()
    with ExitStack() as stack:
        children = Children(GRACE_SECONDS)
        ours: list[socket.socket] = []
        for _ in range(processes):
            _start_answering(children, settings, listener, role, ours)
        if role != "staff":
            children.start(lambda: _follow(settings, ours))
        listener.close()
        if role != "public":
            from yangguang.writing import writing_for  # noqa: PLC0415

            stack.enter_context(writing_for(settings, ours))
        stack.callback(children.stop)
        raise SystemExit(children.wait())


@contextmanager
def _following(settings: Settings) -> Iterator[ASGIApp]:
    runner = build_views(settings)
    try:
        runner.run_once()
        with running_thread(runner.follow):
            yield create_site(settings.views, settings.log)
    finally:
        runner.close()
