"""Where an audit may read from: sites over real HTTP, folders, and clear words for anything else."""

import socket
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ledger.audit.fetching import Fetcher
from ledger.audit.published import PublishedSite
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import LedgerError, NotFoundError
from ledger.signing.keys import PrivateKey
from ledger.tlog.tile import Tile
from tests.ledger.audit.conftest import audit, codes, first_index, published, with_payload
from tests.ledger.world import ORIGIN


class QuietHandler(SimpleHTTPRequestHandler):
    """A folder over HTTP; ``/broken`` answers 500."""

    def do_GET(self) -> None:
        if self.path.startswith("/broken"):
            self.send_error(500)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address it is served at."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_site_is_read_under_its_log_prefix(served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey) -> None:
    folder, url = served
    published(entries, origin=ORIGIN, log_key=log_key).write(folder / "log")
    for address in (url, f"{url}/", f"{url}/log"):
        report = audit(address)
        assert (report.verdict, report.size, report.origin) == ("good", len(entries), ORIGIN)


def test_log_that_is_its_own_prefix_is_read_too(
    served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey
) -> None:
    folder, url = served
    published(entries, origin=ORIGIN, log_key=log_key).write(folder)
    assert audit(url).verdict == "good"


def test_changed_entry_is_named_over_http(served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey) -> None:
    folder, url = served
    false = [*entries[:9], with_payload(entries[9], b'"schema":1', b'"schema":2'), *entries[10:]]
    published(false, origin=ORIGIN, log_key=log_key).write(folder / "log")
    assert first_index(audit(url)) == 9


def test_partial_tile_that_gave_way_to_a_full_one_is_cut_from_it(served: tuple[Path, str], log_key: PrivateKey) -> None:
    folder, url = served
    made = [b"entry %d" % number for number in range(256)]
    published(made, origin=ORIGIN, log_key=log_key).write(folder / "log")
    part = published(made[:200], origin=ORIGIN, log_key=log_key).content
    site = PublishedSite(f"{url}/log", Fetcher())
    for tile in (Tile(0, 0, 200), Tile(Tile.ENTRIES, 0, 200)):
        assert site.read_tile(tile) == part[tile.path]
    site.close()


def test_missing_tile_is_a_finding_over_http(
    served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey
) -> None:
    folder, url = served
    files = published(entries, origin=ORIGIN, log_key=log_key)
    del files.content[f"tile/0/000.p/{len(entries)}"]
    files.write(folder / "log")
    assert codes(audit(url)) == ["missing-file"]


def test_signature_lines_by_others_are_tolerated_over_http_alone(
    served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey
) -> None:
    folder, url = served
    files = published(entries, origin=ORIGIN, log_key=log_key)
    files.content["checkpoint"] += "— witness.example AAAAAAAA\n".encode()
    files.write(folder / "log")
    assert audit(url).verdict == "good"
    assert codes(audit(folder)) == ["bad-checkpoint"]


def test_site_that_serves_no_key_file_is_good_and_a_folder_without_one_is_not(
    served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey
) -> None:
    folder, url = served
    files = published(entries, origin=ORIGIN, log_key=log_key)
    del files.content["vkey"]
    files.write(folder / "log")
    assert audit(url).verdict == "good"
    assert codes(audit(folder)) == ["missing-file"]


def test_site_that_stops_answering_ends_the_audit_without_a_verdict(
    served: tuple[Path, str], entries: list[bytes], log_key: PrivateKey
) -> None:
    folder, url = served
    published(entries, origin=ORIGIN, log_key=log_key).write(folder / "log")
    source = open_source(url)
    assert isinstance(source.published, PublishedSite)
    source.published._url = f"{url}/broken"
    with pytest.raises(LedgerError, match="answered 500"):
        verify(source, Options())
    source.close()


def test_site_without_a_ledger_is_said_to_have_none(served: tuple[Path, str]) -> None:
    with pytest.raises(NotFoundError, match="publishes no ledger"):
        open_source(served[1])


def test_address_where_nobody_answers_is_said_to_be_out_of_reach() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotFoundError, match="Cannot reach"):
        open_source(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["http://", "http://[", "https://no host/"])
def test_address_that_is_none_is_said_to_be_out_of_reach(url: str) -> None:
    with pytest.raises(NotFoundError):
        open_source(url)


def test_folder_that_is_no_ledger_is_said_to_be_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path(__file__)):
        with pytest.raises(NotFoundError, match="is not a ledger"):
            open_source(str(path))


@pytest.mark.parametrize("note", [b"", b"<html>", b"x\n1\nAAAA\n\n", bytes(2_000_000)])
def test_checkpoint_that_is_none_is_a_finding(tmp_path: Path, note: bytes) -> None:
    (tmp_path / "checkpoint").write_bytes(note)
    assert "bad-checkpoint" in codes(audit(tmp_path))


def test_empty_log_has_nothing_to_verify(tmp_path: Path, log_key: PrivateKey) -> None:
    published([], origin=ORIGIN, log_key=log_key).write(tmp_path)
    assert "empty-log" in codes(audit(tmp_path))
