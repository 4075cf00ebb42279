"""A site that answers tests: what is on its disk, and how to ask it, byte by byte where the spelling matters."""

import asyncio
import html
import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from fastapi import FastAPI

from ledger.founding import AdminKey, Founding, found
from ledger.publishing.publisher import Publisher
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import format_vkey, sign_note
from ledger.tlog.tile import Tile, format_bundle, tile_bytes, tiles_of_size
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from public_site.visit import ReadText
from tests.projections.book import ORIGIN as LOG_ORIGIN
from tests.projections.book import Book
from tests.projections.small_log import policy

ORIGIN = "https://ledger.example"
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Served:
    """One site over one folder."""

    app: FastAPI
    views: Path
    log: Path

    def get(self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
        """The answer to one request."""

        async def ask() -> httpx.Response:
            async with self._client() as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    def raw(self, raw_path: bytes, *, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a path exactly as it stands on the wire; nothing is normalised."""
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "https",
            "path": unquote(raw_path.decode("latin-1"), errors="replace"), "raw_path": raw_path, "query_string": b"",
            "root_path": "", "headers": [(b"host", b"ledger.example")], "client": None, "server": None,
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], names, b"".join(message.get("body", b"") for message in sent[1:])

    def seen(self, path: str) -> httpx.Response:
        """The answer of the walk, where it came by that address."""
        return self.pages.get(path) or self.get(path)

    @cached_property
    def pages(self) -> dict[str, httpx.Response]:
        """Every page that can be reached from the first one by links, by its path, the first included."""
        return asyncio.run(self._walk())

    async def _walk(self) -> dict[str, httpx.Response]:
        found: dict[str, httpx.Response] = {}
        waiting = ["/ask?about=/how-much", "/"]
        async with self._client() as client:
            while waiting:
                path = waiting.pop()
                if path not in found:
                    found[path] = await client.get(path)
                    waiting += [link for link in links_of(found[path]) if link not in found]
        return found


def afresh(path: str) -> str:
    """An address of the same page that the site has not in memory."""
    return f"{path}{'&' if '?' in path else '?'}afresh={next(NUMBERS)}"


def links_of(answer: httpx.Response) -> list[str]:
    """The addresses within the site that an HTML answer names, without fragments.

    Left out are the form, which every page opens with its own address, and the entries behind figures of earlier
    sizes, which are the same pages as today's many times over.
    """
    if not answer.headers["content-type"].startswith("text/html"):
        return []
    found = (html.unescape(link).partition("#")[0] for link in re.findall(r'(?:href|src)="([^"]*)"', answer.text))
    return [link for link in found if link and not re.match(r"/ask\?|/as-of/\d+/(?:audit|.*\?page=)", link)]


def words_of(markup: str) -> str:
    """What a reader sees, tags gone."""
    shown = re.sub(r"<[^>]*>", "", re.sub(r"<(svg|title)\b.*?</\1>", "", markup, flags=re.DOTALL))
    return re.sub(r"\s+", " ", html.unescape(shown)).strip()


def serve(folder: Path, log: Path, read_text: ReadText | None = None) -> Served:
    """Folds the published log at ``log`` and serves it."""
    views = folder / "views" / "views.sqlite3"
    runner = Runner(views, LogFolderSource(log))
    runner.run_once()
    runner.close()
    return Served(create_site(views, log, origin_url=ORIGIN, read_text=read_text), views, log)


def publish_book(book: Book, log: Path) -> None:
    """All files of a log made by hand, with a checkpoint that its own key signed."""
    for tile in tiles_of_size(book.size()):
        path = log / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        first = tile.index * 256
        entries = book.entries[first : first + tile.width]
        path.write_bytes(format_bundle(entries) if tile.level == Tile.ENTRIES else tile_bytes(tile, book.tree))
    rotations = len(book.find("ledger.log_key_rotated"))
    signers = [Ed25519NoteSigner(LOG_ORIGIN, book.key(f"log {place}")) for place in range(rotations, -1, -1)]
    text = format_checkpoint(Checkpoint(LOG_ORIGIN, book.size(), book.root()))
    (log / "checkpoint").write_bytes(sign_note(text, signers[:1]))
    vkeys = "".join(f"{format_vkey(signer.verifier_key)}\n" for signer in signers)
    (log / "vkey").write_text(vkeys, encoding="utf-8")


def found_ledger(directory: Path, log: Path) -> None:
    """A real ledger with entry 0 alone, published as it is in operation."""
    keys = [PrivateKey.from_seed(bytes([place]) * 32) for place in range(1, 5)]
    rules = {name: value for name, value in policy(Book()).items() if name != "admins"}
    founding = Founding(
        origin="ledger.example/new",
        admins=[AdminKey(key, ("govern", "register")) for key in keys[1:]],
        policy={**rules, "quorum": 2},
        demonstration=True,
        occurred_on=date(2022, 4, 1),
    )
    moment = datetime(2022, 4, 1, 1, tzinfo=UTC)
    ledger = found(directory, founding, log_key=keys[0], clock=lambda: moment, random=lambda size: b"\7" * size)
    Publisher(ledger.store, log, vkey=ledger.settings.vkey).publish()
    ledger.close()
