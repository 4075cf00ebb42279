"""Whom to believe about a log: its keys, its witnesses and how many of them it takes (C2SP tlog-policy).

    log     ledger.example/sanpai+530d903a+AekyeRrm…        https://ledger.example/log
    witness 审计局 audit.example/w+a3f2…+BJ0k…               https://audit.example
    witness 大学   uni.example/w+91c0…+BM2e…
    group   各方   all 审计局 大学
    quorum  各方

A checkpoint is valid if one of the logs signed it and the quorum has cosigned. Names are octets that mean something
in this file alone; octets that are not UTF-8 are kept as lone surrogates, so that no two names fall together.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from ledger.errors import LedgerError, MalformedError, TooLargeError
from ledger.tlog.note import COSIGNATURE_ED25519, ED25519, ML_DSA_44, VerifierKey, format_vkey, parse_vkey

NONE = "none"
MAX_POLICY_BYTES = 512 * 1024
MAX_LINES = 1000
MAX_OF_A_KIND = 64
"""Twice the 32 logs, witnesses and groups that the specification asks for ("Implementation limits")."""
NOT_ALLOWED = re.compile(rb"[^\x09\x0a\x20-\x7e\x80-\xff]")
BLANKS = re.compile(rb"[\t ]+")
THRESHOLD = re.compile(r"[1-9][0-9]{0,2}")
LOG_ALGORITHMS = (ED25519, ML_DSA_44)
WITNESS_ALGORITHMS = (COSIGNATURE_ED25519, ML_DSA_44)


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are accepted: its key, named by its origin, and perhaps where it is."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness: its name in this policy, its key, and perhaps its submission prefix (C2SP tlog-witness)."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """A group has witnessed what at least ``threshold`` of its ``members`` have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy; only ``parse_policy`` makes one. ``quorum`` is a name, or ``none``."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def is_met_by(self, names: Collection[str]) -> bool:
        """Whether the witnesses of these names (``PolicyWitness.name``) are a quorum."""
        witnessed = {NONE} | ({witness.name for witness in self.witnesses} & set(names))
        for group in self.groups:  # each refers to earlier ones only, so one pass settles them all
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(group.name)
        return self.quorum in witnessed

    @property
    def least(self) -> int:
        """The smallest number of witnesses that can be a quorum."""
        needed = {NONE: 0} | {witness.name: 1 for witness in self.witnesses}
        for group in self.groups:
            needed[group.name] = sum(sorted(needed[member] for member in group.members)[: group.threshold])
        return needed[self.quorum]

    @property
    def counted(self) -> tuple[PolicyWitness, ...]:
        """The witnesses that the quorum counts, in the order of the file; others are listed and change nothing."""
        reached = {self.quorum}
        for group in reversed(self.groups):
            if group.name in reached:
                reached.update(group.members)
        return tuple(witness for witness in self.witnesses if witness.name in reached)

    def missing(self, names: Collection[str]) -> tuple[PolicyWitness, ...]:
        """The witnesses that the quorum counts and that are not among ``names``; nobody where it is met."""
        return () if self.is_met_by(names) else tuple(w for w in self.counted if w.name not in names)


def parse_policy(data: bytes) -> Policy:
    """The policy in a file. Raises TooLargeError, or MalformedError that names the line."""
    if len(data) > MAX_POLICY_BYTES:
        raise TooLargeError("见证规则", "policy", len(data), MAX_POLICY_BYTES)
    if data.count(b"\n") > MAX_LINES:
        raise MalformedError(f"见证规则超过{MAX_LINES}行。", f"The policy has more than {MAX_LINES} lines.")
    return _Reader().read(data)


def format_policy(policy: Policy) -> bytes:
    """The file that ``parse_policy`` reads: what names are must come before what uses them."""
    return "".join(f"{' '.join(line)}\n" for line in _lines(policy)).encode(errors="surrogateescape")


