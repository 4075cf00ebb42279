"""A page's HTML with holes, for what follows every entry: the strip above it, the entries it covers, the root.

    …<p class="wrap row"><!--live:strip--></p>…

So a page that says the same about its own subject needs no making again when the ledger grows elsewhere: only the
holes are filled anew, and every sentence on it is of now. Text on a page can't name a hole: its "<" is escaped.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

HOLE = re.compile(r"<!--live:([a-z_]+(?::[0-9]+)?)-->")
Part = Callable[[str], str]
"""The HTML that fills the hole of a name."""


@lru_cache(maxsize=1024)
def hole(name: str) -> Markup:
    """A place in a page for what ``Living`` calls ``name``."""
    return Markup("<!--live:{}-->").format(name)


@dataclass(frozen=True, slots=True)
class Drawn:
    """``pieces`` are HTML and names of holes in turn, HTML first and last."""

    pieces: tuple[str, ...]

    def filled(self, part: Part) -> str:
        """The whole page."""
        return "".join(part(piece) if place % 2 else piece for place, piece in enumerate(self.pieces))

    @property
    def size(self) -> int:
        """Bytes in memory, near enough: most pages hold Chinese letters, which take two."""
        return 2 * sum(map(len, self.pieces))


def drawn(text: str) -> Drawn:
    """A template's output."""
    return Drawn(tuple(HOLE.split(text)))
