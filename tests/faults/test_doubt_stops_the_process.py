"""When nobody can know whether a commit reached the disk, the process ends; everything milder leaves it readable."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from ledger.api.app import create_api
from ledger.application import Ledger
from ledger.committer import Committer
from ledger.domain.drafting import Standpoint
from ledger.errors import ClockBehindError, ReadOnlyError, WrongTreeError
from ledger.opening import Submission
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from ledger.store.highest import HighestCheckpoint
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from tests.faults.author import Author, found_ledger, receipt_bytes, wire
from tests.faults.serving import free_port, serving, start_serving
from tests.ledger.small_ledger import ORIGIN, SmallLedger
from yangguang.serving import ByPath
from yangguang.writing import DOUBT

PATIENCE = 30
SENTENCE = "记账时出错，不知道是否已记入，已停止记账。"
READS = ("/api/head", "/api/docs", "/log/checkpoint", "/", "/where")


def stopping(small: SmallLedger) -> tuple[Committer, list[ReadOnlyError]]:
    reasons: list[ReadOnlyError] = []
    return Committer(small.ledger, on_doubt=reasons.append), reasons


def break_commits(small: SmallLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(small.ledger.store, "append", fail)


def test_a_failed_commit_is_doubt_said_once_after_everyone_has_an_answer(
    small: SmallLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = [small.place() for _ in range(3)]
    break_commits(small, monkeypatch)
    committer, reasons = stopping(small)
    answers = [committer.submit(submission).result(PATIENCE) for submission in submissions]
    committer.close()
    assert all(isinstance(answer, ReadOnlyError) for answer in answers)
    assert [reason.zh for reason in reasons] == [small.ledger.read_only.zh if small.ledger.read_only else ""]


def test_a_failed_batch_is_doubt_too(small: SmallLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    submissions = [small.place(), small.place()]
    monkeypatch.setattr(small.ledger._highest, "advance", refuse_to_advance)
    committer, reasons = stopping(small)
    with pytest.raises(ReadOnlyError):
        committer.submit_together(submissions).result(PATIENCE)
    committer.close()
    assert len(reasons) == 1


def refuse_to_advance(*_: object) -> None:
    raise ReadOnlyError("最高签章已被别的进程改动。", "Another process moved the highest checkpoint.")


def test_a_refusal_or_a_clock_that_is_behind_is_no_doubt(small: SmallLedger) -> None:
    small.fill(1)
    stranger, submission = small.place(standpoint=Standpoint(ORIGIN, 1, bytes(32))), small.place()
    committer, reasons = stopping(small)
    assert isinstance(committer.submit(stranger).result(PATIENCE), WrongTreeError)
    small.clock.now -= timedelta(days=2)
    assert isinstance(committer.submit(submission).result(PATIENCE), ClockBehindError)
    small.clock.now += timedelta(days=2)
    assert isinstance(committer.submit(submission).result(PATIENCE), Receipt)
    committer.close()
    assert reasons == []


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_sync_that_fails_ends_the_server_and_the_same_envelope_is_one_event_after_it(
    tmp_path: Path, processes: str
) -> None:
    ledger = found_ledger(tmp_path / "ledger")
    author, port = Author(ledger), free_port()
    ledger.close()
    wal = tmp_path / "ledger" / "ledger.sqlite3-wal"
    failing = ["strace", "-f", "-o", "/dev/null", "-P", str(wal), "-e", "inject=fsync,fdatasync:error=EIO:when=5+"]
    process = start_serving(tmp_path / "ledger", port, "--role", "staff", "--processes", processes, before=failing)
    receipts, submissions = {}, [author.place() for _ in range(10)]
    for submission in submissions:
        try:
            answer = httpx.post(f"http://127.0.0.1:{port}/api/events", content=wire(submission))
        except httpx.TransportError:
            break
        if answer.status_code != 201:
            assert answer.status_code >= 500
            break
        receipts[submission.envelope.event_id] = answer.content
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == DOUBT
    assert said.decode().splitlines()[-1].startswith(SENTENCE)
    assert 0 < len(receipts) < len(submissions)
    check_reopened(tmp_path / "ledger", submissions, receipts)


def check_reopened(directory: Path, submissions: list[Submission], receipts: dict[str, bytes]) -> None:
    ledger = Ledger.open(directory)
    for event_id, receipt in receipts.items():
        assert receipt_bytes(ledger.receipt(event_id)) == receipt
    assert all(isinstance(outcome, Receipt) for outcome in ledger.admit(submissions))
    assert ledger.head().size == 1 + len(submissions)
    ledger.close()


def check_refused_and_read(url: str, body: bytes, slug: str) -> str:
    """A 503 problem document for a submission, while everything can still be read; its sentence."""
    answer = httpx.post(f"{url}/api/events", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "60"
    document = answer.json()
    assert document["type"] == f"urn:yangguang:problem:{slug}"
    for path in READS:
        assert httpx.get(url + path).status_code == 200, path
    return str(document["detail"])


def test_a_store_behind_the_highest_checkpoint_is_served_for_reading_and_says_what_is_missing(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    ledger = found_ledger(directory)
    author = Author(ledger)
    kept = author.place()
    ledger.admit([kept])
    ledger.close()
    backup = (directory / "ledger.sqlite3").read_bytes()
    ledger = Ledger.open(directory)
    ledger.admit([author.place(), author.place()])
    published = Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey)
    assert published.publish() == 4
    ledger.close()
    (directory / "ledger.sqlite3").write_bytes(backup)
    port = free_port()
    process = start_serving(directory, port)
    url = f"http://127.0.0.1:{port}"
    try:
        sentence = check_refused_and_read(url, wire(author.place()), "read-only")
        assert "最高签章在第4条，库里只有2条" in sentence
        assert httpx.get(f"{url}/api/events/{kept.envelope.event_id}").status_code == 200
        assert httpx.get(f"{url}/log/checkpoint").content == HighestCheckpoint(directory / "highest").note()
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def site(small: SmallLedger) -> Iterator[str]:
    """The URL of a small ledger's API and pages, over one entry beside entry 0."""
    small.fill(1)
    settings = small.ledger.settings
    Publisher(small.ledger.store, settings.log, vkey=settings.vkey).publish()
    settings.views.parent.mkdir()
    runner = Runner(settings.views, LogFolderSource(settings.log))
    runner.run_once()
    runner.close()
    committer = Committer(small.ledger)
    api = create_api(small.ledger, committer, clock=small.clock, random=small.random)
    with serving(ByPath(api, create_site(settings.views, settings.log))) as url:
        yield url
    committer.close()


def test_a_clock_that_went_back_stops_recording_until_it_is_right_again(small: SmallLedger, site: str) -> None:
    body = wire(small.place())
    small.clock.now -= timedelta(days=2)
    sentence = check_refused_and_read(site, body, "clock-behind")
    assert "时钟" in sentence
    assert small.ledger.head().size == 2
    small.clock.now += timedelta(days=2)
    first = httpx.post(f"{site}/api/events", content=body)
    again = httpx.post(f"{site}/api/events", content=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
