"""A beneficiary's slip: what one sealed row of an entry says, in the hands of the person it is about.

    https://ledger.example/verify#slip=<event id>.<disclosure>&entry=<index>

Everything stands after the ``#``, which a browser never sends. The index is only a hint where to look; the event id
names the entry, and through the tree head that its author signed also the ledger before it.
"""

import re
from dataclasses import dataclass

from ledger.errors import MalformedError

SLIP = re.compile(r"slip=([0-9a-f]{64})\.([A-Za-z0-9_-]+)(?:&(?:amp;)?entry=([0-9]{1,15}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slip:
    """``event_id`` is hex, ``disclosure`` the row's text, ``index`` where the entry stood, if the paper says so."""

    event_id: str
    disclosure: str
    index: int | None = None


def format_slip(slip: Slip, site: str) -> str:
    """The address that the slip's QR code holds; ``site`` is the site's own address."""
    hint = "" if slip.index is None else f"&entry={slip.index}"
    return f"{site.rstrip('/')}/verify#slip={slip.event_id}.{slip.disclosure}{hint}"


def parse_slip(text: str) -> Slip:
    """The first slip in an address, a printed text or an HTML file; what it says is still to be checked.

    A text may break the address into lines. Raises MalformedError.
    """
    found = SLIP.search(text) or SLIP.search(re.sub(r"\s", "", text))
    if found is None:
        raise MalformedError(
            "这里没有凭条：应有“slip=”和它后面的编号与内容。请用凭条的文件，或把整个网址给全。",
            "There is no slip here. Give the slip's file, or its whole address.",
        )
    event_id, disclosure, index = found.groups()
    return Slip(event_id, disclosure, None if index is None else int(index))
