"""A QR code as an inline SVG that takes its box's size; black on the white around it."""

import segno
from markupsafe import Markup

MASK = 3
"""Every reader finds the mask named in the code (ISO/IEC 18004 section 7.8); choosing the prettiest of eight takes four
times as long as all the rest of the code, on each page."""


def qr_code(address: str) -> Markup:
    """The code of an address."""
    # The address is encoded into modules: nothing of it is in the markup as text.
    return Markup(segno.make(address, micro=False, mask=MASK).svg_inline(omitsize=True, border=0))  # noqa: S704
