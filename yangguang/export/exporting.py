"""``export``: the whole site, the open data and the log as files that any web server serves and that verify offline.

index.html  entries/12/index.html  …      every page, links relative
data/  feed.xml                           the tables in three formats, the newest entries
log/  log/proof/12.tlog-proof             the published log, a proof for each entry
static/  evidence/                        what pages need; photographs that are public now
witnessed/                                what witnesses cosigned, and who they are, of a ledger that has witnesses
genesis.txt  witness.policy  verify.py  README.txt  SHA256SUMS
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import BinaryIO, cast

from ledger.settings import Settings
from ledger.tlog.tile import tiles_of_size
from projections.enrolments import log_key_rotations
from projections.status import status
from projections.views import Views
from public_site.open_data.downloads import IN_MEMORY
from public_site.open_data.feed import FEED, feed
from public_site.open_data.files import FORMATS, About
from public_site.open_data.package import PACKAGE, data_package, file_name
from public_site.open_data.tables import TABLES
from public_site.pages import witnessed
from public_site.published_log import Rotations
from public_site.rendering import STATIC
from public_site.witnesses import offered
from yangguang.export.crawl import Walked, Work, walk
from yangguang.export.files import Files, Put
from yangguang.export.folder import GENESIS, Folder
from yangguang.export.known import begin, maker
from yangguang.export.proofs import put_proofs
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
    """How much there is now; ``made`` counts the pages that were made anew, ``changed`` files of any kind.

    ``missing`` are addresses that a page names and nothing answers.
    """

    genesis: str
    size: int
    pages: int
    made: int
    files: int
    changed: int
    changed_bytes: int
    removed: int
    missing: tuple[str, ...]
    has_texts: bool


def export(settings: Settings, out: Path, wanted: Wanted, stage: Stage) -> Exported:
    """Writes the export into ``out``. Raises LedgerError for a folder that is not its own, or a ledger in use."""
    folder = Folder(out)
    with TemporaryDirectory() as place:
        with stage("读取 reading") as progress:
            snapshot = take(settings, Path(place), wanted.recorder, progress)
        with folder.taken(snapshot.genesis), closing(Files(Path(place) / "files.sqlite3")) as files:
            return _exported(settings, wanted, stage, Making(snapshot, folder, files))


@dataclass(frozen=True, slots=True)
class Making:
    """An export that is being made."""

    snapshot: Snapshot
    folder: Folder
    files: Files


def _exported(settings: Settings, wanted: Wanted, stage: Stage, making: Making) -> Exported:
    snapshot, folder, files = making.snapshot, making.folder, making.files
    url = wanted.url or settings.url or f"https://{settings.origin}"
    with Views(snapshot.views).reading() as db:
        about = About(status(db), url.rstrip("/"))
        rotations = Rotations(log_key_rotations(db), snapshot.log.size)
    with stage("证明 proofs") as progress:
        files.put(put_proofs(snapshot.log, rotations, folder, progress))
    walked = Walked()
    if wanted.site:
        with stage("网页 pages") as progress:
            known = known_of(settings, folder.root, snapshot, url)
            work = Work(snapshot, folder, url, asked_at(settings), known)
            walked = walk(work, files, processes=wanted.processes, progress=progress)
    with Views(snapshot.views).reading() as db:
        files.put(_put_all(folder, _further(settings, snapshot, wanted, about)))
        files.put(_put_data(folder, db, about) if wanted.data else ())
    # What was withdrawn is gone before anything else can go wrong; the log's own files are never withdrawn.
    removed = folder.keep_only(Kept(files, frozenset(_log_names(snapshot))))
    files.put(_put_all(folder, _log_files(snapshot)))
    folder.finish(files)
    return Exported(
        genesis=snapshot.genesis,
        size=snapshot.log.size,
        pages=walked.pages,
        made=walked.made,
        files=len(files) + 1,  # SHA256SUMS does not list itself
        changed=folder.written.files + walked.written.files,
        changed_bytes=folder.written.size + walked.written.size,
        removed=removed,
        missing=tuple(sorted(walked.missing.union(files.absent() if wanted.data else ()))),
        has_texts=snapshot.texts is not None,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Files that are in place, and those of the log, which soon will be."""

    files: Files
    log: frozenset[str]

    def __contains__(self, name: object) -> bool:
        return name in self.log or name in self.files


def asked_at(settings: Settings) -> str:
    """The address of the site that takes what readers of the export want to say, if the settings know it."""
    return (settings.follow or settings.url or "").rstrip("/")


def known_of(settings: Settings, out: Path, snapshot: Snapshot, url: str) -> Path:
    """Where the memory of exports into ``out`` lies, emptied if its pages were made by another program or otherwise."""
    path = place_of(settings, out)
    witnesses = str(offered(snapshot.log.witnesses()))
    begin(path, maker(url, asked_at(settings), snapshot.genesis, str(snapshot.texts is not None), witnesses))
    return path


def place_of(settings: Settings, out: Path) -> Path:
    """One file for each folder that the ledger is exported into, beside the read models and derived like them."""
    name = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:32]
    return settings.views.parent / "exports" / f"{name}.sqlite3"


def _log_names(snapshot: Snapshot) -> Iterator[str]:
    yield from ("log/checkpoint", "log/vkey")
    yield from (f"log/{tile.path}" for tile in tiles_of_size(snapshot.log.size))


def _log_files(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """Tiles and bundles first, then the checkpoint that covers them: a cut at any moment spoils nothing."""
    for name, data in snapshot.log.tiles():
        yield f"log/{name}", data
    for name in ("vkey", "checkpoint"):
        yield f"log/{name}", snapshot.log.file(name)


def _put_data(folder: Folder, db: sqlite3.Connection, about: About) -> Iterator[Put]:
    """The open tables under ``data/``, and the feed."""
    for table in TABLES:
        for suffix, (_, write) in FORMATS.items():
            name = f"data/{file_name(f'{table.name}.{suffix}', about)}"
            with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
                write(cast("BinaryIO", file), db, table, about)
                file.seek(0)
                yield name, folder.put_file(name, cast("BinaryIO", file))[0]
    more = {f"data/{PACKAGE}": data_package(db, about), FEED: feed(db, about)}
    yield from _put_all(folder, iter(more.items()))


def _further(settings: Settings, snapshot: Snapshot, wanted: Wanted, about: About) -> Iterator[tuple[str, bytes]]:
    yield GENESIS, f"{snapshot.genesis}\n".encode()
    yield VERIFIER, STATIC[VERIFIER].body
    yield README, readme(snapshot, demonstration=about.demonstration).encode()
    if settings.policy_file is not None and settings.policy_file.is_file():
        yield POLICY, settings.policy_file.read_bytes()
    for address, data in witnessed.files(snapshot.log, about.origin):
        yield address.removeprefix("/"), data
    if wanted.site:
        for name, file in STATIC.items():
            yield f"static/{name}", file.body
        for name, path in (snapshot.texts.files if snapshot.texts else {}).items():
            yield name, path.read_bytes()


def _put_all(folder: Folder, files: Iterator[tuple[str, bytes]]) -> Iterator[Put]:
    return ((name, folder.put(name, data)[0]) for name, data in files)


def processes_here() -> int:
    """How many processes render at once."""
    return os.cpu_count() or 1
