"""Where the five pages are read from: a site over HTTP, or a folder that ``yangguang export`` wrote."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ledger.domain.disclosure import QUESTIONS
from ledger.errors import LedgerError, MalformedError, NotFoundError, TooLargeError
from yangguang.figures_audit.compare import ReadPage

MAX_PAGE_BYTES = 4 * 1024 * 1024
PAUSE_SECONDS, DEADLINE_SECONDS = 30.0, 120.0


@contextmanager
def site_at(place: str) -> Iterator[ReadPage]:
    """The pages of a site's address or of an exported folder. Raises NotFoundError for a folder without pages."""
    if place.startswith(("http://", "https://")):
        base = place.rstrip("/").removesuffix("/log")
        with httpx.Client(timeout=PAUSE_SECONDS, headers={"User-Agent": "yangguang-audit"}) as client:
            yield lambda name: _text(_fetched(client, f"{base}/{name}"), name)
        return
    folder = Path(place)
    if not has_pages(folder):
        raise NotFoundError(f"{place}里没有网页。", f"There are no pages in {place}.")
    yield lambda name: _text(_file(folder, name), name)


def taken(place: str) -> ReadPage:
    """The five pages as they are now, read at once: what is read of the log after this covers all they show."""
    found: dict[str, str | LedgerError] = {}
    with site_at(place) as read_page:
        for question in QUESTIONS:
            name = question.replace("_", "-")
            try:
                found[name] = read_page(name)
            except LedgerError as error:
                found[name] = error

    def read(name: str) -> str:
        page = found[name]
        if isinstance(page, LedgerError):
            raise page
        return page

    return read


def has_pages(folder: Path) -> bool:
    """Whether a folder is an exported site."""
    return (folder / "how-much" / "index.html").is_file()


def _fetched(client: httpx.Client, url: str) -> bytes:
    """The body of a page that a site, which may be hostile, answers with: bounded in bytes and in time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    body = b""
    try:
        with client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                status = response.status_code
                raise LedgerError(f"{url}回答了{status}，不是网页。", f"{url} answered {status}, no page.")
            for part in response.iter_bytes(65_536):
                body += part
                if len(body) > MAX_PAGE_BYTES:
                    raise TooLargeError("网页", "page", len(body), MAX_PAGE_BYTES)
                if time.monotonic() > deadline:
                    raise LedgerError(f"{url}没有及时答完。", f"{url} did not finish in time.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LedgerError(f"读不到{url}（{error}）。", f"Cannot reach {url} ({error}).") from None
    return body


def _file(folder: Path, name: str) -> bytes:
    try:
        with (folder / name / "index.html").open("rb") as file:
            data = file.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        raise LedgerError(f"读不到{name}：{error.strerror}。", f"Cannot read {name}: {error.strerror}.") from None
    if len(data) > MAX_PAGE_BYTES:
        raise TooLargeError("网页", "page", len(data), MAX_PAGE_BYTES)
    return data


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedError(f"{name}不是UTF-8文字。", f"{name} is not UTF-8.") from None
