"""A witness that is killed in the middle of an answer: what it may have signed is what it stands by afterwards."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.yangguang.witness.logs import Log
from yangguang.witness.store import Cosigned, WitnessStore
from yangguang.witness.witness import Witness, make_witness


class Killing(WitnessStore):
    """Kills its process where a transaction ends."""

    def __init__(self, directory: Path, *, after_commit: bool) -> None:
        super().__init__(directory)
        self._after_commit = after_commit

    def advance(self, origin: str, decide: Callable[[Cosigned | None], Cosigned | None]) -> None:
        def decided(last: Cosigned | None) -> Cosigned | None:
            newer = decide(last)
            if not self._after_commit:
                os.kill(os.getpid(), signal.SIGKILL)
            return newer

        super().advance(origin, decided)
        os.kill(os.getpid(), signal.SIGKILL)


def killed_while_adding(directory: Path, body: bytes, *, after_commit: bool) -> None:
    """A process of its own submits, and is killed right before or right after its transaction ends."""
    pid = os.fork()
    if pid == 0:
        try:
            witness = Witness(directory)
            witness.store = Killing(directory, after_commit=after_commit)
            witness.add_checkpoint(body)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize(("after_commit", "stands_at"), [(False, 3), (True, 8)])
def test_a_killed_witness_never_signs_backwards(tmp_path: Path, *, after_commit: bool, stands_at: int) -> None:
    log, fork = Log(20), Log(20, mark="false")
    make_witness(tmp_path / "w", "w.example")
    witness = Witness(tmp_path / "w")
    witness.watch(log.vkey)
    assert witness.add_checkpoint(log.request(0, 3)).status == 200
    witness.close()
    killed_while_adding(tmp_path / "w", log.request(3, 8), after_commit=after_commit)
    witness = Witness(tmp_path / "w")
    refusal = witness.add_checkpoint(log.request(1, 8)).refusal
    assert refusal is not None
    assert refusal.size == stands_at
    assert witness.add_checkpoint(fork.request(stands_at, 9)).status == 422
    assert witness.add_checkpoint(log.request(stands_at, 8)).status == 200
    witness.close()
