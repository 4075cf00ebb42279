"""Running a ledger: writer, publisher, follower of the log, API and site, by role.

``public`` loads neither the vault, a private key nor the writer: it follows the published log alone.
"""

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.errors import LedgerError
from ledger.settings import Settings, load_settings
from ledger.store.directory_lock import locked
from projections.disclosed.claims import claims
from projections.disclosed.past import Past
from projections.runner import Runner, as_of_folder, scores_folder
from projections.score.prepared import PreparedScores
from projections.source import LogFolderSource
from projections.views import Views
from public_site.app import create_site
from public_site.followed import FollowedFile
from public_site.published_log import PublishedLog
from public_site.visit import ReadText
from public_site.witnesses import WitnessFiles
from yangguang.following.node import following
from yangguang.following.pins import UNPINNED, Pins
from yangguang.following.state import STATE
from yangguang.health import PATHS as HEALTH_PATHS
from yangguang.health import AlarmFiles, Health, lack_of_ledger, lack_of_views
from yangguang.http_head import BoundedHead
from yangguang.processes import collect_seldom
from yangguang.remote_texts import reader_at
from yangguang.threads import running_thread

if TYPE_CHECKING:
    from yangguang.writing import Staff

ROLES = ("all", "staff", "public")
GRACE_SECONDS = 8
LATECOMER_SECONDS = 0.05
RECOMPUTING_SECONDS = 5.0
BACKLOG = 2048
ACCEPTED_AT_ONCE = 4
"""Few, so that processes which share a socket also share a crowd that comes at once."""


