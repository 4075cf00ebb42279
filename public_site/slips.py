"""Slips on paper: one page of A5 for each person, complete in itself, in HTML and in plain text.

The values are given; nothing here knows the ledger or keeps what it prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from public_site.drawings.qr import qr_code
from public_site.rendering import TEMPLATES


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """``facts`` and ``fields`` are (label, text); ``address`` is what the code holds and only its holder may know."""

    heading: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    address: str
    verify_page: str
    demonstration: bool


def slips_html(slips: Sequence[PrintedSlip]) -> str:
    """One HTML file that loads nothing and runs nothing, a page for each slip."""
    pages = [{"slip": slip, "qr": qr_code(slip.address)} for slip in slips]
    return TEMPLATES.get_template("slips/slips.html").render(pages=pages)


def slip_text(slip: PrintedSlip) -> str:
    """The same words without the code, the address on a line of its own."""
    demonstration = ["演示数据：机构、项目、人名和金额都是虚构的。"] if slip.demonstration else []
    lines = [
        "阳光账本 · 本人凭条",
        *demonstration,
        "",
        slip.heading,
        slip.sentence,
        "",
        "账本里封存着您的这些内容：",
        *(f"  {label}：{text}" for label, text in slip.fields),
        "",
        *(f"{label}：{text}" for label, text in slip.facts),
        "",
        f"怎样知道是真的：在浏览器里打开最后一行的网址，或在 {slip.verify_page} 选择这个文件。",
        "内容只在您的设备上核对，不会发给任何人。请收好：拿到这张凭条的人，都能看到上面的内容。",
        "",
        slip.address,
    ]
    return "\n".join(lines) + "\n"
