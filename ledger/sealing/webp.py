"""WebP files that hold pixels alone (RFC 9649 section 2).

    "RIFF" size "WEBP" | "VP8 " or "VP8L"                        one picture
    "RIFF" size "WEBP" | "VP8X" saying at most alpha | "ALPH" | "VP8 "

What its coded data hold after the last pixel is not looked for: that takes an author who means to hide it.
"""

from collections.abc import Iterator
from itertools import islice

from ledger.sealing.picture import broken, check_size, metadata

ALPHA = 0x10
MOST_CHUNKS = 3
SIDE = 0x3FFF


def read_webp(data: bytes) -> tuple[int, int]:
    """Width and height. Raises InvalidFieldError."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise broken("开头不是WebP", "it does not begin as a WebP")
    if int.from_bytes(data[4:8], "little") != len(data) - 8:
        raise broken("WebP的长度与内容不符", "its length is not the one it says")
    chunks = list(islice(_chunks(data), MOST_CHUNKS + 1))
    kinds = [kind for kind, _ in chunks]
    if kinds not in ([b"VP8 "], [b"VP8L"], [b"VP8X", b"VP8 "], [b"VP8X", b"VP8L"], [b"VP8X", b"ALPH", b"VP8 "]):
        raise metadata("附加信息或多帧图像", "something beside one picture")
    size = check_size(*_picture_size(*chunks[-1]))
    if kinds[0] == b"VP8X":
        _check_canvas(chunks[0][1], size, alpha=b"ALPH" in kinds if kinds[-1] == b"VP8 " else None)
    return size


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size
        if end > len(data) or data[end : end + (size & 1)] != bytes(size & 1):
            raise broken("WebP的数据块读不出来", "a WebP chunk cannot be read")
        yield data[at : at + 4], data[at + 8 : end]
        at = end + (size & 1)


def _check_canvas(body: bytes, size: tuple[int, int], *, alpha: bool | None) -> None:
    """``alpha`` says whether it must be announced; None where the picture's own header tells."""
    if len(body) != 10 or body[0] not in (0, ALPHA) or any(body[1:4]):
        raise metadata("EXIF、XMP、ICC或动画", "Exif, XMP, an ICC profile or an animation")
    canvas = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if canvas != size or alpha not in (None, body[0] == ALPHA):
        raise broken("画布与图像不符", "its canvas and its picture differ")


def _picture_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & SIDE) + 1, (bits >> 14 & SIDE) + 1
    if kind == b"VP8 " and len(body) >= 10 and not body[0] & 1 and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & SIDE, int.from_bytes(body[8:10], "little") & SIDE
    raise broken("WebP的图像头读不出来", "the header of the WebP picture cannot be read")
