"""Finding a text inside many without reading them: what two or three letters follow each other in each (FTS5).

An index says only which rows may hold a text, for it forgets where its letters stand; whoever asks looks at those rows
with LIKE. So an index may name a row too many, as after a correction, and never one too few.
"""

import sqlite3
from collections.abc import Iterable
from operator import add

from ledger.errors import LedgerError

LETTERS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())
QUOTED = LETTERS.replace("'", "''").replace('"', '""')
PAIRS = f"prefix=1, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '{QUOTED}'\""
TRIPLES = "content='', columnsize=0, detail=none, tokenize='trigram'"
"""How an index of each is made; that of pairs knows single letters too, by what they begin (prefix).

Both take a capital ASCII letter for a small one, as LIKE does.
"""
END = "_"
MOST_ASKED = 40
"""Of a longer text only so many pairs and triples are asked for: LIKE looks at all of it."""


def refuse_without_indexes(db: sqlite3.Connection) -> None:
    """Raises LedgerError where this SQLite can't keep indexes of texts."""
    try:
        db.execute(f"CREATE VIRTUAL TABLE temp.tried USING fts5(words, {TRIPLES})")
        db.execute("DROP TABLE temp.tried")
    except sqlite3.OperationalError:
        raise LedgerError(
            f"这台机器的SQLite（{sqlite3.sqlite_version}）没有FTS5，或者早于3.34，不能搜索文字。请换用带FTS5的新版本。",
            f"SQLite {sqlite3.sqlite_version} here lacks FTS5 or is older than 3.34. Use a newer one with FTS5.",
        ) from None


def pairs(*texts: str) -> str:
    """What an index of pairs holds of some texts; the last letter of each stands with an end, so it is found too."""
    found: set[str] = set()
    for text in texts:
        joined = END.join(text.split())
        found.update(map(add, joined, joined[1:] + END))
    return " ".join(found)


def like(text: str) -> str:
    """The pattern of LIKE, with a backslash to escape, for what has the text in it."""
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return f"%{text}%"


def match_pairs(text: str) -> str:
    """What to ask an index of pairs; of one letter, for the pairs that it begins. "" where nothing can be asked."""
    joined = END.join(text.split())
    if len(joined) == 1:
        return f"{_quoted(joined)} *" if _can_be_asked(joined) else ""
    return _all(map(add, joined, joined[1:]))


def match_triples(text: str) -> str:
    """What to ask an index of triples, which knows nothing shorter. "" where nothing can be asked."""
    return _all(map(add, map(add, text, text[1:]), text[2:]))


def _all(tokens: Iterable[str]) -> str:
    asked = [_quoted(token) for token in dict.fromkeys(tokens) if _can_be_asked(token)]
    return " AND ".join(asked[:MOST_ASKED])


def _can_be_asked(token: str) -> bool:
    return all(letter > "~" or letter.isalnum() or letter in LETTERS or letter == " " for letter in token)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
