"""``export``: the whole site, the open data and the log as files that any web server serves and that verify offline.

index.html  entries/12/index.html  …      every page, links relative
data/  feed.xml                           the tables in three formats, the newest entries
log/  log/proof/12.tlog-proof             the published log, a proof for each entry
static/  evidence/                        what pages need; photographs that are public now
genesis.txt  witness.policy  verify.py  README.txt  SHA256SUMS
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import BinaryIO, cast

from ledger.settings import Settings
from projections.status import status
from projections.views import Views
from public_site.open_data.downloads import IN_MEMORY
from public_site.open_data.feed import FEED, feed
from public_site.open_data.files import FORMATS, About
from public_site.open_data.package import PACKAGE, data_package, file_name
from public_site.open_data.tables import TABLES
from public_site.rendering import STATIC
from yangguang.export.crawl import Walked, Work, walk
from yangguang.export.folder import GENESIS, Folder
from yangguang.export.known import begin, maker
from yangguang.export.proofs import put_log
from yangguang.export.readme import README, readme
from yangguang.export.snapshot import Progress, Snapshot, take

VERIFIER = "verify.py"
POLICY = "witness.policy"
"""Which witnesses are asked to cosign (C2SP tlog-policy)."""
Stage = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """``url`` is the address at which the export will be served, ``recorder`` the server that has the public texts."""

    url: str | None = None
    recorder: str | None = None
    site: bool = True
    data: bool = True
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Exported:
    """How much there is now; ``made`` counts the pages that were made anew.

    ``missing`` are addresses that a page names and nothing answers.
    """

    genesis: str
    size: int
    pages: int
    made: int
    files: int
    changed: int
    removed: int
    missing: tuple[str, ...]
    has_texts: bool


def export(settings: Settings, out: Path, wanted: Wanted, stage: Stage) -> Exported:
    """Writes the export into ``out``. Raises LedgerError for a folder that is not its own, or a ledger in use."""
    folder = Folder(out)
    with TemporaryDirectory() as place:
        with stage("读取 reading") as progress:
            snapshot = take(settings, Path(place), wanted.recorder, progress)
        folder.begin(snapshot.genesis)
        url = wanted.url or settings.url or f"https://{settings.origin}"
        walked = Walked()
        if wanted.site:
            with stage("网页 pages") as progress:
                work = Work(snapshot, folder, url, known_of(settings, out, snapshot, url))
                walked = walk(work, processes=wanted.processes, progress=progress)
        digests = dict(walked.digests)
        with Views(snapshot.views).reading() as db:
            about = About(status(db), url.rstrip("/"))
            digests |= _put_all(folder, _further(settings, snapshot, wanted, about.demonstration))
            digests |= _put_data(folder, db, about) if wanted.data else {}
        # What was withdrawn is gone before anything else can go wrong; the log's own files are never withdrawn.
        kept = {*digests, *_log_names(snapshot)}
        removed = folder.keep_only(kept)
        with stage("账本和证明 log and proofs") as progress:
            digests |= put_log(snapshot.log, folder, progress)
        folder.finish(digests)
    return Exported(
        genesis=snapshot.genesis,
        size=snapshot.log.size,
        pages=len(walked.digests),
        made=walked.made,
        files=len(digests),
        changed=walked.changed,
        removed=removed,
        missing=tuple(sorted(walked.missing | (_absent(walked, digests) if wanted.data else set()))),
        has_texts=snapshot.texts is not None,
    )


def known_of(settings: Settings, out: Path, snapshot: Snapshot, url: str) -> Path:
    """Where the memory of exports into ``out`` lies, emptied if its pages were made by another program or otherwise."""
    path = place_of(settings, out)
    begin(path, maker(url, snapshot.genesis, str(snapshot.texts is not None)))
    return path


def place_of(settings: Settings, out: Path) -> Path:
    """One file for each folder that the ledger is exported into, beside the read models and derived like them."""
    name = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:32]
    return settings.views.parent / "exports" / f"{name}.sqlite3"


def _absent(walked: Walked, digests: dict[str, str]) -> set[str]:
    """Files that pages name and that are not there."""
    return {address for address in walked.files if address.partition("?")[0].removeprefix("/") not in digests}


def _log_names(snapshot: Snapshot) -> Iterator[str]:
    yield from ("log/checkpoint", "log/vkey")
    yield from (f"log/{name}" for name, _ in snapshot.log.tiles())
    yield from (f"log/proof/{index}.tlog-proof" for index in range(snapshot.log.size))


def _put_data(folder: Folder, db: sqlite3.Connection, about: About) -> dict[str, str]:
    """The open tables under ``data/``, and the feed."""
    digests = {}
    for table in TABLES:
        for suffix, (_, write) in FORMATS.items():
            name = f"data/{file_name(f'{table.name}.{suffix}', about)}"
            with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
                write(cast("BinaryIO", file), db, table, about)
                file.seek(0)
                digests[name], _ = folder.put(name, file.read())
    more = {f"data/{PACKAGE}": data_package(db, about), FEED: feed(db, about)}
    return digests | _put_all(folder, iter(more.items()))


def _further(
    settings: Settings, snapshot: Snapshot, wanted: Wanted, demonstration: bool
) -> Iterator[tuple[str, bytes]]:
    yield GENESIS, f"{snapshot.genesis}\n".encode()
    yield VERIFIER, STATIC[VERIFIER].body
    yield README, readme(snapshot, demonstration=demonstration).encode()
    if settings.policy_file is not None and settings.policy_file.is_file():
        yield POLICY, settings.policy_file.read_bytes()
    if wanted.site:
        for name, file in STATIC.items():
            yield f"static/{name}", file.body
        for name, path in (snapshot.texts.files if snapshot.texts else {}).items():
            yield name, path.read_bytes()


def _put_all(folder: Folder, files: Iterator[tuple[str, bytes]]) -> dict[str, str]:
    return {name: folder.put(name, data)[0] for name, data in files}


def processes_here() -> int:
    """How many processes render at once."""
    return os.cpu_count() or 1
