"""What a log must not overlook: a witness that has seen another history of it. A file of JSON, an alarm a line.

A mirror keeps the same file: there the site it follows stands in the place of the witness.

    {"at":1800000000,"kind":"another-root","tree_size":2310,"witness":"审计局","witness_size":2310}

It stays until a person removes it: nothing that happens later undoes that two histories were signed.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from ledger.errors import MalformedError

Kind = Literal["another-root", "not-consistent", "ahead", "source-forked", "source-refused"]
KINDS: tuple[Kind, ...] = ("another-root", "not-consistent", "ahead", "source-forked", "source-refused")
OF_A_MIRROR = frozenset({"source-forked", "source-refused"})
"""Kinds that a mirror raises about the site it follows; what the mirror itself shows was good."""
MAX_ALARMS = 100
SENTENCES: dict[Kind, tuple[str, str]] = {
    "another-root": (
        "见证机构“{witness}”在{tree_size:,}条时见过另一个总指纹：历史被改写过，或者给不同的人看了不同的账本。",
        "Witness {witness!r} has seen another root at size {tree_size:,}: the log was rewritten or forked.",
    ),
    "not-consistent": (
        "见证机构“{witness}”见过{witness_size:,}条；现在的{tree_size:,}条不是接着它们往后记的：历史被改写过。",
        "Witness {witness!r} has seen {witness_size:,} entries; the {tree_size:,} of now do not continue them.",
    ),
    "ahead": (
        "见证机构“{witness}”见过{witness_size:,}条，账本现在只有{tree_size:,}条：账目丢失了，或者账本退回了旧备份。",
        "Witness {witness!r} has seen {witness_size:,} entries, and the log has {tree_size:,}: entries are lost.",
    ),
    "source-forked": (
        "来源{witness}现在公布的{witness_size:,}条和本镜像保存的{tree_size:,}条互相矛盾：历史被改写过，或者给不同的人看了不同的账本。",
        "{witness} now publishes {witness_size:,} entries that contradict the {tree_size:,} kept here: a fork.",
    ),
    "source-refused": (
        "来源{witness}签了章的第{witness_size:,}条没有通过核对，本镜像没有收下它，停在{tree_size:,}条。",
        "Entry {witness_size:,}, which {witness} has signed for, does not hold; the mirror stays at {tree_size:,}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One witness's objection. ``witness`` is its name in the policy, ``at`` POSIX seconds; sizes count entries.

    Of a mirror's, ``witness`` is the address of its source and ``witness_size`` what is published there, or the entry.
    """

    at: int
    kind: Kind
    tree_size: int
    witness: str
    witness_size: int

    @property
    def zh(self) -> str:
        """What it means, in Chinese."""
        return SENTENCES[self.kind][0].format(**asdict(self))

    @property
    def en(self) -> str:
        """What it means, in English."""
        return SENTENCES[self.kind][1].format(**asdict(self))


def parse_alarms(data: bytes) -> tuple[Alarm, ...]:
    """The alarms in a file, oldest first. Raises MalformedError."""
    try:
        return tuple(_alarm(json.loads(line)) for line in data.decode().splitlines())
    except (ValueError, TypeError) as error:
        raise MalformedError("见证警报的文件读不出来。", f"The file of alarms cannot be read: {error}.") from None


def format_alarms(alarms: Sequence[Alarm]) -> bytes:
    """The file that ``parse_alarms`` reads."""
    lines = (json.dumps(asdict(alarm), ensure_ascii=False, separators=(",", ":"), sort_keys=True) for alarm in alarms)
    return "".join(f"{line}\n" for line in lines).encode()


def _alarm(value: dict[str, object]) -> Alarm:
    alarm = Alarm(**value)  # type: ignore[arg-type]
    numbers = (alarm.at, alarm.tree_size, alarm.witness_size)
    if alarm.kind not in KINDS or not isinstance(alarm.witness, str) or any(type(each) is not int for each in numbers):
        raise ValueError("a field is of another type")
    return alarm
