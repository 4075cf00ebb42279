"""False logs, built with the true log key: what its thief, or the operator himself, can't get past an auditor."""

import json
from pathlib import Path

import pytest

from ledger.audit.report import Report
from ledger.audit.verify import Options, verify
from ledger.canonical import canonical_bytes
from ledger.domain.entry import format_entry, format_time, parse_entry
from ledger.signing.envelope import Envelope
from ledger.signing.keys import PrivateKey, sign_possession
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import sign_note
from tests.ledger.audit.conftest import codes, first_index, published, with_payload
from tests.ledger.audit.forging import NEW, PLACE, index_of, next_entry, payload, signed_again
from tests.ledger.world import ORIGIN, private_key


def report_on(entries: list[bytes], **options: object) -> Report:
    """Of a log with these entries, every hash and checkpoint in order and signed by the true log key."""
    files = published(entries, origin=ORIGIN, log_key=private_key("log"))
    return verify(files.source, Options(**options))  # type: ignore[arg-type]


def test_log_made_of_the_true_entries_is_good(entries: list[bytes]) -> None:
    assert report_on(entries).verdict == "good"
    assert (
        report_on([*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key("admin-1"))]).exit_code
        == 0
    )


def test_entry_by_a_key_that_was_never_enrolled_is_named(entries: list[bytes]) -> None:
    false = next_entry(entries, "place.registered", NEW, PLACE, PrivateKey.from_seed(b"s" * 32))
    report = report_on([*entries, false])
    assert (codes(report), first_index(report)) == (["unknown-key"], len(entries))


def test_entry_signed_again_by_a_key_that_was_never_enrolled_is_named(entries: list[bytes]) -> None:
    index = len(entries) - 1
    false = signed_again(entries[index], PrivateKey.from_seed(b"s" * 32))
    report = report_on([*entries[:index], false])
    assert (codes(report), first_index(report)) == (["unknown-key"], index)


def test_key_enrolled_by_a_stranger_is_not_enrolled(entries: list[bytes]) -> None:
    stranger = PrivateKey.from_seed(b"s" * 32)
    organisation = payload(entries[index_of(entries, "organisation.registered")]).record
    line = encode_base64(stranger.public_key)
    proof = sign_possession(stranger, origin=ORIGIN, organisation=organisation, line=line)
    data = {
        "organisation": organisation,
        "post": "假岗位",
        "public_key": line,
        "possession": encode_base64(proof),
        "capabilities": ["deliver"],
        "limits": {},
        "expires_on": "2023-12-31",
    }
    enrolled = [*entries, next_entry(entries, "key.enrolled", NEW, data, stranger)]
    false = [*enrolled, next_entry(enrolled, "place.registered", NEW[:-1] + "2", PLACE, stranger)]
    report = report_on(false)
    assert [finding.index for finding in report.findings] == [len(entries), len(entries) + 1]
    assert codes(report) == ["unknown-key", "unknown-key"]


def test_revoked_key_cannot_sign_after_its_revocation_whatever_day_it_claims(entries: list[bytes]) -> None:
    undertook = entries[index_of(entries, "organisation.undertook", -1)]
    revoked = index_of(entries, "key.revoked")
    false = next_entry(entries, "organisation.undertook", payload(undertook).uuid, {"rules_version": "2022-1"}, private_key("departed"))  # fmt: skip # noqa: E501
    report = report_on([*entries, false])
    assert (codes(report), first_index(report)) == (["key-not-in-force"], len(entries))
    assert f"在第{revoked}条账目已被吊销" in report.findings[0].zh


def test_key_without_the_capability_is_named(entries: list[bytes]) -> None:
    report = report_on([*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key("admin-2"))])
    assert (codes(report), first_index(report)) == (["missing-capability"], len(entries))


def test_surplus_signature_is_named(entries: list[bytes]) -> None:
    index = index_of(entries, "place.registered", -1)
    false = signed_again(entries[index], private_key("admin-1"), private_key("admin-2"))
    assert codes(report_on([*entries[:index], false])) == ["missing-capability"]


def test_correction_must_be_signed_as_what_it_corrects(entries: list[bytes]) -> None:
    index = index_of(entries, "place.corrected")
    false = signed_again(entries[index], private_key("admin-2"))
    assert codes(report_on([*entries[:index], false])) == ["missing-capability"]


@pytest.mark.parametrize("index", [1, 5, 20, 40])
def test_changed_content_is_named_though_every_hash_was_made_again(entries: list[bytes], index: int) -> None:
    false = [*entries[:index], with_payload(entries[index], b'"schema":1', b'"schema":2'), *entries[index + 1 :]]
    report = report_on(false)
    assert (codes(report)[0], first_index(report)) == ("bad-signature", index)


def test_changed_time_is_caught_by_the_authors_who_had_verified_the_ledger_since(entries: list[bytes]) -> None:
    times = [format_time(parse_entry(entry).recorded_at) for entry in entries]
    at_day_end = [place for place in range(len(times) - 1) if times[place] < times[place + 1]]
    assert len(at_day_end) >= 3
    for index in at_day_end:
        later = entries[index].replace(b":00.000Z", b":00.001Z")
        report = report_on([*entries[:index], later, *entries[index + 1 :]])
        assert (codes(report)[0], first_index(report)) == ("wrong-tree-head", index + 1)


