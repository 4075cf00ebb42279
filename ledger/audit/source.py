"""Where an audit reads from: a site, a ledger directory or a backup of one, or a folder of published files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ledger.audit.fetching import Fetcher, UnreachableError
from ledger.audit.published import CHECKPOINT, PublishedFolder, PublishedSite
from ledger.audit.stored import StoredLog, stored_log
from ledger.errors import LedgerError, NotFoundError
from ledger.settings import Settings, load_settings
from ledger.tlog.tile import Tile

BACKUP = "backup.json"
"""The file that makes a ledger directory a backup."""
INCOMPLETE = "INCOMPLETE.txt"
"""The file that is in the folder of an export until all of it is."""


class Published(Protocol):
    """The published files of a log, by path under the log prefix."""

    @property
    def strict(self) -> bool:
        """Whether unknown files and unknown signature lines are findings: everywhere but over HTTP."""

    @property
    def prefix(self) -> str:
        """What stands before a path when a file is named to the reader, such as ``log/``."""

    @property
    def files(self) -> Sequence[str]:
        """Every file under the prefix; none over HTTP, where nobody can list them."""

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises NotFoundError, TooLargeError; LedgerError where a site is out of reach."""

    def read_tile(self, tile: Tile) -> bytes:
        """A tile's or bundle's bytes. Raises as ``read``."""

    def close(self) -> None:
        """Lets go of files and connections."""


@dataclass(frozen=True, slots=True)
class Source:
    """``stored`` and ``settings`` only of a ledger directory."""

    name: str
    published: Published
    stored: StoredLog | None = None
    settings: Settings | None = None

    def close(self) -> None:
        """Lets go of files and connections."""
        self.published.close()
        if self.stored is not None:
            self.stored.close()


def open_source(text: str) -> Source:
    """The source that a URL or path names: NotFoundError if it is none of the three kinds, or cannot be reached.

    Raises LedgerError for an export that was cut.
    """
    if text.startswith(("http://", "https://")):
        return _open_site(text)
    path = Path(text)
    if (path / "ledger.toml").exists():
        settings = load_settings(path)
        if (path / BACKUP).is_file():
            # Events and highest checkpoint of that moment lie in the backup, wherever the ledger's own are.
            settings = replace(settings, highest=path / "highest", server=None, highest_server=None)
        published = PublishedFolder(settings.log, prefix="log/")
        # A mirror stores nothing but the published files.
        return Source(text, published, None if settings.follow else stored_log(settings), settings)
    if (path / INCOMPLETE).is_file():
        raise LedgerError(
            f"{text}是一份没有完成的导出，不能核对。请再运行一次 yangguang export。",
            f"{text} is an export that was cut, and can't be verified. Run yangguang export again.",
        )
    for folder, prefix in ((path, ""), (path / "log", "log/")):
        if (folder / CHECKPOINT).is_file():
            return Source(text, PublishedFolder(folder, prefix=prefix))
    raise NotFoundError(
        f"{text}不是账本：既没有ledger.toml，也没有checkpoint或log/checkpoint。",
        f"{text} is not a ledger: it has no ledger.toml, no checkpoint and no log/checkpoint.",
    )


def open_site(url: str, *, deadline_seconds: float | None = None) -> PublishedSite:
    """The log that a site publishes. Raises NotFoundError where there is none, UnreachableError."""
    fetcher = Fetcher(deadline_seconds=deadline_seconds)
    base = url.rstrip("/")
    # The log prefix of a ledger's site is its address and "/log"; of any other tlog-tiles log, the address itself.
    prefixes = (base,) if base.endswith("/log") else (f"{base}/log", base)
    try:
        for prefix in prefixes:
            if _has_checkpoint(fetcher, prefix):
                return PublishedSite(prefix, fetcher)
    except LedgerError:
        fetcher.close()
        raise
    fetcher.close()
    raise NotFoundError(
        f"{url}没有公布账本：找不到{prefixes[0]}/checkpoint。",
        f"{url} publishes no ledger: there is no {prefixes[0]}/checkpoint.",
    )


def _has_checkpoint(fetcher: Fetcher, prefix: str) -> bool:
    try:
        fetcher.fetch(f"{prefix}/{CHECKPOINT}")
    except NotFoundError:
        return False
    return True


def _open_site(url: str) -> Source:
    try:
        return Source(url, open_site(url))
    except UnreachableError as error:
        raise NotFoundError(error.zh, error.en) from None
