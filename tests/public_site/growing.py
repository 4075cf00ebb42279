"""A log that grows under a site that remembers its pages, and a site that makes every page afresh beside it."""

from collections.abc import Iterable
from pathlib import Path

from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from public_site.kept import Made
from public_site.pages.routes import PAGES
from public_site.presenters import words
from tests.projections.book import Book
from tests.public_site.served import ORIGIN, Served, publish_book

NEVER_KEPT = ("/search", "/ask", "/disclosures/{digest}")
AUDITS = ("/audit?page=2", "/audit?what=donation", "/audit?figure=balance.received", "/how-much?page=2")


class Growing:
    """``remembering`` stays from size to size; ``again`` counts its pages that were still good and that were not."""

    def __init__(self, folder: Path, book: Book) -> None:
        self._log, self._views = folder / "log", folder / "views" / "views.sqlite3"
        self._book = book
        self.again = {True: 0, False: 0}
        self.grow(1)
        app = create_site(self._views, self._log, origin_url=ORIGIN)
        asked, app.memory.again = app.memory.again, self._counted
        self._asked = asked
        self.remembering = Served(app, self._views, self._log)

    def _counted(self, made: Made) -> bytes | None:
        found = self._asked(made)
        self.again[found is not None] += 1
        return found

    def grow(self, size: int) -> None:
        """Publishes and folds the log as it was at ``size``."""
        publish_book(self._book.prefix(size), self._log)
        runner = Runner(self._views, LogFolderSource(self._log))
        runner.run_once()
        runner.close()

    def differing(self, paths: Iterable[str]) -> list[str]:
        """Which pages the memory answers otherwise than a site that has none."""
        fresh = Served(create_site(self._views, self._log, origin_url=ORIGIN), self._views, self._log)
        return [path for path in paths if self.remembering.get(path).text != fresh.get(path).text]


def sample(book: Book, as_of: int | None = None) -> list[str]:
    """An address under every route: first and last record of each kind, entries, lists and their later pages."""
    records: dict[str, list[str]] = {}
    for raw in book.entries:
        kind, _, uuid = parse_payload(parse_entry(raw).envelope.payload, assigned=False).record.partition("/")
        records.setdefault(kind, []).append(uuid)
    found = [path for path, _ in PAGES if "{" not in path and path not in NEVER_KEPT] + list(AUDITS)
    for kind, uuids in records.items():
        if kind in words.PATHS:
            found += [f"/{words.PATHS[kind]}/{uuid}" for uuid in dict.fromkeys((uuids[0], uuids[-1]))]
    found += [f"/entries/{index}" for index in (0, 1, book.size() // 2, book.size() - 1)]
    if as_of is not None:
        found += [f"/as-of/{as_of}{rest}" for rest in ("", "/how-much", "/how-much/changes")]
    return found
