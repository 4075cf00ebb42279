"""Where the five pages are read from: a site over HTTP, or a folder that ``yangguang export`` wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.audit.published import fetch, new_client
from ledger.errors import LedgerError, MalformedError, NotFoundError
from yangguang.figures_audit.compare import ReadPage

MAX_PAGE_BYTES = 4 * 1024 * 1024


@contextmanager
def site_at(place: str) -> Iterator[ReadPage]:
    """The pages of a site's address or of an exported folder. Raises NotFoundError for a folder without pages."""
    if place.startswith(("http://", "https://")):
        base = place.rstrip("/").removesuffix("/log")
        client = new_client()
        try:
            yield lambda name: _text(fetch(client, f"{base}/{name}"), name)
        finally:
            client.close()
        return
    folder = Path(place)
    if not has_pages(folder):
        raise NotFoundError(f"{place}里没有网页。", f"There are no pages in {place}.")
    yield lambda name: _text(_file(folder, name), name)


def has_pages(folder: Path) -> bool:
    """Whether a folder is an exported site."""
    return (folder / "how-much" / "index.html").is_file()


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name / "index.html").read_bytes()
    except OSError as error:
        raise LedgerError(f"读不到{name}：{error.strerror}。", f"Cannot read {name}: {error.strerror}.") from None


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_PAGE_BYTES:
        raise MalformedError(f"{name}太大，不是本站的网页。", f"{name} is too large to be one of our pages.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedError(f"{name}不是UTF-8文字。", f"{name} is not UTF-8.") from None
