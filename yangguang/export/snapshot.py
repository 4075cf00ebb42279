"""One moment of a ledger for an export: read models and published log of the same size, and the public texts.

The ledger may go on recording meanwhile: what was taken here stays as it was.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import httpx

from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.errors import BusyError, LedgerError, NotFoundError, WithdrawnError
from ledger.settings import Settings
from ledger.tlog.merkle import prove_inclusion, tree_root
from ledger.tlog.tile import TILE_WIDTH, Tile, TileHashReader, parse_bundle, partial_tiles, tiles_of_size
from projections.disclosed.claims import claims
from projections.disclosed.past import Past
from projections.runner import as_of_folder
from projections.source import LogFolderSource
from projections.status import position
from public_site.published_log import PublishedLog
from public_site.visit import ReadText
from public_site.witnesses import WitnessFiles, WitnessState
from yangguang.remote_texts import SECONDS, reader_at
from yangguang.serving import build_views

ATTEMPTS = 10
KEPT_BUNDLES = 32
Progress = Callable[[int, int], None]
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "application/pdf": ".pdf"}
EvidenceFile = tuple[str, bytes]
"""Media type and bytes."""
ReadFile = Callable[[str], EvidenceFile]


class TakenLog(PublishedLog):
    """A published log as it was: its checkpoint, vkey and partial tiles are held, its full tiles never change."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        now = time.time()
        super().__init__(directory, WitnessFiles(settings.policy_file, settings.witnesses, lambda: now))
        self._files = {name: (directory / name).read_bytes() for name in ("checkpoint", "vkey")}
        self.size = self.head().checkpoint.tree_size
        self._partial = {tile: super(TakenLog, self).tile(tile) for tile in partial_tiles(self.size)}
        self._hashes = lru_cache(maxsize=8)(partial(TileHashReader, self.tile))
        self._bundle = lru_cache(maxsize=KEPT_BUNDLES)(self._read_bundle)
        self._witnesses = super().witnesses()

    def witnesses(self) -> WitnessState:
        """As it was when the log was taken."""
        return self._witnesses

    def file(self, name: str) -> bytes:
        """As it was taken. Raises NotFoundError."""
        return self._files[name] if name in self._files else super().file(name)

    def tile(self, tile: Tile) -> bytes:
        """As it was taken. Raises NotFoundError."""
        return self._partial[tile] if tile in self._partial else super().tile(tile)

    def entry(self, index: int, size: int) -> bytes:
        """As it was taken. Raises NotFoundError, MalformedError."""
        if not 0 <= index < size <= self.size:
            return super().entry(index, size)
        return self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH]

    def newest_entry(self, index: int) -> bytes:
        """As it was taken. Raises NotFoundError, MalformedError."""
        return self.entry(index, self.size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """As it was taken. Raises ProofError."""
        return prove_inclusion(index, size, self._hashes(size))

    def root(self, size: int) -> bytes:
        """As it was taken. Raises ProofError, NotFoundError."""
        return tree_root(size, self._hashes(size))

    def _read_bundle(self, number: int) -> list[bytes]:
        width = min(TILE_WIDTH, self.size - number * TILE_WIDTH)
        return parse_bundle(self.tile(Tile(Tile.ENTRIES, number, width)), width=width)

    def tiles(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the log but checkpoint and vkey, in the order in which they may be published."""
        for tile in tiles_of_size(self.size):
            yield tile.path, self.tile(tile)

    def entries(self) -> Iterator[bytes]:
        """The bytes of every entry."""
        for tile in tiles_of_size(self.size):
            if tile.level == Tile.ENTRIES:
                yield from parse_bundle(self.tile(tile), width=tile.width)


@dataclass(frozen=True, slots=True)
class Texts:
    """The public texts of a moment. ``gone`` are the refusals of those that are public no more.

    ``files`` are copies of photographs by the names they have in an export, such as ``evidence/9f3c….png``.
    """

    found: dict[str, dict[str, Any]]
    gone: dict[str, LedgerError]
    files: dict[str, Path]

    def read(self, digest: str) -> dict[str, Any]:
        """A text as /api/disclosures answers. Raises what the ledger raised."""
        if digest in self.found:
            return self.found[digest]
        raise self.gone.get(digest) or NotFoundError("没有这段文字。", "There is no such text.")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``views`` is a copy of the read models. ``texts`` is None where the directory has the public log alone."""

    views: Path
    log: TakenLog
    genesis: str
    texts: Texts | None
    past: Past

    @property
    def renamed(self) -> dict[str, str]:
        """Addresses of files that have another name in an export."""
        names = self.texts.files if self.texts else {}
        return {f"/{name.partition('.')[0]}": f"/{name}" for name in names}

    @property
    def read_text(self) -> ReadText | None:
        """For pages."""
        return self.texts.read if self.texts else None


def take(settings: Settings, folder: Path, recorder: str | None, progress: Progress) -> Snapshot:
    """The snapshot, its copies in ``folder``; texts from the server at ``recorder``, or the ledger's own.

    Raises NotFoundError for a ledger without entries, LedgerError where its texts are out of reach.
    """
    runner = build_views(settings)
    with closing(runner):
        for _ in range(ATTEMPTS):
            runner.run_once(progress=progress)
            log = _log_of(settings)
            copy = folder / "views.sqlite3"
            if _copy_views(settings.views, copy) == log.size:
                break
        else:
            raise LedgerError(
                "账本正在记账，没有取到同一时刻的内容。请稍后再试。", "The ledger is busy. Try again soon."
            )
    if log.size == 0:
        raise NotFoundError("账本里还没有账目，无可导出。", "The ledger has no entries to export.")
    genesis = parse_entry(next(log.entries())).envelope.event_id
    past = Past(as_of_folder(settings.views), LogFolderSource(settings.log))
    with closing(sqlite3.connect(copy)) as db:
        db.row_factory = sqlite3.Row
        past.catch_up({claim.at_size for claim in claims(db)})
    return Snapshot(copy, log, genesis, _texts(settings, log, recorder or settings.recorder, folder), past)


def _log_of(settings: Settings) -> TakenLog:
    try:
        return TakenLog(settings, settings.log)
    except FileNotFoundError:
        raise NotFoundError(
            "账本还没有公布，无可导出。请先运行 yangguang serve。",
            "Nothing is published yet. Run yangguang serve first.",
        ) from None


def _copy_views(views: Path, copy: Path) -> int:
    """Copies the read models; how many entries they hold."""
    with closing(sqlite3.connect(views)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.row_factory = sqlite3.Row
        target.execute("PRAGMA journal_mode=DELETE")
        return position(target).size


def _texts(settings: Settings, log: TakenLog, recorder: str | None, folder: Path) -> Texts | None:
    if recorder is None and not settings.vault.exists():
        return None
    with ExitStack() as stack:
        read, evidence = _remote_texts(recorder) if recorder else stack.enter_context(_own_texts(settings))
        texts = Texts({}, {}, {})
        for digest in _withdrawable(log):
            try:
                found = read(digest)
                if found["name"] == "evidence" and found["file_kept"]:
                    name, data = _named(found["value"]["sha256"], *evidence(found["value"]["sha256"]))
                    texts.files[name] = folder / name.replace("/", "-")
                    texts.files[name].write_bytes(data)
                texts.found[digest] = found
            except (NotFoundError, WithdrawnError) as error:
                texts.gone[digest] = error
        return texts


def _withdrawable(log: TakenLog) -> Iterator[str]:
    for raw in log.entries():
        yield from parse_payload(parse_entry(raw).envelope.payload, assigned=False).withdrawable


def _named(sha256: str, media_type: str, data: bytes) -> tuple[str, bytes]:
    """A static server knows what a file is by the end of its name."""
    return f"evidence/{sha256}{SUFFIXES.get(media_type.partition(';')[0], '')}", data


def _remote_texts(url: str) -> tuple[ReadText, ReadFile]:
    read = reader_at(url)
    if read is None:
        raise RuntimeError("a recorder has an address")

    def evidence(sha256: str) -> EvidenceFile:
        try:
            answer = httpx.get(f"{url.rstrip('/')}/evidence/{sha256}", timeout=SECONDS).raise_for_status()
        except httpx.HTTPError:
            raise NotFoundError(f"{url}没有给出照片。", f"{url} did not give an evidence file.") from None
        return answer.headers["content-type"], answer.content

    return read, evidence


@contextmanager
def _own_texts(settings: Settings) -> Iterator[tuple[ReadText, ReadFile]]:
    """The texts in the ledger's own vault, which no other process may have open."""
    # Imported here alone: exporting what others publish needs neither the vault nor the writer.
    from ledger.application import Ledger  # noqa: PLC0415

    try:
        ledger = Ledger.open(settings.directory)
    except BusyError:
        raise LedgerError(
            "账本正由另一个进程运行。请用 --from 写上它的网址，公开的文字和照片从那里读。",
            "The ledger is in use by another process. Give its address with --from: public texts are read there.",
        ) from None
    try:
        yield lambda digest: ledger.text(digest).to_json(), ledger.evidence
    finally:
        ledger.close()
