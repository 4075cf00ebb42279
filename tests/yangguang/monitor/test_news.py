"""What a round tells: what changed in the ledger, what is overdue, stale or not cosigned; in words, JSON and a feed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from ledger.signing.cosignature import CosignatureSigner
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from ledger.tlog.policy import Policy, parse_policy
from tests.attacks.regulator import NOW, SEEN, Regulator, genesis_of, log_of
from tests.attacks.site import answering
from tests.ledger.audit.conftest import audit, correct_place
from tests.ledger.rotation import rotate, vkey_of
from tests.ledger.world import private_key
from tests.yangguang.monitor.conftest import Living
from yangguang.cli.app import app
from yangguang.monitor.freshness import Thresholds
from yangguang.monitor.signals import RoundReport, Signal, shown

ATOM = "{http://www.w3.org/2005/Atom}"


def told(report: RoundReport, code: str) -> list[Signal]:
    return [signal for signal in report.signals if signal.code == code]


def test_corrections_voids_and_keys_are_told_in_the_ledgers_own_sentences(regulator: Regulator, living: Living) -> None:
    world = living.world
    place, twice = world.place("示例村甲", level="village"), world.place("示例村乙", level="village")
    living.publish()
    regulator.round()
    correct_place(world, place, "示例村甲", "示例村丙")
    opened = world.ledger.record(twice)
    assert opened is not None
    world.record("place.voided", twice, {"event": opened.head, "reason": "duplicate"}, "admin-1")
    world.enrol("new", world.register("示例协会"), "deliver")
    living.publish()
    report = regulator.round()
    assert (report.verdict, report.size - (report.previous_size or 0)) == ("good", 4)
    (new,) = told(report, "new-entries")
    assert new.zh.startswith("新增4条：")
    (corrected,) = told(report, "corrected")
    assert "示例村丙" in corrected.zh
    assert corrected.index == report.previous_size
    assert len(told(report, "voided")) == len(told(report, "key-change")) == 1


def test_key_that_is_revoked_as_doubtful_lists_what_needs_re_confirmation(regulator: Regulator, living: Living) -> None:
    world = living.world
    organisation = world.register("示例协会")
    key = world.enrol("stolen", organisation, "deliver")
    world.undertake(organisation, "stolen")
    signed = world.ledger.head().size - 1
    living.publish()
    regulator.round()
    world.record("key.revoked", key, {"reason": "stolen", "doubtful_from": signed}, "admin-1")
    living.publish()
    report = regulator.round()
    assert report.verdict == "attention"
    (doubtful,) = told(report, "doubtful-key")
    assert f"（第{signed}条）" in doubtful.zh
    assert "need re-confirmation" in doubtful.en


def test_rotation_of_the_log_key_is_followed_and_asks_for_attention(regulator: Regulator, living: Living) -> None:
    living.publish()
    regulator.round()
    rotate(living.world, "log-2")
    living.world.place("示例村甲")
    living.publish()
    report = regulator.round()
    assert report.verdict == "attention"
    assert told(report, "governance-change")[0].index == 1
    assert audit(regulator.state).verdict == "good"
    living.world.place("示例村乙")
    living.publish()
    assert regulator.round().verdict == "good"
    vkey = (regulator.state / "log" / "vkey").read_text().splitlines()
    assert len(vkey) == 2


def test_rotation_is_followed_though_the_site_lists_no_keys(regulator: Regulator, living: Living) -> None:
    living.publish()
    del living.site.content["vkey"]
    regulator.round()
    rotate(living.world, "log-2")
    living.world.place("示例村甲")
    living.publish()
    del living.site.content["vkey"]
    assert told(regulator.round(), "governance-change")
    assert audit(regulator.state).verdict == "good"


def test_duty_that_became_overdue_is_told_once_and_counted_at_each_round(regulator: Regulator, living: Living) -> None:
    world = living.world
    world.organisation("会计师事务所", "confirm")
    fund = world.organisation("基金会", "fund", "publish")
    world.donation(fund, 100_000, fund="基金会", confirm="会计师事务所")
    living.publish()
    assert told(regulator.round(), "overdue") == []
    later = world.now + timedelta(25)
    reports = [regulator.round(now=lambda: later) for _ in range(2)]
    assert [report.verdict for report in reports] == ["attention", "attention"]
    assert [len(told(report, "newly-overdue")) for report in reports] == [1, 0]
    assert "1项公开义务逾期" in told(reports[1], "overdue")[0].zh


def test_old_view_is_stale_for_whoever_looks_late(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    report = regulator.round(now=lambda: NOW + timedelta(31))
    assert told(report, "stale")
    early = regulator.round(now=lambda: NOW - timedelta(30))
    assert told(early, "ahead-of-clock")


@pytest.fixture
def policy() -> Policy:
    lines = [f"witness {name} {format_vkey(witness(name, 0).verifier_key)}\n" for name in ("A", "B")]
    return parse_policy("".join([*lines, "group both all A B\nquorum both\n"]).encode())


def witness(name: str, at: float) -> CosignatureSigner:
    return CosignatureSigner(f"witness.example/{name}", private_key(f"witness {name}"), clock=lambda: int(at))


def cosigned(note: bytes, **times: datetime) -> bytes:
    parsed = parse_note(note)
    lines = [witness(name, at.timestamp()) for name, at in times.items()]
    further = (Signature(each.name, each.key_id, each.sign(parsed.text.encode())) for each in lines)
    return format_note(Note(parsed.text, (*parsed.signatures, *further)))


def test_quorum_of_witnesses_is_asked_for_where_there_is_a_policy(
    regulator: Regulator, entries: list[bytes], policy: Policy
) -> None:
    limits = Thresholds(policy=policy)
    regulator.visit(log_of(entries[:SEEN]))
    note = regulator.site.content["checkpoint"]
    (missing,) = regulator.round(limits=limits).signals
    assert (missing.code, missing.level) == ("not-cosigned", "yellow")
    assert "A、B" in missing.zh
    regulator.site.content["checkpoint"] = cosigned(note, A=NOW, B=NOW)
    assert regulator.round(limits=limits).verdict == "good"
    regulator.site.content["checkpoint"] = cosigned(note, A=NOW, B=NOW - timedelta(hours=25))
    assert [signal.code for signal in regulator.round(limits=limits).signals] == ["cosignatures-stale"]


def test_log_that_the_policy_does_not_name_is_an_alarm(regulator: Regulator, entries: list[bytes]) -> None:
    named = parse_policy(f"log {vkey_of('another')}\nquorum none\n".encode())
    regulator.site.publish(log_of(entries[:SEEN]))
    report = regulator.round(limits=Thresholds(policy=named))
    assert (report.verdict, [signal.code for signal in report.signals]) == ("alarm", ["wrong-vkey"])
    named = parse_policy(f"log {vkey_of('log')}\nquorum none\n".encode())
    assert regulator.round(limits=Thresholds(policy=named)).verdict == "good"


def test_cosignature_that_does_not_hold_is_an_alarm(regulator: Regulator, entries: list[bytes], policy: Policy) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    other = cosigned(log_of(entries[:20])["checkpoint"], A=NOW)
    stolen = other.splitlines(keepends=True)[-1]
    regulator.site.content["checkpoint"] += stolen
    report = regulator.round(limits=Thresholds(policy=policy))
    assert (report.verdict, [signal.code for signal in report.signals]) == ("alarm", ["broken-cosignature"])


def test_feed_is_atom_with_one_item_for_each_thing(regulator: Regulator, living: Living) -> None:
    place = living.world.place("示例村甲", level="village")
    living.publish()
    regulator.round()
    correct_place(living.world, place, "示例村甲", "示例村丙")
    living.publish()
    for _ in range(2):
        regulator.round()
    feed = ET.fromstring((regulator.state / "feed.xml").read_bytes())
    titles = [str(entry.findtext(f"{ATOM}title")) for entry in feed.iter(f"{ATOM}entry")]
    assert [title.partition("：")[0] for title in titles] == ["［蓝］第2条，更正", "［蓝］新增1条", "［蓝］第一轮"]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    (link,) = feed.iter(f"{ATOM}link")
    assert link.get("href") == f"{regulator.site.url}/entries/2"


def test_alarm_stands_in_the_feed_in_red(regulator: Regulator, entries: list[bytes]) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    regulator.site.publish(log_of(entries[:20]))
    assert regulator.round().verdict == "alarm"
    feed = ET.fromstring((regulator.state / "feed.xml").read_bytes())
    assert str(next(feed.iter(f"{ATOM}entry")).findtext(f"{ATOM}title")).startswith("［红］账本变短了")


def test_what_the_site_says_of_itself_cannot_break_the_feed_or_the_terminal(
    regulator: Regulator, entries: list[bytes]
) -> None:
    regulator.visit(log_of(entries[:SEEN]))
    note = regulator.site.content["checkpoint"].decode()
    evil = "evil\u009b31m\u202e\ufffe\U000e0041<x>&"
    regulator.site.content["checkpoint"] = note.replace("ledger.example/test\n", f"{evil}\n", 1).encode()
    report = regulator.round()
    assert told(report, "wrong-origin")
    feed = (regulator.state / "feed.xml").read_bytes()
    assert any("<x>&" in str(title.text) for title in ET.fromstring(feed).iter(f"{ATOM}title"))
    assert shown(evil) == "evil\ufffd31m\ufffd\ufffd\ufffd<x>&"


class TestCommand:
    """``yangguang monitor`` as cron runs it."""

    @pytest.fixture
    def run(self, regulator: Regulator) -> Callable[..., Result]:
        return lambda *more: CliRunner().invoke(
            app, ["monitor", regulator.site.url, "--state", str(regulator.state), "--max-entry-age", "36500", *more]
        )

    def test_exit_codes_say_what_the_help_says(
        self, run: Callable[..., Result], regulator: Regulator, entries: list[bytes]
    ) -> None:
        regulator.site.publish(log_of(entries[:7]))
        assert run("--genesis", genesis_of(entries)).exit_code == 0
        assert run("--max-entry-age", "1").exit_code == 0
        assert run("--max-entry-age", "1", "--strict").exit_code == 1
        assert run("--genesis", "0" * 64).exit_code == 2
        assert run("--policy", str(regulator.folder / "none")).exit_code == 2
        regulator.site.answers["checkpoint"] = answering(b"", status=503)
        down = run()
        assert (down.exit_code, "503" in down.output) == (3, True)
        assert json.loads(run("--json").stdout)["verdict"] == "no-round"
        regulator.site.answers["checkpoint"] = answering(log_of(entries[:3])["checkpoint"])
        alarm = run()
        assert (alarm.exit_code, "［红］账本变短了" in alarm.output, "证据保存在" in alarm.output) == (1, True, True)

    def test_json_has_a_stable_form(
        self, run: Callable[..., Result], regulator: Regulator, entries: list[bytes]
    ) -> None:
        regulator.site.publish(log_of(entries[:7]))
        value: dict[str, Any] = json.loads(run("--json").stdout)
        assert value.keys() == {
            *("verdict", "checked_at", "url", "origin", "genesis", "size", "previous_size", "root"),
            *("newest_recorded_at", "signals", "evidence"),
        }
        assert (value["verdict"], value["size"], value["previous_size"], value["evidence"]) == ("good", 7, None, None)
        assert value["signals"][0].keys() == {"level", "code", "zh", "en"}
