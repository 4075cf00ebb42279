"""The writing half of a running ledger: the only part of serving that loads keys, vault and writer."""

import logging
import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from starlette.types import ASGIApp

from ledger.api.app import create_api
from ledger.api.desk import Desk
from ledger.application import Ledger
from ledger.clock import system_clock
from ledger.committer import Committer
from ledger.core.client import CoreClient
from ledger.core.contract import OpenLedger
from ledger.core.server import Core
from ledger.errors import LedgerError, ReadOnlyError
from ledger.publishing.cosigned import CosignedCheckpoints, Write
from ledger.publishing.fence import taken_over
from ledger.publishing.lead import Lead
from ledger.publishing.publisher import Publisher
from ledger.publishing.witnesses import Witnesses
from ledger.sealing.inbox import Inbox
from ledger.settings import Settings
from ledger.signing.checking import NO_CHECKS, ChecksApart
from ledger.signing.quorum import read_policy
from ledger.store.highest import write_durably
from ledger.store.unreachable import UnreachableError
from ledger.tlog.policy import NONE, Policy
from public_site.asking import AskPages
from public_site.visit import ReadText
from yangguang.serving import published_log
from yangguang.threads import running_thread

logger = logging.getLogger(__name__)
PUBLISH_SECONDS = 0.2
FORGET_SECONDS = 3600
NOBODY = Policy((), (), (), NONE)
DOUBT = 74
"""Exit code: a commit failed and only reopening tells whether it is on the disk (EX_IOERR of sysexits.h)."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What staff and pages ask of the ledger: the API, and public texts that are not in the log."""

    api: ASGIApp
    read_text: ReadText
    unready: Callable[[], LedgerError | None]


@contextmanager
def writing(settings: Settings) -> Iterator[Staff]:
    """A ledger in this process."""
    with _recording(settings, checking=_cores() - 1) as (ledger, committer):
        yield Staff(
            create_api(ledger, committer, ask_pages=_ask_pages(settings)), _texts_of(ledger), lambda: ledger.unready
        )


@contextmanager
def running_core(settings: Settings, conversations: Sequence[socket.socket]) -> Iterator[None]:
    """A ledger in this process for APIs in others, one at the far end of each pair of ``conversations``."""
    with _recording(settings, checking=_cores() - 1 - len(conversations) // 2) as (ledger, committer):
        core = Core(ledger, committer)
        for connection in conversations:
            core.converse(connection)
        yield


def asking_core(settings: Settings, *, submissions: socket.socket, reads: socket.socket) -> Staff:
    """A ledger in another process."""
    client = CoreClient(settings, submissions=submissions, reads=reads)
    return Staff(create_api(client, client, ask_pages=_ask_pages(settings)), _texts_of(client), lambda: client.unready)


def _texts_of(ledger: OpenLedger) -> ReadText:
    return lambda digest: ledger.text(digest).to_json()


def _ask_pages(settings: Settings) -> AskPages:
    return AskPages(settings.views, published_log(settings), origin_url=settings.url)


@contextmanager
def _recording(settings: Settings, *, checking: int) -> Iterator[tuple[Ledger, Committer]]:
    """An open ledger whose log is published until the block ends; then what was queued is finished first.

    ``checking`` is how many cores have nothing better to do than to check signatures.
    """
    checks = ChecksApart(checking) if checking > 0 else NO_CHECKS
    ledger = Ledger.open(settings.directory)
    ledger.checks = checks
    try:
        ledger.check_in_full()
        file = settings.policy_file
        policy = NOBODY if file is None else read_policy(file)
        committer = Committer(ledger, on_doubt=_stop)
        with (
            running_thread(lambda stop: _publish_in_turn(ledger, policy, stop)),
            running_thread(lambda stop: _forget(settings, stop)),
        ):
            try:
                yield ledger, committer
            finally:
                committer.close()
    finally:
        ledger.close()
        checks.close()


def _cores() -> int:
    return os.cpu_count() or 1


def _stop(reason: ReadOnlyError) -> NoReturn:
    # At once and without clean-up: after a failed sync the operating system and SQLite go on as if nothing had
    # happened, so nothing that this process could still read, write or publish can be trusted.
    sys.stderr.write(f"{reason.zh} {reason.en}\n")
    sys.stderr.flush()
    os._exit(DOUBT)


def _publish_in_turn(ledger: Ledger, policy: Policy, stop: threading.Event) -> None:
    """Publishes, and asks the policy's witnesses, if there are any.

    Where several processes record on one directory, one does it for all, and another as soon as that one ends or hangs.
    """
    lead = Lead(ledger.settings.directory, ledger.settings.log) if ledger.store.shared else None
    try:
        while lead is None or _take_the_lead(lead, stop):
            with _fenced(ledger.settings.witnesses, lead) as (write, holds):
                # Read from the disk anew at each turn: another one may have kept more meanwhile.
                kept = CosignedCheckpoints(ledger.settings.witnesses, policy, write)
                with Witnesses(policy, kept, ledger.store, ledger.store.size) as witnesses:
                    if _publish(ledger, witnesses, stop, holds):
                        return
            logger.warning("another process publishes now, because this one showed no sign of life")
    finally:
        if lead is not None:
            lead.close()


@contextmanager
def _fenced(folder: Path, lead: Lead | None) -> Iterator[tuple[Write, Callable[[], bool]]]:
    """How to write what witnesses answered, and whether this process still may."""
    if lead is None:
        yield write_durably, lambda: True
        return
    with taken_over(folder) as stage:
        yield stage.put, lambda: lead.holds() and stage.holds()


def _take_the_lead(lead: Lead, stop: threading.Event) -> bool:
    while not stop.wait(PUBLISH_SECONDS):
        if lead.take():
            return True
    return False


def _publish(ledger: Ledger, witnesses: Witnesses, stop: threading.Event, leads: Callable[[], bool]) -> bool:
    """True when this process ends, False when it lost the lead."""
    publisher = Publisher(
        ledger.store,
        ledger.settings.log,
        vkey=ledger.settings.vkey,
        ml_dsa_vkeys=ledger.settings.ml_dsa_vkeys,
        cosigned=witnesses.kept.with_cosignatures,
    )
    stopping = False
    while not stopping:
        stopping = stop.wait(PUBLISH_SECONDS)
        if not leads():
            return False
        # A store that is behind, or in doubt, must not replace what is already public.
        if ledger.read_only is None:
            try:
                publisher.publish()
            except UnreachableError as error:
                logger.warning("nothing is published until the database answers: %s", error.__cause__)
                continue
            witnesses.offer(publisher.own_note)
    return True


def _forget(settings: Settings, stop: threading.Event) -> None:
    """Deletes what may be kept no longer, at the start and every hour: letters after 30 days, envelopes after 7."""
    inbox, desk = Inbox(settings.letters), Desk(settings.letters)
    stopping = False
    while not stopping:
        try:
            inbox.forget_old(system_clock())
            desk.forget_old(system_clock())
        except sqlite3.OperationalError as error:
            logger.warning("old letters are still there, for another hour: %s", error)
        stopping = stop.wait(FORGET_SECONDS)
    inbox.close()
    desk.close()