@dataclass(frozen=True, slots=True)
class ByPath:
    """``/api``, evidence files and what is posted to the form go to the API, everything else to the site."""

    api: ASGIApp
    site: ASGIApp
    health: ASGIApp = field(default_factory=lambda: Health({}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "/")
        if path in HEALTH_PATHS and scope["type"] == "http":
            await self.health(scope, receive, send)
            return
        for_api = path == "/api" or path.startswith(("/api/", "/evidence/"))
        for_api = for_api or (path == "/ask" and scope.get("method") == "POST")
        await (self.api if for_api else self.site)(scope, receive, send)


class _Listener(socket.socket):
    """How many connections may wait is not what a server says that takes it over: it says how many it takes at once."""

    def listen(self, _backlog: int = BACKLOG, /) -> None:
        super().listen(BACKLOG)


class _Server(uvicorn.Server):
    """Also closes connections that were accepted just before a stop and appear only after it.

    Without it they would be served on and on, and cut off in the middle of a request when the grace is over.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        closing = asyncio.create_task(self._close_latecomers())
        await super().shutdown(sockets)
        closing.cancel()

    async def _close_latecomers(self) -> None:
        while True:
            await asyncio.sleep(LATECOMER_SECONDS)
            for connection in list(self.server_state.connections):
                if not connection.transport.is_closing():
                    connection.shutdown()


def by_path(staff: "Staff | None", site: ASGIApp | None, settings: Settings) -> ASGIApp:
    """The application of a role, which has one part or both."""
    api = staff and staff.api
    whole = api or site
    if whole is None:
        raise RuntimeError("no part of a ledger has this role")
    lacks = {} if staff is None else {"ledger": lack_of_ledger(staff.unready)}
    lacks |= {} if site is None else {"pages": lack_of_views(settings.views)}
    health = Health(lacks, AlarmFiles(settings.witnesses / "alarm", followed_file(settings)))
    return ByPath(api or whole, site or whole, health)


def site_of(settings: Settings, read_text: ReadText | None) -> ASGIApp:
    """The public site of a ledger directory."""
    return create_site(
        settings.views,
        published_log(settings),
        origin_url=settings.url,
        read_text=read_text,
        takes_letters=settings.inbox is not None and settings.follow is None,
    )


def published_log(settings: Settings) -> PublishedLog:
    """The published files as the site reads them, who has cosigned them, and of a mirror, how it follows its source."""
    witnesses = WitnessFiles(settings.policy_file, settings.witnesses)
    return PublishedLog(settings.log, witnesses, followed_file(settings))


def followed_file(settings: Settings) -> FollowedFile | None:
    """Where a mirror says how it follows its source."""
    return None if settings.follow is None else FollowedFile(settings.following / STATE)


def build_views(settings: Settings) -> Runner:
    """The runner that folds the published log into the read models."""
    settings.views.parent.mkdir(parents=True, exist_ok=True)
    return Runner(settings.views, LogFolderSource(settings.log), alone=lambda: locked(settings.views.parent))


def following_log(settings: Settings, role: str, pins: Pins = UNPINNED) -> AbstractContextManager[None]:
    """Keeps the published log at hand where no process of this directory writes it: on a mirror, and on a read node.

    A mirror follows a site and is whole at every moment, so nothing waits for it; a read node follows a database.
    """
    if role != "public":
        return nullcontext()
    if settings.follow is not None:
        return following(settings, pins)
    if settings.server is None:
        return nullcontext()
    from yangguang.mirroring import mirroring  # noqa: PLC0415 - a process without a database must not load the store

    return mirroring(settings)


def recompute(settings: Settings, stop: Event) -> None:
    """Recomputes scores that take long and what was signed of figures, until ``stop`` is set; pages say so till then.

    What somebody asked for comes first. What goes wrong here stops nothing: the figures stay unchecked, and the next
    round tries again.
    """
    past = Past(as_of_folder(settings.views), LogFolderSource(settings.log), stop, patient=True)
    views, scores = Views(settings.views), PreparedScores(scores_folder(settings.views))
    while not stop.is_set():
        try:
            with views.reading() as db:
                sizes = {claim.at_size for claim in claims(db)}
                scores.prepare(db, stop)
                past.prepare_latest(db)
            past.prepare()
            past.catch_up(sizes)
        except (LedgerError, OSError, sqlite3.Error):
            pass
        stop.wait(RECOMPUTING_SECONDS)
    views.close()


@contextmanager
def running(directory: Path, *, role: str, pins: Pins = UNPINNED) -> Iterator[ASGIApp]:
    """The application of a ledger directory, with its threads; they end when the block does."""
    settings = load_settings(directory)
    with ExitStack() as stack:
        staff: Staff | None = None
        read_text = reader_at(settings.recorder)
        if role != "public":
            # Imported here alone: a public process must not even load the writer, the vault or a private key.
            from yangguang.writing import writing  # noqa: PLC0415

            staff = stack.enter_context(writing(settings))
            read_text = staff.read_text
        stack.enter_context(following_log(settings, role, pins))
        site = None if role == "staff" else stack.enter_context(_following(settings, read_text))
        yield by_path(staff, site, settings)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that accepts connections for whoever holds it. Raises LedgerError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio lets answers go out at once (TCP_NODELAY) only where it is.
    with _Listener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            raise LedgerError(
                f"不能在{host}:{port}监听：{error.strerror}。", f"Cannot listen on {host}:{port}: {error.strerror}."
            ) from None
        yield listener


def answer(app: ASGIApp, listener: socket.socket) -> None:
    """Answers HTTP until SIGTERM or SIGINT; what was accepted by then is finished."""
    collect_seldom()
    _Server(http_config(app)).run(sockets=[listener])


def http_config(app: ASGIApp) -> uvicorn.Config:
    """How every server of ours speaks HTTP."""
    return uvicorn.Config(
        app,
        http=BoundedHead,
        log_level="warning",
        server_header=False,
        # Whoever is on this machine could otherwise pass for any address, which the form counts by.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=ACCEPTED_AT_ONCE,
    )


@contextmanager
def _following(settings: Settings, read_text: ReadText | None) -> Iterator[ASGIApp]:
    runner = build_views(settings)
    try:
        runner.run_once()
        with running_thread(runner.follow), running_thread(partial(recompute, settings)):
            yield site_of(settings, read_text)
    finally:
        runner.close()
