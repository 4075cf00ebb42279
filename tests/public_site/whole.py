"""Site and API under one address, over a new ledger with an inbox key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.api.app import create_api
from ledger.application import Ledger
from ledger.clock import system_clock
from ledger.domain.letter import parse_letter
from ledger.sealing.inbox import Inbox
from ledger.sealing.letters import InboxKey
from ledger.settings import load_settings, save_inbox
from public_site.app import create_site
from public_site.asking import AskPages
from tests.faults.serving import serving
from tests.public_site.served import found_ledger, serve
from yangguang.serving import ByPath


@dataclass
class Whole:
    """A running ledger. ``key`` opens what is written to it."""

    url: str
    ledger: Ledger
    key: InboxKey

    def letters(self) -> list[str]:
        """The words of all letters, oldest first."""
        inbox = Inbox(self.ledger.settings.letters)
        found = inbox.letters(system_clock(), limit=100)
        inbox.close()
        return [parse_letter(self.key.open(item.ciphertext, origin=self.ledger.origin)).words for item in found]


@contextmanager
def whole_ledger(folder: Path) -> Iterator[Whole]:
    """Founded, published, folded and served."""
    found_ledger(folder / "ledger", folder / "log")
    served = serve(folder, folder / "log")
    key = InboxKey.generate()
    save_inbox(folder / "ledger", key.line)
    ledger = Ledger(load_settings(folder / "ledger"))
    api = create_api(ledger, None, ask_pages=AskPages(served.views, served.log))  # type: ignore[arg-type]
    site = create_site(served.views, served.log, takes_letters=True)
    with serving(ByPath(api, site)) as url:
        yield Whole(url, ledger, key)
    ledger.close()
