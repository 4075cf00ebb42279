"""The walk over the site: every page that links lead to, made and put into the folder, by several processes.

Pages are handed out in small parcels; whoever makes one also writes it, and hands back where it leads. A page of which
nothing changed that it was made from is neither made nor written again. What was met is on a disk (``Files``), so that
no process grows with the ledger.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from ledger.errors import BusyError, InvalidFieldError, LedgerError, NotFoundError
from projections.status import status
from projections.views import Views
from public_site.frame import HREFS
from public_site.rendering import compile_templates
from public_site.still import StillPage, StillSite
from public_site.visit import Moment
from yangguang.export.addresses import is_file, page_file, plain
from yangguang.export.files import Files, Put
from yangguang.export.folder import Folder, Written
from yangguang.export.known import Known, KnownPage, format_page
from yangguang.export.pages import still
from yangguang.export.proofs import Proven
from yangguang.export.snapshot import Progress, Snapshot

STARTS = ("/", "/ask", "/search", *HREFS)
PARCEL = 24
PATIENCE = 50
MOST_TOLD = 50_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to render pages. Inherited by fork, never sent."""

    snapshot: Snapshot
    folder: Folder
    url: str
    asked_at: str
    known: Path


@dataclass(slots=True)
class Walked:
    """How many pages there are, were made and were written; ``missing`` are addresses that lead nowhere."""

    pages: int = 0
    made: int = 0
    written: Written = field(default_factory=Written)
    missing: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Rendered:
    """One parcel's outcome. ``pages`` are files and addresses that its pages lead to, ``files`` addresses of others.

    ``known`` is for the next export.
    """

    put: list[Put] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    known: list[tuple[str, bytes]] = field(default_factory=list)
    statements: set[str] = field(default_factory=set)
    written: Written = field(default_factory=Written)
    made: int = 0


class Renderer:
    """One process's site."""

    def __init__(self, work: Work) -> None:
        snapshot, views = work.snapshot, Views(work.snapshot.views)
        with views.reading() as db:
            moment = Moment(status(db), snapshot.log, snapshot.past, work.asked_at)
        proofs = Proven(snapshot.log, work.folder)
        self._site = StillSite(views, moment, work.url, texts=snapshot.read_text, proofs=proofs.of)
        self._folder = work.folder
        self._renamed = snapshot.renamed
        self._known = Known(work.known)
        self._told: set[str] = set()

    def render(self, addresses: Iterable[str]) -> Rendered:
        """Makes pages, or finds that they still hold, and puts them into the folder."""
        done = Rendered()
        self._folder.written = done.written
        for address in addresses:
            try:
                self._render(page_file(address), address, done)
            except (NotFoundError, InvalidFieldError):
                done.missing.append(address)
        return done

    def _render(self, file: str, address: str, done: Rendered) -> None:
        old, data = self._known.page(file), self._folder.read(file)
        if old is not None and _is_of(old, data) and self._site.holds(old.inputs):
            done.put.append((file, old.digest))
            self._tell(old.pages | old.files, done)
            return
        made = self._page(address)
        page = still(file, made.html, self._renamed)
        digest, _ = self._folder.replace(file, data, page.html.encode())
        done.put.append((file, digest))
        done.made += 1
        self._tell(page.pages | page.files, done)
        if made.inputs.is_whole:
            return
        found = KnownPage(digest, page.pages.difference(STARTS), page.files, made.inputs)
        if (kept := format_page(found)) is not None:
            done.known.append((file, kept))
            done.statements.update(sql for sql, _ in made.inputs.asked)

    def _tell(self, addresses: Iterable[str], done: Rendered) -> None:
        """Where a page leads, as far as this process has not told it before: most pages lead to the same places."""
        if len(self._told) > MOST_TOLD:
            self._told.clear()
        for address in addresses:
            if address not in self._told:
                self._told.add(address)
                if is_file(address.partition("?")[0]):
                    done.files.append(address)
                else:
                    done.pages.append((page_file(address), plain(address)))

    def _page(self, address: str) -> StillPage:
        for _ in range(PATIENCE):
            try:
                return self._site.page(address)
            except BusyError:
                continue  # another process builds an earlier size's views, which took this long already
        raise NotFoundError(f"{address}没有生成出来。", f"{address} could not be made.")


def walk(work: Work, files: Files, *, processes: int, progress: Progress) -> Walked:
    """Every page reachable from the first one. ``progress`` is told how many are done, and of how many, as it seems."""
    with closing(Known(work.known, writes=True)) as memory:
        try:
            walked = _walk(work, files, memory, processes, progress)
        except BrokenProcessPool:
            raise LedgerError(
                "生成网页的一个进程被结束了，可能是内存不够。再导出一次会接着做；用 --processes 可以减少进程。",
                "A process that made pages was ended, perhaps for want of memory. Export again: it goes on from there."
                " Use --processes for fewer of them.",
            ) from None
        memory.keep_only(files.path)
    return walked


def _walk(work: Work, files: Files, memory: Known, processes: int, progress: Progress) -> Walked:
    walked, known = Walked(), memory.count()
    files.meet((page_file(address), plain(address)) for address in STARTS if not is_file(address))
    # They are found anyway; met in this order, entries that lie together in the log are read together.
    files.meet((page_file(address), address) for address in map(_entry, range(work.snapshot.log.size)))
    with _pool(work, processes) as pool:
        running: set[Future[Rendered]] = set()
        while True:
            while len(running) < 2 * processes and (parcel := files.next_pages(PARCEL)):
                running.add(pool.submit(_render, parcel))
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for rendered in (future.result() for future in finished):
                _enter(walked, rendered)
                files.put(rendered.put)
                files.meet(rendered.pages)
                files.name(rendered.files)
                memory.write(rendered.known, rendered.statements)
            progress(walked.pages, max(known, _expected(files.met, walked.pages, work.snapshot.log.size)))
    progress(walked.pages, walked.pages)
    return walked


def _entry(index: int) -> str:
    return f"/entries/{index}"


def _expected(met: int, done: int, size: int) -> int:
    """How many pages there will be: the entries that wait lead to as many others as those before them did."""
    return met + max(0, size - done) * (met - size) // max(1, done)


def _enter(walked: Walked, rendered: Rendered) -> None:
    walked.pages += len(rendered.put)
    walked.missing.update(rendered.missing)
    walked.written.add(rendered.written.files, rendered.written.size)
    walked.made += rendered.made


def _is_of(known: KnownPage, data: bytes | None) -> bool:
    return data is not None and hashlib.sha256(data).hexdigest() == known.digest


_renderer: Renderer | None = None


@contextmanager
def _pool(work: Work, processes: int) -> Iterator[ProcessPoolExecutor]:
    # By fork: the snapshot is inherited, and no thread or open database of this process is used in the children.
    compile_templates()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(work,)) as pool:
        yield pool


def _start(work: Work) -> None:
    global _renderer  # noqa: PLW0603 - a pool's processes have no other place for what they keep between parcels
    Thread(target=_end_with_parent, daemon=True).start()
    _renderer = Renderer(work)


def _end_with_parent() -> None:
    """A pool's process whose parent was killed would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _render(addresses: list[str]) -> Rendered:
    if _renderer is None:
        raise RuntimeError("the process was not started by the pool")
    return _renderer.render(addresses)
