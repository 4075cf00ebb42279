"""A witness cosigns only what contains what it cosigned before: every answer of C2SP tlog-witness, over real HTTP."""

import hashlib
import threading
from pathlib import Path

import httpx
import pytest

from ledger.errors import DuplicateError, InvalidKeyError, MalformedError, NotFoundError
from ledger.signing.cosignature import CosignatureSigner, cosigner_from_vkey, open_cosignatures
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.tlog.add_checkpoint import MAX_REQUEST_BYTES, AddCheckpoint, format_add_checkpoint, parse_size
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from ledger.tlog.merkle import EMPTY_ROOT
from ledger.tlog.note import VerifierKey, format_vkey, parse_note, sign_note
from tests.yangguang.witness.conftest import NAME, NOW, Running
from tests.yangguang.witness.logs import ORIGIN, Log
from yangguang.witness.witness import Witness, make_witness


def cosigned(running: Running, note: bytes, answer: httpx.Response) -> list[tuple[str, int]]:
    """Who cosigned the note in an answer, and when."""
    verifiers = [cosigner_from_vkey(vkey) for vkey in running.witness.vkeys]
    return [(found.name, found.time) for found in open_cosignatures(note + answer.content, verifiers)]


def test_a_log_that_only_grows_is_cosigned_at_each_size(running: Running, log: Log) -> None:
    for old, size in ((0, 3), (3, 3), (3, 4), (4, 16), (16, 20)):
        answer = running.add(log.request(old, size))
        assert answer.status_code == 200
        assert cosigned(running, log.note(size), answer) == [(NAME, NOW)]


def test_a_log_that_does_not_know_the_size_is_told_it(running: Running, log: Log) -> None:
    running.add(log.request(0, 7))
    for old in (0, 5, 8):
        answer = running.add(log.request(old, 9))
        assert (answer.status_code, answer.headers["content-type"], answer.content) == (409, "text/x.tlog.size", b"7\n")
        assert parse_size(answer.content) == 7


def test_a_second_history_is_not_cosigned(running: Running, log: Log) -> None:
    running.add(log.request(0, 7))
    fork = Log(20, mark="false")
    assert running.add(fork.request(7, 9)).status_code == 422
    assert running.add(fork.request(7, 7)).status_code == 422
    assert running.add(log.request(7, 9)).status_code == 200


def test_a_shorter_tree_is_never_cosigned_again(running: Running, log: Log) -> None:
    running.add(log.request(0, 9))
    assert running.add(log.request(0, 7)).status_code == 409
    assert running.add(log.request(7, 7)).status_code == 409
    assert running.add(log.request(9, 7)).status_code == 400


def test_an_unknown_log_is_not_found(running: Running) -> None:
    assert running.add(Log(5, origin="other.example/log").request(0, 5)).status_code == 404


def test_a_note_that_the_log_did_not_sign_is_forbidden(running: Running, log: Log) -> None:
    assert running.add(Log(20, seed=b"x" * 32).request(0, 5)).status_code == 403
    body = log.request(0, 5)
    flipped = body[:-3] + (b"A" if body[-3:-2] != b"A" else b"B") + body[-2:]
    assert running.add(flipped).status_code in {400, 403}
    assert running.add(body.replace(b"\n5\n", b"\n6\n")).status_code == 403


def test_proofs_that_do_not_fit_are_unprocessable(running: Running, log: Log) -> None:
    hashes = (bytes(32),)
    assert running.add(format_add_checkpoint(AddCheckpoint(0, hashes, log.note(5)))).status_code == 422
    assert running.add(log.request(0, 5)).status_code == 200
    assert running.add(format_add_checkpoint(AddCheckpoint(5, hashes, log.note(9)))).status_code == 422
    assert running.add(format_add_checkpoint(AddCheckpoint(5, (), log.note(9)))).status_code == 422
    assert running.add(format_add_checkpoint(AddCheckpoint(5, hashes, log.note(5)))).status_code == 422


