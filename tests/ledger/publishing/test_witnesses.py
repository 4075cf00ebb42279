"""What a log makes of its witnesses' answers: true cosignatures are kept, lies dropped, a fork is not overlooked."""

import json
import socket
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from ledger.errors import BadSignatureError, MalformedError
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.publisher import Publisher
from ledger.publishing.witnesses import Pace, Witnesses
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.quorum import witnessing_of
from ledger.tlog.add_checkpoint import format_size, parse_add_checkpoint
from ledger.tlog.alarm import Alarm, Kind, format_alarms, parse_alarms
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import check_consistency, leaf_hash
from ledger.tlog.note import Note, format_note, format_vkey, parse_note
from ledger.tlog.policy import parse_policy
from tests.ledger.publishing.witnessed import LOG, NOW, Asked, Handler, cosigner, lines, old_in, policy_of, text_in
from tests.ledger.small_ledger import SmallLedger
from tests.yangguang.witness.conftest import answering
from yangguang.witness.app import create_witness
from yangguang.witness.witness import Witness, make_witness


def honest(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=lines(text_in(request), cosigner(1)))


def sized(size: int) -> httpx.Response:
    return httpx.Response(409, content=format_size(size), headers={"content-type": "text/x.tlog.size"})


def stands_at(size: int) -> Handler:
    """A witness that cosigned a size before, and answers to nothing else."""
    return lambda request: honest(request) if old_in(request) == size else sized(size)


def test_a_true_cosignature_stands_under_the_published_checkpoint(tmp_path: Path) -> None:
    asked = Asked(tmp_path, honest)
    assert asked.ask()
    assert dict(witnessing_of(asked.published, asked.policy).times) == {"W1": NOW}
    assert asked.published.startswith(asked.note())
    assert (tmp_path / "quorum").read_bytes() == asked.published
    assert str(asked.requests[0].url) == "https://w1.example/add-checkpoint"


def test_a_log_that_does_not_know_where_a_witness_stands_learns_it_and_proves_the_rest(tmp_path: Path) -> None:
    asked = Asked(tmp_path, stands_at(5))
    assert asked.ask()
    assert [old_in(request) for request in asked.requests] == [0, 5]
    proof = parse_add_checkpoint(asked.requests[1].content).proof
    check_consistency(5, 8, old_root=asked.tree.root(5), new_root=asked.tree.root(8), proof=proof)
    asked.handler = honest
    asked.grow(11)
    assert asked.ask()
    assert [old_in(request) for request in asked.requests] == [0, 5, 8]


def test_a_witness_asked_again_later_says_that_the_log_is_still_the_same(tmp_path: Path) -> None:
    asked = Asked(tmp_path, honest)
    asked.ask()
    asked.now = NOW + 3600
    asked.handler = lambda request: httpx.Response(200, content=lines(text_in(request), cosigner(1, time=NOW + 3600)))
    assert asked.ask()
    assert parse_add_checkpoint(asked.requests[1].content).proof == ()
    assert witnessing_of(asked.published, asked.policy).since == NOW + 3600


def lying(request: httpx.Request, kind: str) -> bytes:
    text = text_in(request)
    other_key = CosignatureSigner("w1.example", PrivateKey.from_seed(b"z" * 32), clock=lambda: NOW)
    forged = lines(text, cosigner(1)).replace(b"w1.example", b"w2.example")
    return {
        "another key under its name": lines(text, other_key),
        "a line over another size": lines(text.replace("\n8\n", "\n9\n"), cosigner(1)),
        "a line from the future": lines(text, cosigner(1, time=NOW + 86400)),
        "another's name": forged,
        "nothing": b"",
        "no signature lines": b"thank you\n",
        "half a line": lines(text, cosigner(1))[:-1],
        "thousands of lines": lines(text, cosigner(1)) * 5000,
        "ten megabytes": b"x" * 10_000_000,
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        *("another key under its name", "a line over another size", "a line from the future", "another's name"),
        *("nothing", "no signature lines", "half a line", "thousands of lines", "ten megabytes"),
    ],
)
def test_a_lying_witness_leaves_nothing_behind(tmp_path: Path, kind: str) -> None:
    asked = Asked(tmp_path, lambda request: httpx.Response(200, content=lying(request, kind)))
    assert not asked.ask()
    assert asked.published == asked.note()
    assert list(tmp_path.iterdir()) == []


def test_an_old_cosignature_sent_again_does_not_take_the_place_of_a_newer_one(tmp_path: Path) -> None:
    asked = Asked(tmp_path, honest)
    asked.ask()
    before = asked.published
    asked.handler = lambda request: httpx.Response(200, content=lines(text_in(request), cosigner(1, time=NOW - 500)))
    assert not asked.ask()
    assert asked.published == before