@pytest.mark.parametrize("index", [1, 5, 20, 40])
def test_left_out_entry_is_caught_by_the_entry_after_it(entries: list[bytes], index: int) -> None:
    report = report_on([*entries[:index], *entries[index + 1 :]])
    assert first_index(report) == index


def test_reordered_entries_are_caught(entries: list[bytes]) -> None:
    false = [*entries[:30], entries[31], entries[30], *entries[32:]]
    assert first_index(report_on(false)) == 30


def test_entry_repeated_is_caught(entries: list[bytes]) -> None:
    report = report_on([*entries, entries[-1]])
    assert (codes(report), first_index(report)) == (["stale-version"], len(entries))


def test_entry_0_that_opens_no_ledger_is_a_finding(entries: list[bytes]) -> None:
    report = report_on(entries[1:5])
    assert first_index(report) == 0


def test_log_key_that_entry_0_does_not_name_is_a_finding_though_nothing_is_pinned(entries: list[bytes]) -> None:
    files = published(entries, origin=ORIGIN, log_key=PrivateKey.from_seed(b"s" * 32))
    report = verify(files.source)
    assert {finding.file for finding in report.findings} == {"checkpoint", "vkey"}


def test_checkpoint_of_another_origin_is_a_finding(entries: list[bytes]) -> None:
    files = published(entries, origin="ledger.example/other", log_key=private_key("log"))
    assert "bad-checkpoint" in codes(verify(files.source))


def test_checkpoint_that_drops_the_last_entries_is_consistent_in_itself_alone(
    entries: list[bytes], tmp_path: Path
) -> None:
    whole = published(entries, origin=ORIGIN, log_key=private_key("log"))
    (tmp_path / "old.checkpoint").write_bytes(whole.content["checkpoint"])
    assert report_on(entries[:-3]).verdict == "good"
    report = report_on(entries[:-3], since=tmp_path / "old.checkpoint")
    assert (codes(report), report.findings[0].file) == (["not-consistent"], str(tmp_path / "old.checkpoint"))


def test_checkpoint_that_claims_any_number_of_entries_does_not_keep_the_auditor_busy(entries: list[bytes]) -> None:
    files = published(entries, origin=ORIGIN, log_key=private_key("log"))
    text = format_checkpoint(Checkpoint(ORIGIN, 10**17, bytes(32)))
    files.content["checkpoint"] = sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("log"))])
    report = verify(files.source)
    assert first_index(report) == 0
    assert "missing-file" in codes(report)


def test_bad_entry_does_not_hide_the_next_one(entries: list[bytes]) -> None:
    false = list(entries)
    for index in (40, 50):
        false[index] = with_payload(entries[index], b'"schema":1', b'"schema":9')
    named = {finding.index for finding in report_on(false).findings if finding.code == "bad-signature"}
    assert named == {40, 50}


def test_entry_that_is_no_json_at_all_is_named_and_the_audit_goes_on(entries: list[bytes]) -> None:
    report = report_on([*entries[:40], b"\xff\x00", *entries[41:]])
    assert (codes(report)[0], first_index(report)) == ("malformed", 40)
    assert report.counts.entries == len(entries)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"])
def test_time_at_the_end_of_the_calendar_is_a_finding_and_never_a_traceback(entries: list[bytes], moment: str) -> None:
    before = format_time(parse_entry(entries[-1]).recorded_at).encode()
    report = report_on([*entries[:-1], entries[-1].replace(before, moment.encode())])
    assert first_index(report) == len(entries) - 1


def test_rule_that_was_broken_is_found_when_every_rule_is_replayed(entries: list[bytes]) -> None:
    gift = payload(entries[index_of(entries, "donation.received")])
    confirmed = index_of(entries, "donation.confirmed")
    again = next_entry(entries, "donation.confirmed", gift.uuid, {"statement_on": "2023-04-05"}, private_key("会计师事务所"))  # fmt: skip # noqa: E501
    false = [*entries, again]
    assert confirmed < len(entries)
    assert report_on(false).verdict == "good"
    report = report_on(false, rules=True)
    assert (codes(report), first_index(report)) == (["wrong-state"], len(entries))


def test_envelope_without_its_canonical_form_is_named(entries: list[bytes]) -> None:
    spaced = entries[-1].replace(b'","recorded_at"', b'", "recorded_at"').replace(b'},"recorded', b'}, "recorded')
    assert spaced != entries[-1]
    report = report_on([*entries[:-1], spaced])
    assert (codes(report), first_index(report)) == (["malformed"], len(entries) - 1)


def test_nothing_unsigned_gets_in(entries: list[bytes]) -> None:
    envelope = parse_entry(entries[-1]).envelope
    bare = json.loads(
        format_entry(Envelope(envelope.payload, envelope.signatures), parse_entry(entries[-1]).recorded_at)
    )
    bare["envelope"]["signatures"] = []
    report = report_on([*entries[:-1], canonical_bytes(bare)])
    assert (codes(report), first_index(report)) == (["invalid-field"], len(entries) - 1)