def test_the_empty_tree_is_cosigned_only_with_its_root(running: Running, log: Log) -> None:
    text = format_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT))
    wrong = text.replace("47DE", "57DE")
    assert running.add(b"old 0\n\n" + sign_note(wrong, [log.signer])).status_code == 422
    assert running.add(b"old 0\n\n" + sign_note(text, [log.signer])).status_code == 200
    assert running.add(log.request(0, 5)).status_code == 200


MALFORMED = {
    "nothing": b"",
    "no old size": b"\n\n",
    "a word": b"new 0\n\n%s",
    "a leading zero": b"old 00\n\n%s",
    "a sign": b"old -1\n\n%s",
    "a hash of another length": b"old 0\nAA==\n\n%s",
    "a hash that is no base64": b"old 0\n!\n\n%s",
    "64 hashes": b"old 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n%s",
    "no empty line": b"old 0\n%s",
    "no note": b"old 0\n\n",
    "carriage returns": b"old 0\r\n\r\n%s",
    "bytes that are not text": b"old 0\n\n\xff\xfe%s",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_submission_is_a_bad_request(running: Running, log: Log, body: bytes) -> None:
    assert running.add(body.replace(b"%s", log.note(5))).status_code == 400


def test_floods_are_refused_without_being_read_to_the_end(running: Running, log: Log) -> None:
    line = log.note(5).rpartition(b"\n\n")[2]
    assert running.add(log.request(0, 5) + line * 2000).status_code == 400
    assert running.add(bytes(MAX_REQUEST_BYTES + 1)).status_code == 413
    assert running.add(log.request(0, 5)).status_code == 200


def test_of_many_submissions_at_once_one_is_cosigned_from_each_size(running: Running, log: Log) -> None:
    running.add(log.request(0, 4))
    statuses: list[int] = []
    barrier = threading.Barrier(12)

    def submit(size: int) -> None:
        with httpx.Client() as client:
            barrier.wait()
            answer = client.post(f"{running.url}/add-checkpoint", content=log.request(4, size))
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=submit, args=(size,)) for size in range(5, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 11


def test_a_witness_that_was_killed_stands_where_it_answered(running: Running, log: Log) -> None:
    running.add(log.request(0, 9))
    again = Witness(running.directory)  # another process would see the same: the file is all there is
    fork = Log(20, mark="false")
    assert [again.add_checkpoint(fork.request(old, 9)).status for old in (0, 9)] == [409, 422]
    assert again.add_checkpoint(log.request(9, 12)).status == 200
    assert running.add(log.request(9, 12)).content == b"12\n"
    again.close()


def test_a_cosignature_whose_answer_was_lost_is_given_again(running: Running, log: Log) -> None:
    running.witness.add_checkpoint(log.request(0, 6))  # stored, and then the machine went down before it answered
    assert running.add(log.request(0, 6)).content == b"6\n"
    again = running.add(log.request(6, 6))
    assert cosigned(running, log.note(6), again) == [(NAME, NOW)]


def test_a_crash_before_the_commit_leaves_the_witness_where_it_was(
    running: Running, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.add(log.request(0, 3))
    monkeypatch.setattr(PrivateKey, "sign", _crash)
    with pytest.raises(MemoryError):
        running.witness.add_checkpoint(log.request(3, 5))
    monkeypatch.undo()
    assert running.add(log.request(3, 4)).status_code == 200


def _crash(*_: object) -> bytes:
    raise MemoryError


def test_a_cosignature_is_never_dated_before_the_last(tmp_path: Path, log: Log) -> None:
    make_witness(tmp_path / "w", NAME)
    times = iter([100, 50, 200])
    witness = Witness(tmp_path / "w", clock=lambda: next(times))
    witness.watch(log.vkey)
    verifiers = [cosigner_from_vkey(vkey) for vkey in witness.vkeys]
    found = []
    for old, size in ((0, 3), (3, 4), (4, 5)):
        answer = witness.add_checkpoint(log.request(old, size))
        found += [each.time for each in open_cosignatures(log.note(size) + answer.body, verifiers)]
    assert found == [100, 100, 200]
    witness.close()


def test_monitors_read_the_newest_cosigned_checkpoint(running: Running, log: Log) -> None:
    path = f"{running.url}/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert running.client.get(path).status_code == 404
    running.add(log.request(0, 3))
    answer = running.add(log.request(3, 8))
    found = running.client.get(path)
    assert (found.status_code, found.content) == (200, log.note(8) + answer.content)
    assert parse_checkpoint(parse_note(found.content).text).tree_size == 8
    assert running.client.get(f"{running.url}/{'0' * 64}/checkpoint").status_code == 404
    assert NAME in running.client.get(running.url).text


def test_lines_by_others_are_neither_read_nor_kept(running: Running, log: Log) -> None:
    stranger = CosignatureSigner("stranger.example", PrivateKey.from_seed(b"s" * 32), clock=lambda: 1)
    text = parse_note(log.note(5)).text
    answer = running.add(b"old 0\n\n" + sign_note(text, [stranger, log.signer]))
    assert answer.status_code == 200
    assert b"stranger" not in running.witness.latest(f"{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint")


def test_a_log_with_another_key_is_watched_by_both_until_one_is_dropped(running: Running, log: Log) -> None:
    newer = Log(20, seed=b"n" * 32)
    assert running.witness.watch(newer.vkey) == ORIGIN
    assert running.add(log.request(0, 3)).status_code == 200
    assert running.add(newer.request(3, 5)).status_code == 200
    running.witness.store.drop_log_key(log.vkey)
    assert running.add(log.request(5, 6)).status_code == 403
    with pytest.raises(NotFoundError):
        running.witness.store.drop_log_key(log.vkey)
    with pytest.raises(DuplicateError):
        running.witness.watch(newer.vkey)


def test_a_witness_may_cosign_with_both_algorithms(tmp_path: Path, log: Log) -> None:
    make_witness(tmp_path / "w", NAME, ml_dsa=True)
    witness = Witness(tmp_path / "w", clock=lambda: NOW)
    witness.watch(log.vkey)
    answer = witness.add_checkpoint(log.request(0, 3))
    verifiers = [cosigner_from_vkey(vkey) for vkey in witness.vkeys]
    assert [verifier.verifier_key.algorithm for verifier in verifiers] == [4, 6]
    assert len(open_cosignatures(log.note(3) + answer.body, verifiers)) == 2
    # Extension lines are nothing that ML-DSA-44 could cover, so the other line stands alone.
    text = parse_note(log.note(5)).text + "extension\n"
    proof = log.request(3, 5).partition(b"\n\n")[0]
    answer = witness.add_checkpoint(proof + b"\n\n" + sign_note(text, [log.signer]))
    assert (answer.status, answer.body.count(b"\n")) == (200, 1)
    witness.close()


def test_a_log_may_be_watched_by_its_ml_dsa_key(tmp_path: Path) -> None:
    make_witness(tmp_path / "w", NAME)
    witness = Witness(tmp_path / "w")
    key = CosignatureSigner(ORIGIN, MlDsaPrivateKey.from_seed(b"m" * 32), clock=lambda: 5)
    witness.watch(format_vkey(key.verifier_key))
    note = sign_note(parse_note(Log(4).note(4)).text, [key])
    assert witness.add_checkpoint(b"old 0\n\n" + note).status == 200
    witness.close()


def test_a_witness_is_made_once_and_with_a_name_that_fits(tmp_path: Path) -> None:
    make_witness(tmp_path / "w", NAME)
    with pytest.raises(DuplicateError):
        make_witness(tmp_path / "w", "other")
    for name in ("", "a b", "a+b", 'a"b'):
        with pytest.raises(MalformedError):
            make_witness(tmp_path / "x", name)
    with pytest.raises(NotFoundError):
        Witness(tmp_path / "none")
    witness = Witness(tmp_path / "w")
    with pytest.raises(InvalidKeyError, match="not a sound"):
        witness.watch(format_vkey(VerifierKey(ORIGIN, 1, bytes(32))))
    witness.close()
