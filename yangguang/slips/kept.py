"""What is needed to print an entry's slips: made beside the submission, on the staff's own device, never on a server.

    {"demonstration":true,"event_id":"9f3c…","happened":"2023-05-14","index":811,"label":"发放奖学金",
     "origin":"ledger.example/sanpai","recorded":"2023-05-15 09:42","sentence":"…",
     "slips":[{"disclosure":"WyJ…","fields":[["姓名","…"]]}]}

Whoever has this file can read the sealed rows, so it is as secret as the list it was made from.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from ledger.canonical import canonical_bytes, parse_strict
from ledger.errors import InvalidFieldError
from ledger.sealing.slip import Slip, format_slip
from public_site.slips import PrintedSlip

MAX_KEPT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptSlip:
    """One sealed row: its disclosure, and (label, text) of what it says."""

    disclosure: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeptSlips:
    """The slips of one entry. ``index`` and ``recorded`` are unknown until it was admitted."""

    origin: str
    demonstration: bool
    event_id: str
    label: str
    sentence: str
    happened: str
    slips: tuple[KeptSlip, ...]
    index: int | None = None
    recorded: str | None = None

    def admitted(self, index: int, recorded: str) -> "KeptSlips":
        """With the place and time at which the entry was admitted."""
        return replace(self, index=index, recorded=recorded)

    def printed(self, site: str) -> list[PrintedSlip]:
        """Each slip ready to be printed, with the address that its code holds."""
        where = [("账目", f"第{self.index:,}条" if self.index is not None else "见网址里的编号"), ("账本", self.origin)]
        when = [("事情发生", self.happened), *([("记入账本", f"{self.recorded}（北京时间）")] if self.recorded else [])]
        return [
            PrintedSlip(
                heading=self.label,
                sentence=self.sentence,
                facts=(*where, *when),
                fields=each.fields,
                address=format_slip(Slip(self.event_id, each.disclosure, self.index), site),
                verify_page=f"{site.rstrip('/')}/verify",
                demonstration=self.demonstration,
            )
            for each in self.slips
        ]

    def to_bytes(self) -> bytes:
        """The file."""
        return canonical_bytes(json.loads(json.dumps(asdict(self))))


def parse_kept(data: bytes) -> KeptSlips:
    """The slips in a file that ``to_bytes`` made. Raises InvalidFieldError, MalformedError, TooLargeError."""
    value = parse_strict(data, max_bytes=MAX_KEPT)
    try:
        return KeptSlips(**{**value, "slips": tuple(map(_slip, value["slips"]))})
    except (TypeError, KeyError, ValueError):
        raise InvalidFieldError("这不是凭条的底稿。", "This is not what slips are printed from.") from None


def _slip(value: dict[str, Any]) -> KeptSlip:
    return KeptSlip(value["disclosure"], tuple((label, text) for label, text in value["fields"]))
