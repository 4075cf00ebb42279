"""Every byte of a small ledger, changed one at a time: no change goes unseen, and a changed entry is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit.published import PublishedFolder
from ledger.audit.source import Source
from ledger.audit.stored import StoredEntry, StoredLog
from ledger.audit.verify import Options, verify
from ledger.errors import LedgerError
from ledger.settings import load_settings
from ledger.signing.keys import PrivateKey
from tests.ledger.audit.conftest import Files, audit, first_index, payload_of, published, stored, tamper, with_payload
from tests.ledger.small_ledger import ORIGIN

LOG_KEY = PrivateKey.from_seed(b"l" * 32)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


@pytest.mark.usefixtures("remembered")
def test_every_flipped_byte_of_every_published_file_is_a_finding(eight: Path) -> None:
    good = published(stored(eight), origin=ORIGIN, log_key=LOG_KEY)
    assert verify(good.source).verdict == "good"
    unseen = [
        (path, place)
        for path, data in good.content.items()
        for place in range(len(data))
        if verify(Files({**good.content, path: flipped(data, place)}).source).exit_code != 1
    ]
    assert unseen == []


class FlippedStore(StoredLog):
    """A store in which one entry's bytes are others."""

    def __init__(self, path: Path, index: int, state: bytes) -> None:
        super().__init__(path)
        self._flipped = (index, state)

    def entries(self, start: int, stop: int) -> dict[int, StoredEntry]:
        rows = super().entries(start, stop)
        index, state = self._flipped
        if index in rows:
            rows[index] = replace(rows[index], state=state)
        return rows


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("index", [4, 7])
def test_every_flipped_byte_of_a_stored_entry_is_named_by_its_index(eight: Path, index: int) -> None:
    settings, state = load_settings(eight), stored(eight)[index]
    folder = PublishedFolder(settings.log, prefix="log/")
    for place in range(len(state)):
        store = FlippedStore(settings.database, index, flipped(state, place))
        source = Source("flipped", folder, store, settings)
        report = verify(source, Options())
        source.close()
        assert first_index(report) == index, place


def test_flipped_byte_in_the_database_itself_is_named_by_its_index(
    ledger_directory: Path, entries: list[bytes]
) -> None:
    for index in (0, 17, len(entries) - 1):
        state = entries[index]
        statement = (
            "UPDATE stored_events SET state=? WHERE (originator_id, originator_version) ="
            " (SELECT originator_id, originator_version FROM leaves WHERE entry_index=?)"
        )
        tamper(ledger_directory, (statement, (flipped(state, len(state) // 2), index)))
        report = audit(ledger_directory)
        assert {finding.index for finding in report.findings} == {index}
        tamper(ledger_directory, (statement, (state, index)))
    assert audit(ledger_directory).verdict == "good"


def test_changed_amount_is_said_to_have_been_changed_after_signing(
    ledger_directory: Path, entries: list[bytes]
) -> None:
    index = next(place for place, entry in enumerate(entries) if _is_gift(entry))
    changed = with_payload(entries[index], b'"amount_fen":100000', b'"amount_fen":900000')
    statement = "UPDATE stored_events SET state=? WHERE state=?"
    tamper(ledger_directory, (statement, (changed, entries[index])))
    finding = audit(ledger_directory).findings[0]
    assert finding.to_json() == {
        "index": index,
        "code": "bad-signature",
        "sentence": (
            f"第{index}条的内容与签名不符：这条在签署之后被改动过。"
            f" Entry {index} does not match its signature: it was changed after it was signed."
        ),
    }


def test_every_flipped_page_of_the_database_is_a_finding_and_never_a_traceback(ledger_directory: Path) -> None:
    path = ledger_directory / "ledger.sqlite3"
    good = path.read_bytes()
    for start in range(0, len(good), 4096):
        path.write_bytes(good[:start] + bytes(len(good[start : start + 4096])) + good[start + 4096 :])
        try:
            verdict = audit(ledger_directory).verdict
        except LedgerError as error:
            pytest.fail(f"page {start // 4096}: {error}")
        assert verdict == "finding", start // 4096
    path.write_bytes(good)


def _is_gift(entry: bytes) -> bool:
    return b'"type":"donation.received"' in payload_of(entry)
