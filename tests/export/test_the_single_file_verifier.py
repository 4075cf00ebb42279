"""verify.py, the one file that outlives us: it says of every log what ``yangguang verify`` says."""

import ast
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.verify import Options, verify
from ledger.errors import LedgerError
from ledger.tlog.base64 import encode_base64
from ledger.tlog.note import VerifierKey, format_vkey, note_key_id
from ledger.tlog.proof import parse_proof
from tests.export.standalone import SCRIPT, checker, load, run
from tests.ledger.audit.conftest import Files, grow, published, remembered  # noqa: F401  (a fixture)
from tests.ledger.audit.forging import NEW, PLACE, next_entry
from tests.ledger.rotation import rotate, vkey_of
from tests.ledger.world import ORIGIN, World, private_key
from tests.verifier.test_whole_logs import FALSE, STRANGER, Entries

Check = Callable[[Files], list[dict[str, Any]]]
FLIPS = 300


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """About sixty true entries: organisations, keys enrolled and revoked, places, corrections, a donation."""
    world = World(tmp_path_factory.mktemp("grown"))
    grow(world)
    found = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    world.ledger.close()
    return found


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    return checker(tmp_path_factory.mktemp("log"))


def of(entries: Entries, key: str = "log") -> Files:
    return published(entries, origin=ORIGIN, log_key=private_key(key))


def first_of(report: Any) -> tuple[int | None, str | None]:
    finding = report.findings[0]
    return finding.index, None if finding.index is not None else finding.file


def test_it_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


def called(call: ast.Call) -> str:
    """The bare name of what a call calls."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def test_every_code_that_it_refuses_with_has_a_sentence_in_both_languages() -> None:
    sentences = load().SENTENCES
    calls = [node for node in ast.walk(ast.parse(SCRIPT.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [call.args[-1] for call in calls if called(call) in {"need", "Refused"} and call.args]
    named += [call.args[0] for call in calls if called(call) == "add" and len(call.args) == 2]
    named += [call.args[1] for call in calls if called(call) == "at" and len(call.args) == 2]
    codes = {node.value for node in named if isinstance(node, ast.Constant)}
    assert len(codes) > 20
    assert codes <= sentences.keys()
    assert all(zh and en for zh, en in sentences.values())


def test_true_log_is_good(check: Check, entries: Entries) -> None:
    assert check(of(entries)) == []


@pytest.mark.parametrize("name", FALSE)
def test_false_log_by_a_thief_of_the_log_key_is_named_at_the_same_entry(
    check: Check, entries: Entries, name: str
) -> None:
    files = of(FALSE[name](entries))
    report, found = verify(files.source), check(files)
    assert report.verdict == "finding"
    assert found, report.findings[0].zh
    assert found[0].get("index") == report.findings[0].index, (found[0], report.findings[0].zh)


def test_what_it_leaves_to_the_program_is_only_which_post_may_sign(check: Check, entries: Entries) -> None:
    files = of([*entries, next_entry(entries, "place.registered", NEW, PLACE, private_key("admin-2"))])
    assert [finding.code for finding in verify(files.source).findings] == ["missing-capability"]
    assert check(files) == []


@pytest.mark.parametrize("depth", [17, 400, 900, 30_000])
def test_entry_nested_without_end_is_a_finding_and_no_traceback(check: Check, entries: Entries, depth: int) -> None:
    found = check(of([*entries[:9], b"[" * depth + b"]" * depth, *entries[10:]]))
    assert (found[0]["index"], found[0]["code"]) == (9, "malformed")


def test_checkpoint_that_claims_more_entries_than_can_be_is_a_finding(check: Check, entries: Entries) -> None:
    files = of(entries)
    lines = files.content["checkpoint"].split(b"\n")
    lines[1] = str(2**63 - 1).encode()
    files.content["checkpoint"] = b"\n".join(lines)
    assert "bad-checkpoint" in {each["code"] for each in check(files)}


WITNESS = "witness.example/w"


def cosigned(entries: Entries, time: int) -> bytes:
    """The checkpoint with a witness's cosignature (C2SP tlog-cosignature)."""
    note = of(entries).content["checkpoint"]
    text = note.rpartition(b"\n\n")[0] + b"\n"
    blob = note_key_id(WITNESS, 4, STRANGER.public_key).to_bytes(4, "big") + time.to_bytes(8, "big")
    blob += STRANGER.sign(b"cosignature/v1\ntime %d\n" % time + text)
    return note + f"\u2014 {WITNESS} {encode_base64(blob)}\n".encode()


