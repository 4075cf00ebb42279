"""What a page was made from, so that one can ask later whether it would be made the same again.

While a page is made, every question that it asks is noted with a digest of the answer: each SQL statement, each entry
read from the published files, the day, each withdrawable text. After the ledger has grown the same questions are asked
again; where all answers are the same, so is the page, for nothing else goes into it. A page that looks at the ledger
as a whole, as its size, asks what every entry answers differently, and is made again each time.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from sys import intern
from typing import Any, cast

from ledger.errors import LedgerError

Question = tuple[str, tuple[Any, ...] | frozenset[tuple[str, Any]]]
"""A statement and its parameters, by place or by name; or one of the words below and what it is about."""
ENTRY, DAY, TEXT, PROOF, WHOLE = "entry", "day", "text", "proof", "whole"
DIGEST_SIZE = 16
QUESTION_BYTES = 280
MOST_BYTES = 400_000
Readers = Mapping[str, Callable[..., object]]
"""What answers the questions that are no SQL."""


class Inputs:
    """The questions of one page, each with the digest of its answer.

    A page that asks more than is worth asking again is made again each time. ``has_texts`` says that it asked for a
    text that may be withdrawn.
    """

    def __init__(self, asked: dict[Question, bytes] | None = None) -> None:
        self.asked: dict[Question, bytes] = {} if asked is None else asked
        self.is_whole = False
        self.has_texts = any(about == TEXT for about, _ in self.asked)
        self.size = sum(map(_size, self.asked))

    def note(self, question: Question, answer: object) -> None:
        """What was answered."""
        if question[0] == TEXT:
            self.has_texts = True
        if self.is_whole:
            return
        if question not in self.asked:
            self.size += _size(question)
        self.asked[question] = digest_of(answer)
        if question[0] == WHOLE or self.size > MOST_BYTES:
            self.is_whole, self.size = True, 0
            self.asked.clear()


class NotingConnection:
    """Read models that note what is asked of them. Pages ask by ``execute`` alone."""

    def __init__(self, db: sqlite3.Connection, inputs: Inputs) -> None:
        self._db = db
        self._inputs = inputs

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> "Rows":
        """All rows at once: what a page doesn't read of them may be noted, never the other way round."""
        rows = self._db.execute(sql, parameters).fetchall()
        about = frozenset(parameters.items()) if isinstance(parameters, Mapping) else tuple(parameters)
        self._inputs.note((intern(sql), about), _plain(rows))
        return Rows(rows)


def noting(db: sqlite3.Connection, inputs: Inputs) -> sqlite3.Connection:
    """The connection, as far as pages use one."""
    return cast("sqlite3.Connection", NotingConnection(db, inputs))


class Rows:
    """Rows as a cursor hands them out."""

    def __init__(self, rows: list[Any]) -> None:
        self._rest = iter(rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rest

    def __next__(self) -> Any:
        return next(self._rest)

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._rest, None)

    def fetchall(self) -> list[Any]:
        """The rest."""
        return list(self._rest)


class Now:
    """Answers questions as of one moment, SQL at most once each: pages ask much that others have asked.

    ``known`` may be shared by all who read the same size of the same log.
    """

    def __init__(self, db: sqlite3.Connection, readers: Readers, known: dict[Question, bytes]) -> None:
        self._db = db
        self._readers = readers
        self._known = known

    def holds(self, inputs: Inputs) -> bool:
        """Whether every question has the answer it had."""
        if inputs.is_whole:
            return False
        return all(self._digest(question) == digest for question, digest in inputs.asked.items())

    def _digest(self, question: Question) -> bytes:
        found = self._known.get(question)
        if found is None:
            found = self._known[question] = digest_of(self._answer(*question))
        return found

    def _answer(self, asked: str, about: tuple[Any, ...] | frozenset[tuple[str, Any]]) -> object:
        if asked in self._readers:
            return self._readers[asked](*about)
        return _plain(self._db.execute(asked, dict(about) if isinstance(about, frozenset) else about).fetchall())


def digest_of(answer: object) -> bytes:
    """Of plain values: tuples, texts, numbers, bytes, None."""
    return hashlib.blake2b(repr(answer).encode(errors="surrogatepass"), digest_size=DIGEST_SIZE).digest()


def said_of_text(found: Mapping[str, Any]) -> object:
    """What is noted of a text that is public. Its value is not: the digest it has in the ledger fixes it for ever."""
    return found["name"], found.get("file_kept")


def said_of_refusal(error: LedgerError) -> object:
    """What is noted of a text that is not."""
    return type(error).__name__, error.zh


def _size(question: Question) -> int:
    """Bytes in memory, near enough."""
    return QUESTION_BYTES + sum(len(each) if isinstance(each, str) else 20 for each in question[1])


def _plain(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows]
