"""The journal beside a spreadsheet: what was signed for each row, written before it is sent.

    {"journal":"yangguang-import/1","log":"ledger.example/sanpai"}
    {"person":"学生-01","vault_key":"0f3c…"}
    {"row":"donation.received D-001","fingerprint":"9a…","record":"donation/0188…","event":"5f…",
     "envelope":{…},"disclosures":["WyJ…"]}
    {"recorded":"5f…","index":41}
    {"refused":"77…"}

A line is on the disk before the bytes it names leave: after a cut connection or a killed process the same envelopes
are sent again, and the ledger answers those it has with their receipts. It holds what is sealed: keep it as private
as the spreadsheet. A last line without its end was never acted upon and is dropped.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from ledger.canonical import parse_strict
from ledger.domain.payload import parse_payload
from ledger.errors import InvalidFieldError, LedgerError, MalformedError
from ledger.opening import Submission, parse_submission

FORMAT = "yangguang-import/1"
SUFFIX = ".import.jsonl"
MAX_LINE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """One row's event as it was signed. ``fingerprint`` is of what the row said."""

    key: str
    fingerprint: str
    record: str
    submission: Submission

    @property
    def event_id(self) -> str:
        """Its event's name."""
        return self.submission.envelope.event_id

    def to_json(self) -> dict[str, Any]:
        """A line of the journal."""
        return {
            "row": self.key,
            "fingerprint": self.fingerprint,
            "record": self.record,
            "event": self.event_id,
            "envelope": self.submission.envelope.to_json(),
            "disclosures": list(self.submission.disclosures),
        }


class Journal:
    """Open for one import at a time. ``signed`` holds the newest of each row, by the row's key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log: str | None = None
        self.signed: dict[str, Signed] = {}
        self.recorded: dict[str, int] = {}
        self.refused: set[str] = set()
        self.persons: dict[str, str] = {}
        self._written: set[str] = set()
        self._file: BinaryIO | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """What is in it, nothing where there is none. Raises MalformedError."""
        journal = cls(path)
        if path.exists():
            for line in _whole_lines(path.read_bytes()):
                journal.enter(line)
        return journal

    @classmethod
    def open(cls, path: Path, log: str) -> Self:
        """The journal for an import into ``log``. Raises InvalidFieldError for that of another ledger or in use."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise InvalidFieldError(
                f"表格旁边写不了{path.name}。请把表格复制到能写的文件夹再导入。",
                f"Cannot write {path}: {error.strerror}. Copy the spreadsheet to a folder that can be written.",
            ) from None
        file = os.fdopen(descriptor, "r+b")
        try:
            return cls._open(path, log, file)
        except LedgerError:
            file.close()
            raise

    @classmethod
    def _open(cls, path: Path, log: str, file: BinaryIO) -> Self:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InvalidFieldError(
                "这个表格正在导入，请等它结束。", "This spreadsheet is being imported already; wait for it to end."
            ) from None
        journal = cls.read(path)
        journal.check_log(log)
        journal.begin(file, log)
        return journal

    def check_log(self, log: str) -> None:
        """That it is of imports into this ledger. Raises InvalidFieldError."""
        if self.log not in (None, log):
            raise InvalidFieldError(
                f"{self.path.name}记的是导入另一本账{self.log}的经过，不能用于{log}。请把表格另存为新的文件名。",
                f"{self.path.name} is of an import into {self.log}, not {log}. Save the spreadsheet under a new name.",
            )

    def begin(self, file: BinaryIO, log: str) -> None:
        """Writes into ``file`` from here on, a first line if it is new."""
        self._file = file
        self._drop_torn_line()
        if self.log is None:
            self._append([{"journal": FORMAT, "log": log}])
            self.log = log
            _sync_directory(self.path.parent)

    def close(self) -> None:
        """Lets others import."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def sign(self, batch: Iterable[Signed]) -> None:
        """Writes what is about to be sent, and the persons' keys that it uses."""
        persons = [
            {"person": number, "vault_key": key} for number, key in self.persons.items() if number not in self._written
        ]
        batch = list(batch)
        self._append([*persons, *(item.to_json() for item in batch)])
        self._written |= self.persons.keys()
        self.signed |= {item.key: item for item in batch}

    def settle(self, recorded: dict[str, int], refused: Iterable[str] = ()) -> None:
        """Writes what became of events: the index of each that was recorded, and which were refused."""
        refused = list(refused)
        lines = [{"recorded": event, "index": index} for event, index in recorded.items()]
        self._append([*lines, *({"refused": event} for event in refused)])
        self.recorded |= recorded
        self.refused |= set(refused)

    def begun(self) -> dict[str, list[str]]:
        """The records that recorded rows began, by the rows' own numbers: they need not stay in the spreadsheet."""
        begun: dict[str, list[str]] = {}
        for item in self.signed.values():
            if item.event_id in self.recorded and parse_payload(item.submission.envelope.payload).version == 1:
                begun.setdefault(item.key.partition(" ")[2], []).append(item.record)
        return begun

    def unanswered(self) -> list[Signed]:
        """What was signed and may have been sent, and whose fate is unknown, in the order of signing."""
        settled = self.recorded.keys() | self.refused
        return [item for item in self.signed.values() if item.event_id not in settled]

    def _append(self, lines: list[dict[str, Any]]) -> None:
        if self._file is None:
            raise RuntimeError("the journal is not open for writing")
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        self._file.write(text.encode())
        self._file.flush()
        # A crash before this line: nothing of these was sent. After it: they are sent again, the very same.
        os.fsync(self._file.fileno())

    def _drop_torn_line(self) -> None:
        data = self.path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.truncate(self.path, data.rfind(b"\n") + 1)

    def enter(self, line: bytes) -> None:
        """Takes in one line. Raises MalformedError."""
        try:
            value = parse_strict(line, max_bytes=MAX_LINE)
            if "journal" in value:
                self._begin(value)
            elif "person" in value:
                self.persons[value["person"]] = value["vault_key"]
                self._written.add(value["person"])
            elif "recorded" in value:
                self.recorded[value["recorded"]] = value["index"]
            elif "refused" in value:
                self.refused.add(value["refused"])
            else:
                content = {"envelope": value["envelope"], "disclosures": value["disclosures"]}
                signed = Signed(value["row"], value["fingerprint"], value["record"], parse_submission(content))
                self.signed.pop(signed.key, None)
                self.signed[signed.key] = signed
        except (LedgerError, KeyError, TypeError):
            raise MalformedError(
                f"{self.path.name}被改动过，读不下去。为免重复记账，不再继续。",
                f"{self.path.name} was changed and cannot be read; nothing is sent, lest it be recorded twice.",
            ) from None

    def _begin(self, value: dict[str, Any]) -> None:
        if value["journal"] != FORMAT:
            raise MalformedError("", "")
        self.log = value["log"]


def journal_of(path: Path) -> Path:
    """``捐赠.xlsx.import.jsonl``, beside the spreadsheet."""
    return path.with_name(f"{path.name}{SUFFIX}")


def _whole_lines(data: bytes) -> list[bytes]:
    return data[: data.rfind(b"\n") + 1].splitlines()


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
