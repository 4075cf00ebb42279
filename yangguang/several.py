"""``serve``, in one process or in several.

In several, this process holds the core: ledger, committer, publisher and the log's key. Children answer HTTP on one
shared socket and hold no key; one more folds the views. When any of them ends, all end.
"""

import socket
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from ledger.settings import Settings, load_settings
from yangguang.following.pins import UNPINNED, Pins
from yangguang.processes import Children, collect_seldom, leaving_in_order
from yangguang.remote_texts import reader_at
from yangguang.serving import (
    GRACE_SECONDS,
    answer,
    build_views,
    by_path,
    following_log,
    listening,
    recompute,
    running,
    site_of,
)
from yangguang.threads import running_thread

if TYPE_CHECKING:
    from yangguang.writing import Staff


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens, and how many processes answer there."""

    host: str
    port: int
    processes: int = 1


def serve(directory: Path, place: Place, *, role: str, pins: Pins = UNPINNED) -> None:
    """Serves until interrupted; a graceful stop finishes what was accepted, publishes it and leaves with code 0."""
    with leaving_in_order(), listening(place.host, place.port) as listener:
        if place.processes > 1:
            shared = _Shared(load_settings(directory), listener, role, pins)
            raise SystemExit(_serve_in_children(shared, place.processes))
        with running(directory, role=role, pins=pins) as app:
            answer(app, listener)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What children inherit. ``conversations`` are this process's ends of theirs."""

    settings: Settings
    listener: socket.socket
    role: str
    pins: Pins
    conversations: list[socket.socket] = field(default_factory=list)

    def start_answering(self, children: Children) -> None:
        """One more child that answers HTTP."""
        (ours, theirs), (ours_too, theirs_too) = socket.socketpair(), socket.socketpair()
        self.conversations.extend((ours, ours_too))
        children.start(lambda: self._answer(theirs, theirs_too))
        theirs.close()
        theirs_too.close()

    def start_following(self, children: Children) -> None:
        """The child that folds the views; they are up to date when this returns."""
        # What a mirror has is served at once, before it looks whether there is more.
        caught_up = nullcontext() if self.settings.follow else following_log(self.settings, self.role)
        with caught_up, closing(build_views(self.settings)) as runner:
            runner.run_once()
        children.start(self._follow)

    def _answer(self, submissions: socket.socket, reads: socket.socket) -> None:
        self._close_inherited()
        staff: Staff | None = None
        read_text = reader_at(self.settings.recorder)
        if self.role != "public":
            from yangguang.writing import asking_core  # noqa: PLC0415 - a public process must not load the writer

            staff = asking_core(self.settings, submissions=submissions, reads=reads)
            read_text = staff.read_text
        site = None if self.role == "staff" else site_of(self.settings, read_text)
        answer(by_path(staff, site, self.settings), self.listener)

    def _follow(self) -> None:
        self._close_inherited()
        self.listener.close()
        followed = following_log(self.settings, self.role, self.pins)
        with followed, running_thread(partial(recompute, self.settings)):
            build_views(self.settings).follow(Event())

    def _close_inherited(self) -> None:
        # Whoever keeps a copy of the other end never sees it close.
        for connection in self.conversations:
            connection.close()


def _core(shared: _Shared) -> AbstractContextManager[None]:
    if shared.role == "public":
        return nullcontext()
    from yangguang.writing import running_core  # noqa: PLC0415 - a public process must not load the writer

    return running_core(shared.settings, shared.conversations)


def _serve_in_children(shared: _Shared, count: int) -> int:
    children = Children(GRACE_SECONDS + 1)
    # Made before the children, so that they share what it imports; entered after them, because it starts threads.
    core = _core(shared)
    if shared.role != "staff":
        shared.start_following(children)
    for _ in range(count):
        shared.start_answering(children)
    shared.listener.close()
    with core:
        try:
            collect_seldom()
            return children.wait()
        finally:
            children.stop()
