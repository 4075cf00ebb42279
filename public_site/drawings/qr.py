"""A QR code as an inline SVG that takes its box's size; black on the white around it.

Addresses of one length lead to codes of one shape, in which every module is a sum modulo 2 of bits of the address (the
error correction of ISO/IEC 18004 is linear, and so are placing and masking). Where many are wanted, a code is thus
another one with a few columns added: those of the characters that differ, each taken from a code that was encoded.
"""

import re
from collections import Counter

import segno
from markupsafe import Markup

MASK = 3
"""Every reader finds the mask named in the code (ISO/IEC 18004 section 7.8); choosing the prettiest of eight takes four
times as long as all the rest of the code, on each page."""
MANY = 300
"""How many codes of one length are encoded before columns are worth their while."""
MOST_LENGTHS = 32
DARK = re.compile(rb"\x01+")


def qr_code(address: str) -> Markup:
    """The code of an address."""
    # The address is encoded into modules: nothing of it is in the markup as text.
    return Markup(_svg(_modules(address)))  # noqa: S704


class Alike:
    """Codes of addresses of one length, all of them letters of ASCII, of which one at least is small."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._bytes = _encoded(address)
        self._number = int.from_bytes(self._bytes)
        self._columns: dict[tuple[int, str], int] = {}

    def modules(self, address: str) -> bytes:
        """The modules of a code, as ``_encoded`` gives them."""
        found = self._number
        for place, (own, other) in enumerate(zip(self._address, address, strict=True)):
            if own != other:
                found ^= self._column(place, other)
        return found.to_bytes(len(self._bytes))

    def _column(self, place: int, letter: str) -> int:
        key = (place, letter)
        if key not in self._columns:
            changed = f"{self._address[:place]}{letter}{self._address[place + 1 :]}"
            self._columns[key] = int.from_bytes(_encoded(changed)) ^ self._number
        return self._columns[key]


_seen: Counter[int] = Counter()
_alike: dict[int, Alike] = {}


def _modules(address: str) -> bytes:
    # A small letter, which every http address begins with, is always encoded as a byte; digits alone would not be.
    if not (address.startswith("http") and address.isascii()):
        return _encoded(address)
    length = len(address)
    if length in _alike:
        return _alike[length].modules(address)
    _seen[length] += 1
    if _seen[length] < MANY or len(_alike) == MOST_LENGTHS:
        return _encoded(address)
    return _alike.setdefault(length, Alike(address)).modules(address)


def _encoded(address: str) -> bytes:
    """0 or 1 for each module, row after row, with a 0 between rows."""
    return b"\0".join(segno.make(address, micro=False, mask=MASK).matrix)


def _svg(modules: bytes) -> str:
    """The drawing that ``segno`` makes of them: a line for each run of dark modules, from where the last one ended."""
    width = next(size for size in range(21, 178, 4) if size * (size + 1) - 1 == len(modules))
    lines: list[str] = []
    at, down = 0, -1
    for run in DARK.finditer(modules):
        (y, x), length = divmod(run.start(), width + 1), run.end() - run.start()
        lines.append(f"m{x - at} {y - down}h{length}" if lines else f"M{x} 0.5h{length}")
        at, down = x + length, y
    path = "".join(lines)
    return f'<svg viewBox="0 0 {width} {width}" class="segno"><path class="qrline" stroke="#000" d="{path}"/></svg>'
