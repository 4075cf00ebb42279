"""Photographs as evidence: pixels that are whole, and nothing else.

The container is read strictly first, which also bounds what decoding can cost; then every pixel is decoded once.
"""

from collections.abc import Callable
from io import BytesIO
from typing import TypeAlias

from PIL import Image

from ledger.errors import InvalidFieldError, TooLargeError
from ledger.sealing.jpeg import parse_jpeg, read_jpeg
from ledger.sealing.picture import (
    JPEG,
    MAX_BYTES,
    MEDIA_TYPES,
    PDF_REFUSED,
    PDF_REFUSED_ZH,
    PNG,
    WEBP,
    broken,
    metadata,
)
from ledger.sealing.png import read_png
from ledger.sealing.webp import read_webp

READERS: dict[str, Callable[[bytes], tuple[int, int]]] = {JPEG: read_jpeg, PNG: read_png, WEBP: read_webp}
BEGINNINGS = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG", WEBP: b"RIFF"}
Pixel: TypeAlias = "float | tuple[int, ...] | None"
LOOKAHEAD = 12
"""A decoder reads up to eight bytes ahead of the bits that it needs."""


def media_type_of(data: bytes) -> str | None:
    """What a file seems to be by how it begins."""
    return next((kind for kind, beginning in BEGINNINGS.items() if data.startswith(beginning)), None)


def check_photograph(data: bytes, media_type: str) -> None:
    """Refuses a file that is not a whole picture of its type, is too large, or carries more than pixels.

    Raises InvalidFieldError or TooLargeError. Costs at most one decoded picture of 1600 by 1600 pixels, twice.
    """
    if media_type not in MEDIA_TYPES:
        raise not_a_picture(media_type)
    if len(data) > MAX_BYTES:
        raise TooLargeError("图片", "picture", len(data), MAX_BYTES)
    if media_type_of(data) != media_type:
        raise InvalidFieldError(f"文件不是{media_type}。", f"The file is not {media_type}.")
    last = _decode(data, media_type, READERS[media_type](data))
    if media_type == JPEG and (jpeg := parse_jpeg(data)).in_one_pass:
        _check_coded_data(data, jpeg.scans[0], last)


def not_a_picture(media_type: str) -> InvalidFieldError:
    """The refusal of a type that is not taken."""
    if media_type == "application/pdf":
        return InvalidFieldError(PDF_REFUSED_ZH, PDF_REFUSED)
    return InvalidFieldError(
        f"只收图片：{'、'.join(MEDIA_TYPES)}。", f"Only pictures are taken: {', '.join(MEDIA_TYPES)}."
    )


def _decode(data: bytes, media_type: str, size: tuple[int, int]) -> Pixel:
    """The last pixel, once all are decoded."""
    try:
        with Image.open(BytesIO(data), formats=[media_type.partition("/")[2].upper()]) as image:
            image.load()
            found, last = image.size, image.getpixel((image.width - 1, image.height - 1))
    except Exception:  # noqa: BLE001 - whatever a decoder raises over such bytes, they are no picture
        raise broken("像素解不出来", "its pixels cannot be decoded") from None
    if found != size:
        raise broken("像素的数目与图像头不符", "its pixels are not as many as its header says")
    return last


def _check_coded_data(data: bytes, scan: int, last: Pixel) -> None:
    """The rows are complete at the end of the coded data and not earlier, give or take what a decoder reads ahead.

    libjpeg decodes what is missing as grey and skips what is too much, in silence. Given no end marker it waits
    instead, and then the last pixel, ``last`` once it is decoded, tells how far it came.
    """
    end = len(data) - 2
    early = max(scan, end - LOOKAHEAD)
    rows = _decoding(data, last)
    if rows(data[:early]):
        raise metadata("像素之后的数据", "data after its pixels")
    if not rows(data[early:end] + bytes(LOOKAHEAD)):
        raise broken("像素不够", "pixels are missing")


def _decoding(data: bytes, last: Pixel) -> Callable[[bytes], bool]:
    """A decoder to be fed piece by piece; it tells whether the last row is complete."""
    image = Image.open(BytesIO(data), formats=["JPEG"])
    corner = (image.width - 1, image.height - 1)
    codec, box, _, arguments = image.tile[0]
    image.load_prepare()
    pixels, waiting = image.im, bytearray()
    other = tuple(255 - value for value in last) if isinstance(last, tuple) else 255 - int(last or 0)
    pixels.paste(other, (0, 0, *image.size))
    # The public decoding of Pillow adds an end marker of its own accord; only this one takes pieces.
    decoder = Image._getdecoder(image.mode, codec, arguments, image.decoderconfig)  # noqa: SLF001
    decoder.setimage(pixels, box)

    def feed(piece: bytes) -> bool:
        waiting.extend(piece)
        used, _ = decoder.decode(bytes(waiting))
        if used < 0:
            return True
        del waiting[:used]
        return bool(pixels.getpixel(corner) == last)

    return feed
