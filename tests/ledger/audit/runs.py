"""Runs of a verification that keeps a state."""

from pathlib import Path

from ledger.audit.report import Report
from ledger.audit.verify import Options, verify
from tests.ledger.audit.conftest import Files, published
from tests.ledger.world import ORIGIN, private_key

SIZE = 40


def log_of(entries: list[bytes]) -> Files:
    return published(entries, origin=ORIGIN, log_key=private_key("log"))


def visit(files: Files, state: Path, *, rules: bool = False) -> Report:
    return verify(files.source, Options(state=state, rules=rules))
