"""The walk over the site: every page that links lead to, made and put into the folder, by several processes.

Pages are handed out in small parcels; whoever makes one also writes it, and hands back where it leads. A page of which
nothing changed that it was made from is not made again: what it says of the ledger as a whole is put into its file.
"""

import hashlib
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from ledger.errors import BusyError, InvalidFieldError, NotFoundError
from projections.views import Views
from public_site.drawn import drawn, hole
from public_site.kept import Made
from public_site.rendering import compile_templates
from public_site.still import StillSite
from yangguang.export.addresses import page_file, plain
from yangguang.export.folder import Folder
from yangguang.export.known import Known, KnownPage, format_page
from yangguang.export.pages import StillPage, assembled, pieces_of, still
from yangguang.export.snapshot import Progress, Snapshot

STARTS = ("/", "/ask", "/search", "/verify", "/data")
PARCEL = 24
PATIENCE = 50


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to render pages. Inherited by fork, never sent."""

    snapshot: Snapshot
    folder: Folder
    url: str
    known: Path


@dataclass(slots=True)
class Walked:
    """``digests`` of the pages by file; ``files`` are other addresses that pages name; ``missing`` lead nowhere."""

    digests: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    changed: int = 0
    made: int = 0


@dataclass(slots=True)
class Rendered:
    """One parcel's outcome; ``pages`` are the addresses that its pages lead to, ``known`` is for the next export."""

    digests: dict[str, str] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    known: list[tuple[str, bytes]] = field(default_factory=list)
    statements: set[str] = field(default_factory=set)
    changed: int = 0
    made: int = 0


class Renderer:
    """One process's site."""

    def __init__(self, work: Work) -> None:
        snapshot = work.snapshot
        read_text, past = snapshot.read_text, snapshot.past
        self._site = StillSite(Views(snapshot.views), snapshot.log, work.url, read_text=read_text, past=past)
        self._folder = work.folder
        self._renamed = snapshot.renamed
        self._known = Known(work.known)
        self._of_all = lru_cache(maxsize=256)(self._made_part)

    def render(self, addresses: Iterable[str]) -> Rendered:
        """Makes pages, or finds that they still hold, and puts them into the folder."""
        done = Rendered()
        for address in addresses:
            try:
                self._render(page_file(address), address, done)
            except (NotFoundError, InvalidFieldError):
                done.missing.add(address)
        return done

    def _render(self, file: str, address: str, done: Rendered) -> None:
        old, data = self._known.page(file), self._folder.read(file)
        if old is not None and not (_is_of(old, data) and self._site.holds(old.inputs)):
            old = None
        if old is not None and data is not None:
            pages, files, inputs, pieces = old.pages, old.files, old.inputs, pieces_of(data, old.spans)
        else:
            made = self._page(address)
            page = still(file, made.drawn.filled(hole), self._renamed)
            pages, files, inputs = page.pages, page.files, made.inputs
            pieces = [piece if place % 2 else piece.encode() for place, piece in enumerate(drawn(page.html).pieces)]
            done.made += 1
        found: set[str] = set()
        new, spans = assembled(pieces, partial(self._part, file, found))
        done.digests[file], is_new = self._folder.replace(file, data, new)
        done.changed += is_new
        done.pages |= pages | found
        done.files |= files
        if inputs.is_whole:
            return
        if old is None or is_new:
            kept = format_page(KnownPage(done.digests[file], spans, pages, files, inputs))
            done.known += [(file, kept)] if kept is not None else []
            done.statements.update(sql for sql, _ in inputs.asked if old is None)

    def _part(self, file: str, found: set[str], name: str) -> bytes:
        """What fills a hole of the page in ``file``; ``found`` takes where it leads."""
        page = self._made_part(file, name) if ":" in name else self._of_all("x/" * file.count("/"), name)
        found |= page.pages
        return page.html.encode()

    def _made_part(self, file: str, name: str) -> StillPage:
        return still(file, self._site.part(name), self._renamed)

    def _page(self, address: str) -> Made:
        for _ in range(PATIENCE):
            try:
                return self._site.page(address)
            except BusyError:
                continue  # another process builds an earlier size's views, which took this long already
        raise NotFoundError(f"{address}没有生成出来。", f"{address} could not be made.")


def walk(work: Work, *, processes: int, progress: Progress) -> Walked:
    """Every page reachable from the first one. ``progress`` is told how many are done of those met or known before."""
    memory = Known(work.known, writes=True)
    try:
        walked = _walk(work, memory, processes, progress)
        memory.keep_only(walked.digests)
    finally:
        memory.close()
    return walked


def _walk(work: Work, memory: Known, processes: int, progress: Progress) -> Walked:
    walked, known, waiting, expected = Walked(), set[str](), list[str](), memory.count()

    def meet(addresses: Iterable[str]) -> None:
        # Of addresses that share a file, such as /ask about this and about that, one is enough.
        for address in sorted(addresses):
            file = page_file(address)
            if file not in known:
                known.add(file)
                waiting.append(plain(address))

    meet(STARTS)
    with _pool(work, processes) as pool:
        running: set[Future[Rendered]] = set()
        while waiting or running:
            while waiting and len(running) < 2 * processes:
                parcel, waiting[:PARCEL] = waiting[:PARCEL], []
                running.add(pool.submit(_render, parcel))
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for rendered in (future.result() for future in finished):
                _enter(walked, rendered)
                memory.write(rendered.known, rendered.statements)
                meet(rendered.pages)
            progress(len(walked.digests), max(expected, len(known)) if waiting or running else len(walked.digests))
    return walked


def _enter(walked: Walked, rendered: Rendered) -> None:
    walked.digests.update(rendered.digests)
    walked.files |= rendered.files
    walked.missing |= rendered.missing
    walked.changed += rendered.changed
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
    _renderer = Renderer(work)


def _render(addresses: list[str]) -> Rendered:
    if _renderer is None:
        raise RuntimeError("the process was not started by the pool")
    return _renderer.render(addresses)
