"""The feed of a watch (RFC 4287, Atom): alarms, what needs attention, and what happened in the ledger.

<entry><id>urn:yangguang:9f3c…:corrected:57</id><title>［蓝］第57条，更正：…</title>
  <updated>2026-01-02T03:04:05.678Z</updated><link href="https://ledger.example/entries/57"/></entry>
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from ledger.domain.entry import format_time
from yangguang.monitor.signals import BLUE, RED, YELLOW, RoundReport, Signal, shown

ATOM = "http://www.w3.org/2005/Atom"
COLOURS = {RED: "红", YELLOW: "黄", BLUE: "蓝"}
REPEATED = frozenset({"overdue", "pinned-on-first-use"})
"""What would say the same at every round, and is told in full elsewhere."""


def items(report: RoundReport) -> Iterable[dict[str, Any]]:
    """The feed's items of one round, by an id that a repeated round repeats."""
    for signal in report.signals:
        if signal.code not in REPEATED:
            yield {"id": _id(report, signal), "at": format_time(report.checked_at), **signal.to_json()}


def merged(known: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Both, each id once: what was told before keeps its time."""
    found = {item["id"]: item for item in known}
    for item in new:
        found.setdefault(item["id"], item)
    return tuple(found.values())


def format_feed(report: RoundReport, news: Iterable[dict[str, Any]]) -> bytes:
    """The XML document, newest items first."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"urn:yangguang:{report.genesis}")
    _add(feed, "title", f"阳光账本监测：{report.origin}")
    _add(feed, "updated", format_time(report.checked_at))
    author = ET.SubElement(feed, f"{{{ATOM}}}author")
    _add(author, "name", "yangguang monitor")
    for item in reversed(list(news)):
        _add_item(feed, item, report.url)
    ET.indent(feed)
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _add_item(feed: ET.Element, item: dict[str, Any], url: str) -> None:
    entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
    _add(entry, "id", item["id"])
    _add(entry, "title", f"［{COLOURS[item['level']]}］{item['zh']}")
    _add(entry, "updated", item["at"])
    if "index" in item:
        site = url.rstrip("/").removesuffix("/log")
        ET.SubElement(entry, f"{{{ATOM}}}link", href=f"{site}/entries/{item['index']}")
    _add(entry, "summary", f"{item['zh']} {item['en']}")


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{tag}").text = shown(text)


def _id(report: RoundReport, signal: Signal) -> str:
    """An entry is one item for ever; anything else one item for each day on which it is said."""
    at: datetime = report.checked_at
    told = hashlib.sha256(signal.zh.encode()).hexdigest()[:12]
    place = signal.index if signal.index is not None else f"{report.size}:{at:%Y-%m-%d}:{told}"
    return f"urn:yangguang:{report.genesis}:{signal.code}:{place}"
