"""Whatever a test of the rules submits, the rules that are not asked about it are asked too, and must be silent."""

import pytest

from ledger.rules import admission
from tests.ledger.rules.asked import check_and_ask_the_others


@pytest.fixture(autouse=True)
def ask_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "check", check_and_ask_the_others)
