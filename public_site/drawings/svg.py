"""Small pieces of SVG: text is always escaped, numbers have at most one decimal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from public_site.presenters import words

WIDE, NARROW = 1136, 328
EM, HALF = 14, 8.6
"""Widths in a drawing of a full character and, at most, of a Latin one, at the label's 14 px."""
FULL_WIDTH: Final = "\u2e80"
WAN, YI = 1_000_000, 10_000_000_000
"""Fen in 万元 and in 亿元."""

TEXT = Markup('<text x="{}" y="{}"{}>{}</text>')
DRAWING = Markup(
    '<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d">'
    '<title id="{id}-t">{title}</title><desc id="{id}-d">{reading}</desc>{body}</svg>'
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A reading and its drawings, both from the same rows; where there is nothing to draw, the reading says why."""

    reading: str
    drawings: Markup = Markup("")  # noqa: RUF009  (immutable text)


@dataclass(frozen=True, slots=True)
class Caption:
    """What every drawing of a chart says of itself. ``id`` is its own on the page."""

    id: str
    title: str
    reading: str


def drawing(caption: Caption, kind: str, height: float, body: Iterable[Markup], *, part: str = "") -> Markup:
    """One drawing; ``kind`` is wide or narrow, ``part`` tells several of one kind apart."""
    return DRAWING.format(
        kind=kind,
        width=WIDE if kind == "wide" else NARROW,
        height=number(height),
        id=f"{caption.id}-{kind}{part}",
        title=caption.title,
        reading=caption.reading,
        body=Markup("").join(body),
    )


def number(value: float) -> str:
    """``12``, ``12.5``."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, said: str, *, classes: str = "", anchor: str = "") -> Markup:
    """One line of text; its baseline is 5 below ``y``, so that ``y`` is about its middle."""
    extra = Markup(' class="{}"').format(classes) if classes else Markup("")
    extra += Markup(' text-anchor="{}"').format(anchor) if anchor else Markup("")
    return TEXT.format(number(x), number(y + 5), extra, said)


def group(items: Iterable[Markup], classes: str, anchor: str = "") -> Markup:
    """Texts of one look, which the group says once."""
    extra = Markup(' text-anchor="{}"').format(anchor) if anchor else Markup("")
    inside = Markup("").join(items)
    return Markup('<g class="{}"{}>{}</g>').format(classes, extra, inside) if inside else inside


def path(steps: Iterable[str], *, classes: str) -> Markup:
    """One path of several strokes or shapes; nothing where there are none."""
    d = "".join(steps)
    return Markup('<path class="{}" d="{}"/>').format(classes, d) if d else Markup("")


def width_of(said: str) -> float:
    """How wide a label is, at most."""
    return sum(EM if each >= FULL_WIDTH else HALF for each in said)


def fitted(said: str, width: float) -> str:
    """The text, or as much of it as fits and an ellipsis; the table under the drawing has all of it."""
    if width_of(said) <= width:
        return said
    while said and width_of(said) + EM > width:
        said = said[:-1]
    return f"{said}…"


def short_money(fen: int) -> str:
    """``247.62万`` for narrow drawings, rounded half up; exact under a 万."""
    if abs(fen) < WAN:
        return f"{words.amount(fen)}元"
    unit, word = (YI, "亿") if abs(fen) >= YI else (WAN, "万")
    hundredths = (200 * abs(fen) + unit) // (2 * unit)
    return f"{'-' if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02}{word}"
