"""A read node of a database publishes what witnesses cosigned, as the recording server has it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.signing.quorum import read_policy, witnessing_of
from ledger.tlog.note import format_vkey
from tests.attacks.site import Site, running_site
from tests.ledger.small_ledger import SmallLedger
from tests.public_site.watched import witness
from tests.yangguang.following.test_a_mirror import cosigned
from yangguang import mirroring as node


@pytest.fixture
def recorder() -> Iterator[Site]:
    yield from running_site()


def test_a_read_node_publishes_the_cosignatures_of_the_recording_server(
    recorder: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = SmallLedger(tmp_path / "ledger")
    policy = small.directory / "witness.policy"
    policy.write_text(f"witness w {format_vkey(witness(1).verifier_key)}\nquorum w\n")
    settings = replace(small.ledger.settings, recorder=recorder.url, policy=policy.name)
    own = small.ledger.head().checkpoint
    recorder.content = {"checkpoint": cosigned(own, [witness(1), witness(2)])}
    monkeypatch.setattr(node, "ROUNDS_BETWEEN", 1)
    monkeypatch.setattr(node, "SECONDS", 0.02)
    with node.mirroring(settings):
        until = time.monotonic() + 10
        while (settings.log / "checkpoint").read_bytes() == own:
            assert time.monotonic() < until
    note = (settings.log / "checkpoint").read_bytes()
    assert note == cosigned(own, [witness(1)])
    assert witnessing_of(note, read_policy(policy)).is_met
    small.ledger.close()
