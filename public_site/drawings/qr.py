"""A QR code as an inline SVG that takes its box's size; black on the white around it."""

import segno
from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """The code of an address."""
    # The address is encoded into modules: nothing of it is in the markup as text.
    return Markup(segno.make(address, micro=False).svg_inline(omitsize=True, border=0))  # noqa: S704