def test_others_lines_on_the_checkpoint_are_left_to_yangguang_verify(entries: Entries, tmp_path: Path) -> None:
    """The log's own line is what makes a checkpoint; a cosignature, true or false, changes nothing of that here.

    ``yangguang verify`` is stricter: without the witness's key it refuses the line, whose bytes nothing leads to.
    """
    files = of(entries)
    files.content["checkpoint"] = cosigned(entries, 1_700_000_000)
    files.write(tmp_path / "log")
    assert run(SCRIPT, tmp_path)[0] == 0
    assert [finding.code for finding in verify(files.source).findings] == ["bad-checkpoint"]
    changed = bytearray(files.content["checkpoint"])
    changed[-40] ^= 1
    (tmp_path / "log" / "checkpoint").write_bytes(changed)
    assert run(SCRIPT, tmp_path)[0] == 0


@pytest.mark.parametrize(
    "line", ["no signature line\n", "\u2014 witness.example/w AAAA\n", "\u2014 w+1 AAAAAAA=\n", "\n"]
)
def test_line_on_the_checkpoint_that_is_no_signature_line_is_a_finding(
    check: Check, entries: Entries, line: str
) -> None:
    files = of(entries)
    files.content["checkpoint"] += line.encode()
    assert [each["code"] for each in check(files)] == ["bad-checkpoint"]


def test_checkpoint_without_the_logs_own_line_is_a_finding(check: Check, entries: Entries) -> None:
    files = of(entries)
    text, _, lines = cosigned(entries, 1_700_000_000).rpartition(b"\n\n")
    files.content["checkpoint"] = text + b"\n\n" + lines.splitlines(keepends=True)[1]
    assert [each["code"] for each in check(files)] == ["bad-checkpoint"]


def test_list_of_keys_may_hold_the_logs_post_quantum_key_and_no_other(check: Check, entries: Entries) -> None:
    files = of(entries)
    further = {
        "wrong-file": VerifierKey(ORIGIN, 1, STRANGER.public_key),
        "": VerifierKey(ORIGIN, 6, bytes(1312)),
    }
    for code, key in further.items():
        vkey = files.content["vkey"] + f"{format_vkey(key)}\n".encode()
        found = check(Files({**files.content, "vkey": vkey}))
        assert [each["code"] for each in found] == ([code] if code else [])


def test_checkpoint_by_a_key_that_entry_0_does_not_name_is_a_finding(check: Check, entries: Entries) -> None:
    files = published(entries, origin=ORIGIN, log_key=STRANGER)
    assert {"bad-checkpoint", "wrong-file"} == {each["code"] for each in check(files)}
    assert verify(files.source).verdict == "finding"


def flipped(files: Files) -> Iterator[tuple[str, int, Files]]:
    """Published files with one bit changed, at places spread over all of them."""
    chance = random.Random(11)
    sizes = {path: len(data) for path, data in files.content.items()}
    for path in [*files.content, *chance.choices(list(sizes), weights=list(sizes.values()), k=FLIPS)]:
        place = chance.randrange(sizes[path])
        data = bytearray(files.content[path])
        data[place] ^= 1 << chance.randrange(8)
        yield path, place, Files({**files.content, path: bytes(data)})


@pytest.mark.usefixtures("remembered")
def test_one_bit_changed_in_any_file_is_found_in_the_same_place(check: Check, entries: Entries) -> None:
    for path, place, files in flipped(of(entries)):
        report, found = verify(files.source), check(files)
        assert found, (path, place)
        assert (found[0].get("index"), found[0].get("file")) == first_of(report), (path, place, report.findings[0].zh)


