"""/feed.xml: the newest entries for a feed reader (Atom, RFC 4287)."""

import sqlite3
from xml.sax.saxutils import escape, quoteattr

from projections.audit_trail import latest
from projections.rows import EntryRow
from public_site.open_data.files import DEMONSTRATION, About

FEED = "feed.xml"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NEWEST = 100


def feed(db: sqlite3.Connection, about: About) -> bytes:
    """The newest hundred, newest first."""
    rows = latest(db, NEWEST)
    mark = f"【{DEMONSTRATION}】" if about.demonstration else ""
    updated = rows[0].recorded_at.isoformat() if rows else "1970-01-01T00:00:00+00:00"
    address = f"{about.origin}/{FEED}"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-Hans">\n'
        f"<title>{escape(mark)}阳光账本：新记入的账目</title>\n<id>{escape(address)}</id>\n"
        f"<updated>{updated}</updated>\n<author><name>{escape(about.status.origin)}</name></author>\n"
        f'<link rel="self" href={quoteattr(address)}/>\n<link href={quoteattr(about.origin + "/audit")}/>\n'
    )
    return (head + "".join(_entry(row, about, mark) for row in rows) + "</feed>\n").encode()


def _entry(row: EntryRow, about: About, mark: str) -> str:
    address = f"{about.origin}/entries/{row.index}"
    said = (row.sentence_now or row.sentence).zh
    return (
        f"<entry><title>{escape(mark)}第{row.index:,}条：{escape(row.label.zh)}</title>"
        f"<id>{escape(address)}</id><link href={quoteattr(address)}/><updated>{row.recorded_at.isoformat()}</updated>"
        f'<category term={quoteattr(row.type)}/><content type="text">{escape(said)}</content></entry>\n'
    )
