"""What pages say of the witnesses: nothing good by default, and every cosignature verified again."""

from pathlib import Path

import pytest

from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.quorum import witnessing_of
from ledger.tlog.alarm import Alarm, format_alarms
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from ledger.tlog.policy import parse_policy
from public_site.witnesses import ago, moment
from tests.public_site.served import ORIGIN, Served, words_of
from tests.public_site.test_verification import states
from tests.public_site.watched import HOUR, NOW, Watched, watched_in, witness


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return watched_in(tmp_path)


def test_without_a_policy_there_is_nobody_yet(empty: Served) -> None:
    said = words_of(empty.get("/verify").text)
    assert "见证未检查" in said
    assert "还没有见证机构为本账本联署" in said
    assert 'id="offer"' not in empty.get("/verify").text
    assert states(empty, 0)["有人见证"] == "unknown"


def test_too_few_cosignatures_name_who_is_missing(watched: Watched) -> None:
    assert (
        "还没有见证机构为现在的第0条至第0条联署，缺“见证1”、“见证2”、“见证3”。还没有一次达到规定的家数"
        in watched.said()
    )
    watched.cosign(witness(2))
    said = watched.said()
    assert "见证不足（1/2）" in said
    assert "1家见证机构为现在的第0条至第0条联署，缺“见证1”、“见证3”" in said
    assert states(watched.site, 0)["有人见证"] == "unknown"
    assert "见证不足（1/2）" in watched.said("/")


def test_a_quorum_is_told_with_its_age(watched: Watched) -> None:
    watched.cosign(witness(1), witness(3, time=NOW - 30))
    said = watched.said()
    assert "见证齐全" in said
    assert f"达到规定的2家。最近的联署在{moment(NOW - 2 * HOUR)}（2小时前）" in said
    assert f"见证1{moment(NOW - 2 * HOUR)}联署" in said
    assert "列出3家，其中2家联署了现在的签章" in said
    assert "见证2还没有联署现在的签章" in said
    assert states(watched.site, 0)["有人见证"] == "ok"
    assert "2家见证机构各自核对过账本只增不改" in watched.said("/entries/0")
    assert "见证机构联署到" in watched.said("/whom")


def test_listed_keys_are_offered_and_a_policy_for_readers_names_the_log(watched: Watched) -> None:
    page = watched.site.get("/verify").text
    keys = [format_vkey(witness(n).verifier_key) for n in (1, 2, 3)]
    offered = page.partition('<template id="witnesses">')[2].partition("</template>")[0]
    assert [key.replace("+", "&#43;") in offered or key in offered for key in keys] == [True, True, False]
    assert "请与它们自己公布的核对" in page
    text = page.partition("--policy 核对）</summary><pre><code>")[2].partition("</code>")[0]
    policy = parse_policy(text.replace("&#43;", "+").encode())
    assert [log.key.name for log in policy.logs] == ["ledger.example/new"]
    assert policy.logs[0].url == f"{ORIGIN}/log"
    assert len(policy.witnesses) == 3


def test_the_newest_quorum_and_the_policy_can_be_fetched_and_belong_together(watched: Watched) -> None:
    assert watched.site.get("/witnessed/checkpoint").status_code == 404
    watched.cosign(witness(1), witness(3))
    (watched.folder / "quorum").write_bytes(quorum := (watched.site.log / "checkpoint").read_bytes())
    watched.cosign(witness(2))
    found, policy = (watched.site.get(f"/witnessed/{name}") for name in ("checkpoint", "policy"))
    assert found.content == quorum
    assert witnessing_of(found.content, parse_policy(policy.content)).is_met
    assert found.headers["content-type"] == policy.headers["content-type"] == "text/plain; charset=utf-8"
    page = watched.site.get("/verify").text
    assert all(f'href="/witnessed/{name}"' in page for name in ("checkpoint", "policy"))


