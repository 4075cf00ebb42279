"""Regional ledgers on the small log: two registered, one of them with heads and new keys, one voided."""

from typing import Any

from ledger.tlog.base64 import encode_base64
from tests.projections.book import Book

ROOT = encode_base64(bytes(range(32)))


def region(book: Book, name: str) -> dict[str, Any]:
    """The data with which a regional ledger of that name is registered."""
    return {
        "title": f"示例{name}账本",
        "title_en": f"Example ledger {name}",
        "origin": f"ledger.example/{name}",
        "vkeys": [f"ledger.example/{name}+00000000+AAAA"],
        "organisation": book.ref("organisation", "lead"),
        "address": f"https://{name}.example",
    }


def head(book: Book, name: str, size: int) -> dict[str, Any]:
    """The data of a head of that ledger."""
    return {"region": book.ref("region", name), "tree_size": size, "root": ROOT, "checkpoint": "AAAA"}


def enter_heads(book: Book) -> None:
    """Everything that can happen to them."""
    for name in ("north", "south"):
        book.add("region.registered", name, region(book, name))
    for number, size in enumerate((12, 3_000_000_000)):
        book.add("head.entered", f"north {number}", head(book, "north", size), by="lead")
    book.add("region.keys_changed", "north", {"vkeys": ["ledger.example/north+00000001+AAAA"]})
    north = book.at("region.registered", "north")
    book.amend("region.corrected", "north", north, title=("示例north账本", "示例北部账本"))
    book.amend("region.voided", "south", book.at("region.registered", "south"))
