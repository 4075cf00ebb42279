"""Who else has seen the ledger: what the policy's witnesses cosigned, read from the published checkpoint and verified.

Nothing here is taken on the recorder's word: each line is checked again under the policy's keys. That the policy names
independent witnesses, and their true keys, a reader learns from the witnesses themselves.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from ledger.errors import LedgerError, NotFoundError
from ledger.signing.quorum import Witnessing, check_keys, witnessing_of
from ledger.tlog.alarm import OF_A_MIRROR, Alarm, parse_alarms
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import COSIGNATURE_ED25519, format_vkey, parse_note, parse_vkey
from ledger.tlog.policy import Policy, PolicyLog, PolicyWitness, format_policy, parse_policy, shown_name
from public_site.presenters import words

NOBODY = "还没有见证机构为本账本联署。"
UNBELIEVED = "请不要采信本站的数字，并告诉监督机构。"
KEPT_HERE = "本站显示的是在那以前逐条核对过的账，证据已经保存。请告诉监督机构。"
DAY, HOUR, MINUTE = 86400, 3600, 60
Said = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class WitnessFiles:
    """Where the policy is, if there is one, and the folder with what the witnesses answered."""

    policy: Path | None
    folder: Path
    clock: Callable[[], float] = field(default=time.time)


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint's note, what it says and which of the policy's witnesses cosigned it."""

    note: bytes
    checkpoint: Checkpoint
    witnessing: Witnessing


@dataclass(frozen=True, slots=True)
class WitnessState:
    """What is known now. ``problem`` says why the cosignatures cannot be believed; ``newest`` is the newest quorum."""

    policy: Policy | None = None
    now: float = 0
    current: Seen | None = None
    newest: Seen | None = None
    alarms: tuple[Alarm, ...] = ()
    problem: str = ""

    @property
    def badge(self) -> Said:
        """State, word and sentence of the badge; never good by default."""
        if self.alarms:
            return "bad", *_said_of(self.alarms[0])
        if self.problem:
            return "bad", "见证不符", f"{self.problem}{UNBELIEVED}"
        if self.policy is None or self.current is None or self.policy.least == 0:
            return "unknown", "见证未检查", NOBODY
        found = self.current.witnessing
        if found.is_met:
            return "ok", "见证齐全", f"{_counted(self.current)}达到规定的{self.policy.least}家。{self._age(found)}"
        word = f"见证不足（{len(found.times)}/{self.policy.least}）"
        return "wait", word, f"{_counted(self.current)}缺{_names(found.missing)}。{self._newest()}"

    @property
    def strip(self) -> str | None:
        """A few words for the strip above each page."""
        found = self.newest.witnessing.since if self.newest is not None else None
        return None if found is None else f"见证机构联署到{moment(found)}"

    def _newest(self) -> str:
        if self.newest is None:
            return "还没有一次达到规定的家数。"
        last = self.newest.checkpoint.tree_size - 1
        return f"最近一次达到规定的家数，是第0条至第{last:,}条。{self._age(self.newest.witnessing)}"

    def _age(self, found: Witnessing) -> str:
        if found.since is None:
            return ""
        return f"最近的联署在{moment(found.since)}（{ago(self.now - found.since)}）。"


def witness_state(files: WitnessFiles | None, note: bytes | None) -> WitnessState:
    """What the witnesses say of the published checkpoint ``note``; None while nothing is published."""
    if files is None:
        return WitnessState()
    try:
        alarms = parse_alarms(_read(files.folder / "alarm"))
    except NotFoundError:
        alarms = ()
    except LedgerError as error:
        return WitnessState(problem=error.zh)
    policy = None
    try:
        policy = None if files.policy is None else _policy(_read(files.policy))
        if policy is None or note is None:
            return WitnessState(policy, alarms=alarms)
        current = _seen(note, policy)
        return WitnessState(policy, files.clock(), current, _newest(files, policy, current), alarms)
    except LedgerError as error:
        return WitnessState(policy, alarms=alarms, problem=f"见证机构的联署没有通过核对：{error.zh}")