def shown_name(name: str) -> str:
    """A policy's name for people: octets that are not UTF-8 appear as replacement characters."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _lines(policy: Policy) -> Iterator[list[str]]:
    for log in policy.logs:
        yield ["log", format_vkey(log.key), *([log.url] if log.url else [])]
    for witness in policy.witnesses:
        yield ["witness", witness.name, format_vkey(witness.key), *([witness.url] if witness.url else [])]
    for group in policy.groups:
        yield ["group", group.name, str(group.threshold), *group.members]
    yield ["quorum", policy.quorum]


@dataclass(slots=True)
class _Reader:
    """Reads line by line; ``line`` is the number of the current one, from 1."""

    line: int = 0
    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: str | None = None
    members: set[str] = field(default_factory=set)

    def read(self, data: bytes) -> Policy:
        *lines, rest = data.split(b"\n")
        for raw in lines:
            self.line += 1
            self._read_line(raw)
        if rest:
            self.line += 1
            self._refuse("最后一行没有以换行结尾", "it does not end in a line feed")
        if self.quorum is None:
            raise MalformedError("见证规则缺少quorum行。", "The policy has no quorum line.")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _read_line(self, raw: bytes) -> None:
        if NOT_ALLOWED.search(raw):
            self._refuse("含有控制字符（只许用空格和制表符）", "it has a control character other than a tab")
        stripped = raw.strip(b"\t ")
        if not stripped or stripped.startswith(b"#"):
            return
        keyword, *items = (item.decode(errors="surrogateescape") for item in BLANKS.split(stripped))
        match keyword, len(items):
            case "log", 1 | 2:
                self._read_log(items)
            case "witness", 2 | 3:
                self._read_witness(items)
            case "group", count if count >= 3:
                self._read_group(items)
            case "quorum", 1:
                self._read_quorum(items[0])
            case _:
                self._refuse(
                    "不是“log 公钥 [网址]”“witness 名称 公钥 [网址]”“group 名称 all|any|数目 成员…”或“quorum 名称”",
                    "it is none of “log vkey [url]”, “witness name vkey [url]”, “group name all|any|k members…”,"
                    " “quorum name”",
                )

    def _read_log(self, items: list[str]) -> None:
        key = self._key(items[0], LOG_ALGORITHMS)
        if any(log.key.public_key == key.public_key for log in self.logs):
            self._refuse("这把账本公钥已经列过", "this key of a log is listed twice")
        self._check_count(len(self.logs))
        self.logs.append(PolicyLog(key, *items[1:]))

    def _read_witness(self, items: list[str]) -> None:
        self._check_new(items[0])
        key = self._key(items[1], WITNESS_ALGORITHMS)
        if any(witness.key.public_key == key.public_key for witness in self.witnesses):
            self._refuse("这把见证公钥已经列过", "this key of a witness is listed twice")
        self._check_count(len(self.witnesses))
        self.witnesses.append(PolicyWitness(items[0], key, *items[2:]))

    def _read_group(self, items: list[str]) -> None:
        name, threshold, *members = items
        self._check_new(name)
        for member in members:
            self._check_known(member)
            if member in self.members:
                self._refuse(f"“{shown_name(member)}”已经是一个组的成员", f"{shown_name(member)!r} is a member already")
            self.members.add(member)
        self._check_count(len(self.groups))
        self.groups.append(PolicyGroup(name, self._threshold(threshold, len(members)), tuple(members)))

    def _read_quorum(self, name: str) -> None:
        if self.quorum is not None:
            self._refuse("quorum行只能有一行", "there may be only one quorum line")
        if name != NONE:
            self._check_known(name)
        self.quorum = name

    def _threshold(self, text: str, count: int) -> int:
        named = {"any": 1, "all": count}
        if text in named:
            return named[text]
        if THRESHOLD.fullmatch(text) is None or int(text) > count:
            self._refuse(
                f"“{shown_name(text)[:40]}”不是all、any或1至{count}的数",
                f"{text[:40]!r} is not all, any or 1 to {count}",
            )
        return int(text)

    def _key(self, vkey: str, algorithms: tuple[int, ...]) -> VerifierKey:
        try:
            key = parse_vkey(vkey)
        except LedgerError as error:
            self._refuse(error.zh.rstrip("。"), error.en.rstrip("."))
        if key.algorithm not in algorithms:
            self._refuse(
                f"算法0x{key.algorithm:02x}的公钥不能用在这里",
                f"a key of algorithm 0x{key.algorithm:02x} is of no use here",
            )
        return key

    def _names(self) -> set[str]:
        return {witness.name for witness in self.witnesses} | {group.name for group in self.groups}

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self._names():
            self._refuse(f"名称“{shown_name(name)}”已经用过", f"the name {shown_name(name)!r} is taken")

    def _check_known(self, name: str) -> None:
        if name not in self._names():
            self._refuse(
                f"前面没有名为“{shown_name(name)}”的见证机构或组",
                f"no line before it names a witness or group {shown_name(name)!r}",
            )

    def _check_count(self, count: int) -> None:
        if count >= MAX_OF_A_KIND:
            self._refuse(f"这类行超过{MAX_OF_A_KIND}行", f"there are more than {MAX_OF_A_KIND} such lines")

    def _refuse(self, zh: str, en: str) -> NoReturn:
        raise MalformedError(f"见证规则第{self.line}行：{zh}。", f"Policy line {self.line}: {en}.")