def test_good_lines_are_kept_beside_bad_ones_and_strangers(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        wrong = lines(text_in(request).replace("\n8\n", "\n9\n"), cosigner(1))
        return httpx.Response(200, content=wrong + lines(text_in(request), cosigner(7), cosigner(1)))

    asked = Asked(tmp_path, answer)
    assert asked.ask()
    assert [line.name for line in parse_note(asked.published).signatures][1:] == ["w1.example"]


@pytest.mark.parametrize("status", [302, 400, 403, 404, 413, 429, 500, 503])
def test_a_refusal_is_no_alarm(tmp_path: Path, status: int) -> None:
    asked = Asked(tmp_path, lambda _: httpx.Response(status, headers={"location": "https://elsewhere.example/"}))
    assert not asked.ask()
    assert (asked.kept.alarms, len(asked.requests)) == ((), 1)


def test_a_witness_out_of_reach_is_no_alarm(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    asked = Asked(tmp_path, refuse)
    assert not asked.ask()
    assert asked.kept.alarms == ()


def test_a_size_that_keeps_moving_is_not_followed_for_ever(tmp_path: Path) -> None:
    asked = Asked(tmp_path, lambda request: sized(old_in(request) + 1))
    assert not asked.ask()
    assert (len(asked.requests), asked.kept.alarms) == (3, ())


ALARMS: dict[str, tuple[Handler, int, Kind]] = {
    "409 without a size": (lambda _: httpx.Response(409), 0, "another-root"),
    "422 at the same size": (lambda r: httpx.Response(422) if old_in(r) == 8 else sized(8), 8, "another-root"),
    "409 with the very size": (lambda _: sized(8), 8, "another-root"),
    "422 from a smaller size": (lambda r: httpx.Response(422) if old_in(r) == 5 else sized(5), 5, "not-consistent"),
    "a size beyond the log": (lambda _: sized(9), 9, "ahead"),
}


@pytest.mark.parametrize(("handler", "witness_size", "kind"), ALARMS.values(), ids=ALARMS.keys())
def test_a_witness_that_saw_another_history_raises_an_alarm_that_stays(
    tmp_path: Path, handler: Handler, witness_size: int, kind: Kind
) -> None:
    asked = Asked(tmp_path, handler)
    assert not asked.ask()
    expected = Alarm(NOW, kind, 8, "W1", witness_size)
    assert asked.kept.alarms == (expected,)
    assert "W1" in expected.zh
    assert "W1" in expected.en
    asked.ask()
    again = CosignedCheckpoints(tmp_path, asked.policy)
    assert again.alarms == parse_alarms((tmp_path / "alarm").read_bytes()) == (expected,)


def test_a_first_422_or_a_size_of_nothing_is_nonsense_and_no_alarm(tmp_path: Path) -> None:
    handlers: tuple[Handler, ...] = (lambda _: httpx.Response(422), lambda _: sized(0))
    for handler in handlers:
        asked = Asked(tmp_path, handler)
        assert not asked.ask()
        assert asked.kept.alarms == ()


def test_entries_that_are_admitted_and_not_yet_published_raise_no_alarm(tmp_path: Path) -> None:
    asked = Asked(tmp_path, lambda _: sized(9))
    asked.grow(9)
    asked.size = 8
    assert not asked.ask()
    assert asked.kept.alarms == ()


def test_alarms_that_cannot_be_read_are_refused_and_true_ones_come_back() -> None:
    alarms = (Alarm(1, "ahead", 2, "审计局", 3), Alarm(4, "another-root", 5, "W", 5))
    assert parse_alarms(format_alarms(alarms)) == alarms
    good = json.loads(format_alarms(alarms[:1]))
    for change in ({"kind": "other"}, {"at": "1"}, {"witness": 1}, {"more": 1}, {"at": True}):
        with pytest.raises(MalformedError):
            parse_alarms(json.dumps(good | change).encode())
    with pytest.raises(MalformedError):
        parse_alarms(b"half a line")


def test_a_damaged_file_of_alarms_does_not_keep_a_ledger_from_starting(tmp_path: Path) -> None:
    (tmp_path / "alarm").write_bytes(b"half a line")
    assert CosignedCheckpoints(tmp_path, policy_of(1)).alarms == ()
    assert (tmp_path / "alarm").exists()


def test_cosignatures_of_two_witnesses_are_joined_and_outlive_a_restart(tmp_path: Path) -> None:
    asked = Asked(tmp_path, honest, policy=policy_of(2))
    asked.ask()
    assert not (tmp_path / "quorum").exists()
    note = asked.note()
    (second,) = parse_note(note + lines(parse_note(note).text, cosigner(2))).signatures[1:]
    assert asked.kept.keep(note, second)
    whole = asked.published
    assert witnessing_of(whole, asked.policy).is_met
    assert (tmp_path / "quorum").read_bytes() == whole
    assert CosignedCheckpoints(tmp_path, asked.policy).with_cosignatures(note) == whole
    # One that the policy no longer names, and one that was damaged on the disk, are left out.
    assert len(parse_note(CosignedCheckpoints(tmp_path, policy_of(1)).with_cosignatures(note)).signatures) == 2
    own, first, damaged = parse_note(whole).signatures
    damaged = replace(damaged, signature=bytes(72))
    (tmp_path / "checkpoint").write_bytes(format_note(Note(parse_note(whole).text, (own, first, damaged))))
    assert len(parse_note(CosignedCheckpoints(tmp_path, asked.policy).with_cosignatures(note)).signatures) == 2
    (tmp_path / "checkpoint").write_bytes(b"not a note")
    assert CosignedCheckpoints(tmp_path, asked.policy).with_cosignatures(note) == note
    with pytest.raises(BadSignatureError):
        asked.kept.keep(note, parse_note(note + lines("other\n1\n" + "A" * 43 + "=\n", cosigner(1))).signatures[1])


def test_the_newest_quorum_stays_known_while_a_witness_is_down(tmp_path: Path) -> None:
    asked = Asked(tmp_path, honest)
    asked.ask()
    cosigned = asked.published
    asked.grow(12)
    asked.handler = lambda _: httpx.Response(503)
    assert not asked.ask()
    assert asked.published == asked.note()
    assert (tmp_path / "quorum").read_bytes() == cosigned


def test_of_two_histories_signed_with_the_same_log_key_one_gets_no_cosignature_and_an_alarm(tmp_path: Path) -> None:
    make_witness(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w", clock=lambda: NOW)
    witness.watch(format_vkey(LOG.verifier_key))
    policy = parse_policy(f"witness W {witness.vkeys[0]} https://w.example\nquorum W\n".encode())

    def answer(request: httpx.Request) -> httpx.Response:
        found = witness.add_checkpoint(request.content)
        size = found.refusal.size if found.refusal else None
        return httpx.Response(found.status, content=found.body) if size is None else sized(size)

    true = Asked(tmp_path / "true", answer, policy=policy)
    assert true.ask()
    for size, kind in ((8, "another-root"), (12, "not-consistent")):
        forked = Asked(tmp_path / f"forked {size}", answer, policy=policy, size=4)
        forked.tree.append(leaf_hash(b"another fifth entry"))
        forked.grow(size)
        assert not forked.ask()
        assert [alarm.kind for alarm in forked.kept.alarms] == [kind]
        assert forked.published == forked.note()
    true.grow(12)
    assert true.ask()
    rolled_back = Asked(tmp_path / "rolled back", answer, policy=policy)
    assert not rolled_back.ask()
    assert [alarm.kind for alarm in rolled_back.kept.alarms] == ["ahead"]
    witness.close()


def test_a_served_log_is_cosigned_while_it_records_and_no_witness_holds_it_up(
    small: SmallLedger, tmp_path: Path
) -> None:
    make_witness(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.watch(small.ledger.settings.vkey)
    with answering(create_witness(witness)) as good, socket.create_server(("127.0.0.1", 0)) as stuck:
        bad = f"http://127.0.0.1:{stuck.getsockname()[1]}"
        other = policy_of(1).witnesses[0]
        text = f"witness good {witness.vkeys[0]} {good}\nwitness bad {format_vkey(other.key)} {bad}\nquorum good\n"
        policy = parse_policy(text.encode())
        kept = CosignedCheckpoints(tmp_path / "kept", policy)
        store = small.ledger.store
        publisher = Publisher(
            store, small.directory / "log", vkey=small.ledger.settings.vkey, cosigned=kept.with_cosignatures
        )
        with Witnesses(policy, kept, store, store.size, pace=Pace(between=0.01)) as witnesses:
            for _ in range(3):
                small.fill(2)
                publisher.publish()
                witnesses.offer(publisher.own_note)
            size = small.ledger.head().size
            until = time.monotonic() + 10
            while time.monotonic() < until and not witnessing_of(publish(publisher, small), policy).is_met:
                time.sleep(0.02)
        note = publish(publisher, small)
        assert witnessing_of(note, policy).is_met
        assert parse_checkpoint(parse_note(note).text).tree_size == size == 7
    witness.close()


def publish(publisher: Publisher, small: SmallLedger) -> bytes:
    publisher.publish()
    return (small.directory / "log" / "checkpoint").read_bytes()