def policy_for_readers(policy: Policy, vkey: str, url: str) -> str:
    """The policy as a reader may keep it: it names this log first, if it names none."""
    logs = policy.logs or (PolicyLog(parse_vkey(vkey), url),)
    return format_policy(replace(policy, logs=logs)).decode(errors="surrogateescape")


def listed(state: WitnessState) -> Iterator[dict[str, str]]:
    """Each witness of the policy: name, vkey, and when it cosigned what is published."""
    times = state.current.witnessing.times if state.current is not None else {}
    otherwise = "联署没有通过核对" if state.problem else "还没有联署现在的签章"
    for witness in state.policy.witnesses if state.policy is not None else ():
        cosigned = f"{moment(times[witness.name])}联署" if witness.name in times else otherwise
        yield {"name": shown_name(witness.name), "vkey": format_vkey(witness.key), "state": cosigned}


def summary(state: WitnessState) -> str:
    """How many witnesses are listed and have cosigned what is published."""
    if state.problem:
        return state.problem
    if state.policy is None or state.current is None or not state.policy.witnesses:
        return NOBODY.rstrip("。")
    return f"列出{len(state.policy.witnesses)}家，其中{len(state.current.witnessing.times)}家联署了现在的签章"


def offered(state: WitnessState) -> list[dict[str, str]]:
    """Those of the listed witnesses whose cosignatures a browser can check: Ed25519."""
    return [item for item in listed(state) if parse_vkey(item["vkey"]).algorithm == COSIGNATURE_ED25519]


def moment(seconds: int) -> str:
    """POSIX seconds as a moment in Beijing; one that no calendar has as it stands."""
    try:
        return words.moment(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return f"{seconds}秒（1970年起）"


def ago(seconds: float) -> str:
    """How long ago that was, in the largest unit that fits."""
    for unit, word in ((DAY, "天"), (HOUR, "小时"), (MINUTE, "分钟")):
        if seconds >= unit:
            return f"{int(seconds // unit)}{word}前"
    return "刚刚"


def _said_of(alarm: Alarm) -> tuple[str, str]:
    """The word and the sentence of an alarm: what a mirror shows was good when it took it in."""
    if alarm.kind in OF_A_MIRROR:
        return "镜像报警", f"{alarm.zh}{KEPT_HERE}"
    return "见证报警", f"{alarm.zh}{UNBELIEVED}"


def _counted(seen: Seen) -> str:
    """How many witnesses cosigned, and what."""
    last, count = seen.checkpoint.tree_size - 1, len(seen.witnessing.times)
    who = f"{count}家见证机构" if count else "还没有见证机构"
    return f"{who}为现在的第0条至第{last:,}条联署，"


def _names(witnesses: tuple[PolicyWitness, ...]) -> str:
    return "、".join(f"“{shown_name(witness.name)}”" for witness in witnesses)


def _newest(files: WitnessFiles, policy: Policy, current: Seen) -> Seen | None:
    """The newest checkpoint with a quorum, which the recorder keeps, if it holds."""
    if current.witnessing.is_met:
        return current
    try:
        kept = _seen(_read(files.folder / "quorum"), policy)
    except LedgerError:
        return None
    is_same = kept.checkpoint.origin == current.checkpoint.origin
    return kept if kept.witnessing.is_met and is_same else None


def _seen(note: bytes, policy: Policy) -> Seen:
    return Seen(note, parse_checkpoint(parse_note(note).text), witnessing_of(note, policy))


@lru_cache(maxsize=4)
def _policy(data: bytes) -> Policy:
    policy = parse_policy(data)
    check_keys(policy)
    return policy


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotFoundError(f"没有文件{path.name}。", f"There is no file {path.name}.") from None
