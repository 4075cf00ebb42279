"""Kind ``head``: the tree head of a regional ledger as its own key signed it. A record for each, so that none grows.

checkpoint   base64 of the signed note (C2SP tlog-checkpoint), by which anybody can hold it against that ledger
proof        base64 hashes of the RFC 6962 consistency proof from the head entered before; absent from the first
"""

from typing import Annotated

from pydantic import Field

from ledger.canonical import MAX_INTEGER
from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import Base64Text, Kind, Label, public, reference

STATES = {"entered": Label("已记入", "entered")}
MOST_HASHES = 63


class HeadEntered(Event):
    TYPE = "head.entered"
    LABEL = Label("记入地区账本的总指纹", "Tree head entered")
    SAYS = {
        "": Label("“{region}”有{tree_size}条账目，总指纹{root}。", "“{region}” has {tree_size} entries, root {root}.")
    }
    SIGNED_BY = (one_of("publish", "plan"),)
    AFTER = (OPENS,)
    BECOMES = "entered"
    region: Annotated[str, reference("region")] = public("地区账本", "Regional ledger")
    tree_size: Annotated[int, Field(ge=1, le=MAX_INTEGER), Kind("count")] = public("条数", "Entries")
    root: Base64Text = public("总指纹", "Root hash")
    checkpoint: Base64Text = public("签章原文", "Signed checkpoint")
    proof: Annotated[list[Base64Text], Field(min_length=1, max_length=MOST_HASHES)] | None = public(
        "接续证明", "Consistency proof", default=None
    )
