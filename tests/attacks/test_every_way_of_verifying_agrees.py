"""Quick or strict, in one process or in two: the same findings in the same words, for every false log."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context

import pytest

from ledger.audit import apart, opened
from ledger.audit.copies import Copies, WalkedGroup
from ledger.audit.report import Report
from ledger.audit.verify import Options, verify
from ledger.tlog.tile import TILE_WIDTH
from tests.attacks.regulator import log_of, small_log_of
from tests.attacks.test_forgeries import FORGERIES
from tests.attacks.test_histories import HISTORIES, History
from tests.ledger.audit.conftest import Files, codes
from tests.ledger.audit.forging import index_of, payload, signed_again
from tests.ledger.world import private_key

FALSE: dict[str, History] = {
    **{name: forgery for name, (_, forgery) in FORGERIES.items()},
    **{name: history for name, (_, history) in HISTORIES.items()},
    "nothing wrong": lambda entries: entries,
    "an entry that is no JSON": lambda entries: [*entries[:30], b"{", *entries[31:]],
    "an entry without its newline twin": lambda entries: [*entries[:30], entries[30] + b"\n", *entries[31:]],
    "a place signed by one who may not": lambda entries: _changed(entries, {}, by="基金会"),
    "a record that another kind has": lambda entries: _changed(
        entries, {"record": f"place/{payload(entries[index_of(entries, 'donation.received')]).uuid}"}
    ),
    "a digest used twice": lambda entries: [*_changed(entries, {"withdrawable": ["A" * 43]}), *_again(entries)],
}


CHANGES: dict[str, object] = {
    "log": "ledger.example/other",
    "version": 2,
    "previous": "00" * 32,
    "schema": 9,
    "type": "place.unheard_of",
    "occurred_on": "2999-01-01",
    "tree": {"size": 3, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
    "data": {"code": "F1"},
    "withdrawable": ["A" * 43],
    "sealed": ["B" * 42 + "A", "A" * 43],
}


def _changed(entries: Sequence[bytes], changes: Mapping[str, object], *, by: str = "admin-1") -> list[bytes]:
    place = index_of(list(entries), "place.registered", 7)
    return [*entries[:place], signed_again(entries[place], private_key(by), **changes), *entries[place + 1 :]]


def _again(entries: Sequence[bytes]) -> list[bytes]:
    place = index_of(list(entries), "place.registered", 9)
    return [signed_again(entries[place], private_key("admin-1"), withdrawable=["A" * 43])]


@pytest.fixture(scope="module")
def two() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def in_small_groups(groups: Callable[[Copies], Iterator[WalkedGroup]]) -> Callable[[Copies], Iterator[WalkedGroup]]:
    """Groups of four entries, so that in a short log too most are opened after their keys are known."""

    def small(copies: Copies) -> Iterator[WalkedGroup]:
        for whole in groups(copies):
            for at in range(0, len(whole.entries), 4):
                entries, published = whole.entries[at : at + 4], whole.published[at : at + 4]
                yield WalkedGroup(whole.start + at, entries, whole.rows, published)

    return small


def reports(content: dict[str, bytes], processes: int = 1) -> list[Report]:
    return [verify(Files(content).source, Options(rules=rules, processes=processes)) for rules in (False, True)]


@pytest.mark.parametrize("name", [*FALSE, *CHANGES])
def test_false_log_is_told_in_the_same_words(
    name: str, entries: list[bytes], two: ProcessPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Copies, "groups", in_small_groups(Copies.groups))
    content = log_of(FALSE[name](entries) if name in FALSE else _changed(entries, {name: CHANGES[name]}))
    quick = reports(content)
    monkeypatch.setattr(apart, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(opened, "OPENED_FIRST", 0)
    monkeypatch.setattr(apart, "ProcessPoolExecutor", lambda *_, **__: nullcontext(two))
    monkeypatch.setattr(apart.Job, "do_here", lambda _job: False)
    assert reports(content, processes=2) == quick
    monkeypatch.setattr(opened, "gist_of", lambda *_: False)
    assert reports(content) == quick


def test_gists_are_enough_once_the_keys_are_known(many: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lest the others hold for want of any gist: each group of 256 is read with the keys known before it."""
    strict: list[bytes] = []

    def open_strictly(raw: bytes, public_keys: Mapping[str, bytes]) -> opened.OpenedEntry:
        strict.append(raw)
        return opened.open_entry(raw, public_keys)

    monkeypatch.setattr("ledger.audit.walk.open_entry", open_strictly)
    assert [codes(report) for report in reports(small_log_of(many))] == [[], []]
    assert set(strict) == set(many[:TILE_WIDTH])
