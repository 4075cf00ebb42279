"""The walk over the site: every page that links lead to, rendered and put into the folder, by several processes.

Pages are handed out in small parcels; whoever renders one also writes it, and hands back where it leads.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

from ledger.errors import BusyError, InvalidFieldError, NotFoundError
from projections.views import Views
from public_site.still import StillSite
from yangguang.export.addresses import page_file, plain
from yangguang.export.folder import Folder
from yangguang.export.pages import still
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


@dataclass(slots=True)
class Walked:
    """``digests`` of the pages by file; ``files`` are other addresses that pages name; ``missing`` lead nowhere."""

    digests: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """One parcel's outcome; ``pages`` are the addresses that its pages lead to."""

    digests: dict[str, str]
    changed: int
    pages: set[str]
    files: set[str]
    missing: set[str]


class Renderer:
    """One process's site."""

    def __init__(self, work: Work) -> None:
        snapshot = work.snapshot
        read_text, past = snapshot.read_text, snapshot.past
        self._site = StillSite(Views(snapshot.views), snapshot.log, work.url, read_text=read_text, past=past)
        self._folder = work.folder
        self._renamed = snapshot.renamed

    def render(self, addresses: Iterable[str]) -> Rendered:
        """Renders pages and puts them into the folder."""
        done = Rendered({}, 0, set(), set(), set())
        changed = 0
        for address in addresses:
            try:
                text = self._page(address)
            except (NotFoundError, InvalidFieldError):
                done.missing.add(address)
                continue
            file = page_file(address)
            page = still(file, text, self._renamed)
            done.digests[file], is_new = self._folder.put(file, page.html.encode())
            done.pages.update(page.pages)
            done.files.update(page.files)
            changed += is_new
        return Rendered(done.digests, changed, done.pages, done.files, done.missing)

    def _page(self, address: str) -> str:
        for _ in range(PATIENCE):
            try:
                return self._site.page(address)[1]
            except BusyError:
                continue  # another process builds an earlier size's views, which took this long already
        raise NotFoundError(f"{address}没有生成出来。", f"{address} could not be made.")


def walk(work: Work, *, processes: int, progress: Progress) -> Walked:
    """Every page reachable from the first one. ``progress`` is told how many are done of those known so far."""
    walked, known, waiting = Walked(), set[str](), list[str]()

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
                meet(rendered.pages)
            progress(len(walked.digests), len(known))
    return walked


def _enter(walked: Walked, rendered: Rendered) -> None:
    walked.digests.update(rendered.digests)
    walked.files |= rendered.files
    walked.missing |= rendered.missing
    walked.changed += rendered.changed


_renderer: Renderer | None = None


@contextmanager
def _pool(work: Work, processes: int) -> Iterator[ProcessPoolExecutor]:
    # By fork: the snapshot is inherited, and no thread or open database of this process is used in the children.
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
