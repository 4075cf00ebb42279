"""A letter: what somebody writes through the form at the foot of every page, before anybody has read it.

    words      1 to 2,000 characters, several lines allowed
    contact    at most 200 characters on one line, or nothing
    about      the path of the page it was written from, or nothing

Who writes owes nobody canonical text: line ends, tabs and Unicode forms are put right here, and only what could
hide something is refused.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.canonical import canonical_bytes, check_strings, parse_strict
from ledger.domain.question import LONGEST_PAGE, NUMBER, PAGE
from ledger.domain.values import Label
from ledger.errors import InvalidFieldError, LedgerError

MAX_WORDS = 2000
MAX_CONTACT = 200
FIELDS = ("words", "contact", "about")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that can be read as a digit, or as another letter."""
BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Letter:
    """As it reaches staff. ``number`` is what its sender was given."""

    number: str
    words: str
    contact: str = ""
    about: str = ""

    def to_bytes(self) -> bytes:
        """JSON, padded with spaces to a multiple of 2,048 bytes, so that a ciphertext's length tells little."""
        plain = canonical_bytes(
            {"number": self.number, "words": self.words, "contact": self.contact, "about": self.about}
        )
        return plain + b" " * (-len(plain) % BLOCK)


@dataclass(frozen=True, slots=True)
class Asking:
    """How the form stands: what was typed, what is wrong with it, and what became of it.

    ``taken`` says whether letters are taken here at all. ``number`` is there once a letter is kept, ``again_at`` where
    too many came; ``trouble`` says what else went wrong.
    """

    taken: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Label] = field(default_factory=dict)
    number: str = ""
    again_at: datetime | None = None
    trouble: Label | None = None


def parse_letter(data: bytes) -> Letter:
    """The letter in decrypted bytes. Raises MalformedError, InvalidFieldError."""
    value: Any = parse_strict(data, max_bytes=64 * 1024)
    if not isinstance(value, dict) or value.keys() != {"number", *FIELDS}:
        raise InvalidFieldError("这不是一封来信。", "This is no letter.")
    if not all(isinstance(item, str) for item in value.values()) or not re.fullmatch(NUMBER, value["number"]):
        raise InvalidFieldError("这不是一封来信。", "This is no letter.")
    return Letter(**value)


def new_number(random: Callable[[int], bytes]) -> str:
    """``7Q2M-0VXC-9ETR``: 60 random bits."""
    bits = int.from_bytes(random(8)) >> 4
    digits = "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def tidy(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, in the form in which it is judged and kept."""
    return {name: _tidy_text(typed.get(name, "")) for name in FIELDS}


def is_page(path: str) -> bool:
    """Whether a letter may be about this path."""
    return len(path) <= LONGEST_PAGE and re.fullmatch(PAGE, path) is not None


def faults_in(typed: Mapping[str, str]) -> dict[str, Label]:
    """What is wrong, by field, in one sentence each; empty for a letter that can be sent."""
    found = {name: fault for name in FIELDS if (fault := _hidden(name, typed[name])) is not None}
    if not typed["words"]:
        found["words"] = Label("请写下您要说的事。", "Please write what you want to say.")
    for name, most in (("words", MAX_WORDS), ("contact", MAX_CONTACT)):
        length = len(typed[name])
        if length > most:
            found[name] = Label(
                f"这里有{length:,}个字，最多{most:,}个。请缩短，或者分两次发。",
                f"This has {length:,} characters; at most {most:,} fit. Shorten it or send it in two parts.",
            )
    if typed["about"] and not is_page(typed["about"]):
        found["about"] = Label("这不是本站一页的地址。", "This is not the address of a page of this site.")
    return found


def _tidy_text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", text).strip()


def _hidden(name: str, text: str) -> Label | None:
    try:
        check_strings(text, line_feeds=name == "words")
    except LedgerError as refusal:
        return Label(refusal.zh, refusal.en)
    return None