def test_a_ledger_without_witnesses_has_no_such_files(empty: Served) -> None:
    assert [empty.get(f"/witnessed/{name}").status_code for name in ("checkpoint", "policy")] == [404, 404]


def test_an_entry_that_an_older_quorum_covers_is_witnessed_still(watched: Watched) -> None:
    watched.cosign(witness(1), witness(2))
    (watched.folder / "quorum").write_bytes((watched.site.log / "checkpoint").read_bytes())
    watched.cosign()
    assert "最近一次达到规定的家数，是第0条至第0条" in watched.said()
    assert states(watched.site, 0)["有人见证"] == "ok"
    (watched.folder / "quorum").write_bytes(b"nothing of use")
    assert "还没有一次达到规定的家数" in watched.said()


def test_a_quorum_over_another_root_is_no_witness_of_the_entry(watched: Watched) -> None:
    text = parse_note(watched.note).text
    head, size, _root, end = text.split("\n")
    other = "\n".join([head, size, "A" * 43 + "=", end])
    own = parse_note(watched.note).signatures
    lines = [Signature(w.name, w.key_id, w.sign(other.encode())) for w in (witness(1), witness(2))]
    (watched.folder / "quorum").write_bytes(format_note(Note(other, (*own, *lines))))
    assert states(watched.site, 0)["有人见证"] == "bad"


def test_a_false_line_of_a_known_witness_is_said_aloud(watched: Watched) -> None:
    other = CosignatureSigner("w1.example", PrivateKey.from_seed(bytes([1]) * 32), clock=lambda: NOW)
    parsed = parse_note(watched.note)
    false = Signature(other.name, other.key_id, other.sign(b"other\n1\n" + b"A" * 43 + b"=\n"))
    (watched.site.log / "checkpoint").write_bytes(format_note(Note(parsed.text, (*parsed.signatures, false))))
    said = watched.said()
    assert "见证不符" in said
    assert "请不要采信本站的数字" in said
    assert states(watched.site, 0)["有人见证"] == "bad"


def test_an_alarm_stands_above_everything_until_it_is_removed(watched: Watched) -> None:
    watched.cosign(witness(1), witness(2))
    alarm = Alarm(NOW, "another-root", 7, "见证3", 7)
    (watched.folder / "alarm").write_bytes(format_alarms([alarm]))
    for path in ("/", "/verify", "/entries/0"):
        assert alarm.zh in watched.said(path)
    assert "见证报警" in watched.said("/whom")
    (watched.folder / "alarm").write_bytes(b"{}\n")
    assert "见证不符" in watched.said()
    (watched.folder / "alarm").unlink()
    assert "见证齐全" in watched.said()


def test_a_second_signature_line_is_named_and_its_long_key_left_to_the_file(watched: Watched) -> None:
    with (watched.site.log / "vkey").open("a") as file:
        file.write(f"{format_vkey(witness(3).verifier_key)}\n")
    assert "另有一行ML-DSA-44签名（抗量子），公钥编号" in watched.said()
    assert len(watched.site.get("/verify").text) < 40_000


def test_a_policy_that_cannot_be_read_is_a_state_and_no_broken_page(watched: Watched) -> None:
    (watched.folder.parent / "witness.policy").write_text("quorum nobody\n")
    assert "见证不符" in watched.said()
    (watched.folder.parent / "witness.policy").write_text("quorum none\n")
    assert "还没有见证机构为本账本联署" in watched.said()
    (watched.folder.parent / "witness.policy").unlink()
    assert "见证不符" in watched.said()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "刚刚"), (59, "刚刚"), (60, "1分钟前"), (7199, "1小时前"), (86400, "1天前"), (10**9, "11574天前")],
)
def test_ages_are_told_in_the_largest_unit(seconds: int, words: str) -> None:
    assert ago(seconds) == words


def test_times_beyond_every_calendar_are_shown_as_they_stand() -> None:
    assert moment(2**63 - 1) == f"{2**63 - 1}秒（1970年起）"
