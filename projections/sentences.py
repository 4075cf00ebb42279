"""Entries by what their sentences say, in either language, as signed or as they are now."""

import sqlite3
from collections.abc import Sequence

from projections.facts import Fact
from projections.grams import PAIRS, TRIPLES, match_pairs, match_triples, pairs

SCHEMA = f"""
CREATE VIRTUAL TABLE said_zh USING fts5(words, {PAIRS});
CREATE VIRTUAL TABLE said_en USING fts5(words, {TRIPLES});
"""
ZH = "said_zh WHERE said_zh MATCH ?"
EN = "said_en WHERE said_en MATCH ?"


def enter(db: sqlite3.Connection, told: Sequence[Fact]) -> None:
    """Enters what entries say, and of some that were entered before, what they say now too."""
    # Not held back (``main.``): an index of texts is written out with every statement that writes several rows.
    # Names without an English form stand in English sentences as they are.
    said = [(fact.index, fact.sentence.zh, fact.sentence.en) for fact in told]
    zh = ((index, pairs(zh) if en.isascii() else pairs(zh, en)) for index, zh, en in said)
    db.executemany("INSERT INTO main.said_zh (rowid, words) VALUES (?, ?)", zh)
    db.executemany("INSERT INTO main.said_en (rowid, words) VALUES (?, ?)", ((index, en) for index, _, en in said))


def which_may_say(text: str) -> list[tuple[str, str]]:
    """What to select rowids from, each with what to ask it: together all entries that have a text in their sentences.

    Of a text of one or two letters they know those in Chinese sentences, and in English ones what is not ASCII.
    """
    return [(sql, asked) for sql, asked in ((ZH, match_pairs(text)), (EN, match_triples(text))) if asked]