def test_missing_file_and_a_file_too_many_are_findings(check: Check, entries: Entries) -> None:
    whole = of(entries)
    for path in whole.content:
        if path != "checkpoint":
            assert check(Files({name: data for name, data in whole.content.items() if name != path})), path
    extra = {"note.txt": b"x", "tile/0/000": bytes(8192), "proof/9999.tlog-proof": b"x", "proof/1.tlog-proof": b"x"}
    for path, data in extra.items():
        found = check(Files({**whole.content, path: data}))
        assert [each["file"] for each in found] == [path]
        assert verify(Files({**whole.content, path: data}).source).verdict == "finding"


@pytest.mark.parametrize("key", ["log", "second"])
def test_checkpoint_is_good_by_the_log_key_in_force_at_its_size_alone(check: Check, tmp_path: Path, key: str) -> None:
    world = World(tmp_path)
    rotate(world, "second")
    found = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    world.ledger.close()
    files = of(found, key)
    files.content["vkey"] = "".join(f"{vkey_of(each)}\n" for each in ("second", "log")).encode()
    assert ([] if key == "second" else ["bad-checkpoint"]) == [each["code"] for each in check(files)]


def test_in_a_process_of_its_own_it_prints_the_report_of_the_program(entries: Entries, tmp_path: Path) -> None:
    files = of(entries)
    files.write(tmp_path / "export" / "log")
    code, said = run(SCRIPT, tmp_path / "export")
    expected = verify(files.source).to_json()
    assert (code, said) == (0, expected)
    genesis = load().Entry(entries[0]).event_id
    assert run(SCRIPT, tmp_path / "export", "--genesis", genesis) == (0, {**expected, "pinned": True})
    code, said = run(SCRIPT, tmp_path / "export", "--genesis", "0" * 64)
    assert (code, [each["code"] for each in said["findings"]]) == (1, ["wrong-genesis"])


def test_wrong_usage_exits_2(tmp_path: Path) -> None:
    assert run(SCRIPT, tmp_path)[0] == 2
    assert run(SCRIPT, tmp_path / "nothing")[0] == 2


def test_kept_checkpoint_and_receipts_are_held_against_the_log(entries: Entries, tmp_path: Path) -> None:
    of(entries).write(tmp_path / "new")
    old = of(entries[:20])
    (tmp_path / "kept").write_bytes(old.content["checkpoint"])
    assert run(SCRIPT, tmp_path / "new", "--since", tmp_path / "kept")[0] == 0
    other = of([*entries[:18], entries[19]])
    (tmp_path / "other").write_bytes(other.content["checkpoint"])
    code, said = run(SCRIPT, tmp_path / "new", "--since", tmp_path / "other")
    assert (code, [each["code"] for each in said["findings"]]) == (1, ["not-consistent"])


def test_receipts_of_the_ledger_are_good_and_a_changed_one_is_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in range(4):
        world.place(f"示例村{number}", level="village")
    entries = [world.ledger.entry(index) for index in range(world.ledger.head().size)]
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    for index in (1, 3):
        (receipts / f"{index}.tlog-proof").write_bytes(world.ledger.proof(index))
    world.ledger.close()
    of(entries).write(tmp_path / "log")
    assert run(SCRIPT, tmp_path / "log", "--receipts", receipts)[0] == 0
    changed = (receipts / "3.tlog-proof").read_bytes().replace(b"index 3", b"index 2")
    (receipts / "3.tlog-proof").write_bytes(changed)
    try:
        parse_proof(changed)
    except LedgerError as error:
        pytest.fail(f"the changed receipt should still parse: {error}")
    code, said = run(SCRIPT, tmp_path / "log", "--receipts", receipts)
    assert (code, [each["code"] for each in said["findings"]]) == (1, ["bad-receipt"])
    assert verify(of(entries).source, Options(receipts=receipts)).verdict == "finding"
