"""Reading the public's letters on one's own device: fetched with a signed request, opened with the inbox key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.domain.entry import parse_time
from ledger.domain.letter import Letter, parse_letter
from ledger.domain.values import REFERENCE
from ledger.errors import LedgerError, MalformedError, NotFoundError
from ledger.sealing.letters import InboxKey
from ledger.signing.keys import PrivateKey
from ledger.tlog.base64 import decode_base64
from public_site.presenters.words import PATHS
from yangguang.client import Client

KINDS = {path: kind for kind, path in PATHS.items()}
THING = re.compile(r"/([a-z-]+)/([0-9a-f-]{36})")
ENTRY = re.compile(r"/entries/(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as the ledger gave it. ``letter`` is None where no key, or another one, was at hand."""

    number: str
    received_at: datetime
    letter: Letter | None

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        found = self.letter
        opened = {} if found is None else {"words": found.words, "contact": found.contact, "about": found.about}
        return {
            "number": self.number,
            "received_at": self.received_at.isoformat(),
            "opened": found is not None,
            **opened,
        }


def letters(client: Client, key: PrivateKey, inbox_key: InboxKey | None) -> Iterator[Received]:
    """All letters, oldest first."""
    origin = client.standpoint().log
    after, more = "", True
    while more:
        answer = client.signed("GET", f"/api/inbox{after}", key)
        for item in answer["letters"]:
            yield Received(item["number"], parse_time(item["received_at"]), _opened(item, inbox_key, origin))
            after = f"?after={item['number']}"
        more = answer["more"]


def one_letter(client: Client, key: PrivateKey, inbox_key: InboxKey, number: str) -> Letter:
    """The letter of a number. Raises NotFoundError, UnreadableLetterError, MalformedError."""
    origin, after, more = client.standpoint().log, "", True
    while more:
        answer = client.signed("GET", f"/api/inbox{after}", key)
        for item in answer["letters"]:
            after = f"?after={item['number']}"
            if item["number"] == number:
                return _open(item, inbox_key, origin)
        more = answer["more"]
    raise NotFoundError(
        f"收信箱里没有{number}：已经处理过，或者满30天已删除。",
        f"The inbox has no {number}: handled, or deleted after 30 days.",
    )


def about_of(client: Client, page: str) -> dict[str, str]:
    """``about`` or ``page`` of a question, from the page that a letter was written on."""
    if (thing := THING.fullmatch(page)) and thing[1] in KINDS:
        reference = f"{KINDS[thing[1]]}/{thing[2]}"
        if REFERENCE.fullmatch(reference):
            return {"about": reference}
    if entry := ENTRY.fullmatch(page):
        try:
            return {"about": client.record_of_entry(int(entry[1]))}
        except NotFoundError:
            return {"page": page}
    return {"page": page or "/"}


def _opened(item: dict[str, Any], inbox_key: InboxKey | None, origin: str) -> Letter | None:
    if inbox_key is None or item["key_id"] != inbox_key.key_id:
        return None
    try:
        return _open(item, inbox_key, origin)
    except LedgerError:
        return None


def _open(item: dict[str, Any], inbox_key: InboxKey, origin: str) -> Letter:
    letter = parse_letter(inbox_key.open(decode_base64(item["ciphertext"]), origin=origin))
    if letter.number != item["number"]:
        raise MalformedError(
            f"服务器给的编号是{item['number']}，信里写的是{letter.number}。请联系管理员。",
            f"The server says {item['number']}, the letter itself {letter.number}. Tell an administrator.",
        )
    return letter
