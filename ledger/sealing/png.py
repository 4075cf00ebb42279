"""PNG files that hold pixels alone (ISO/IEC 15948 clauses 5, 7 and 11).

89 "PNG" 0D 0A 1A 0A | IHDR | PLTE | tRNS | IDAT … | IEND        each: length, type, data, CRC
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.sealing.picture import broken, check_size, metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 4096
INFLATE_STEP = 64 * 1024
CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
ORDER = re.compile(rb"IHDR (PLTE )?(tRNS )?(IDAT )+IEND ")
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), COLOUR: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), COLOUR_ALPHA: (8, 16)}
ONE_PASS = ((0, 0, 1, 1),)
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Passes of an interlaced picture, clause 8.2: left, top, columns apart, rows apart."""


@dataclass(frozen=True, slots=True)
class PngHeader:
    """IHDR, clause 11.2.2."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @property
    def unpacked_size(self) -> int:
        """Bytes of all scanlines with their filter types, clause 7.2; for an interlaced picture, of its passes."""
        bits = self.depth * CHANNELS[self.colour]
        total = 0
        for left, top, across, down in ADAM7 if self.interlaced else ONE_PASS:
            columns, rows = -(-(self.width - left) // across), -(-(self.height - top) // down)
            total += rows * (1 + -(-columns * bits // 8)) if columns > 0 and rows > 0 else 0
        return total


def read_png(data: bytes) -> tuple[int, int]:
    """Width and height. Raises InvalidFieldError."""
    chunks = list(_png_chunks(data))
    if not ORDER.fullmatch(b"".join(kind + b" " for kind, _ in chunks)):
        raise broken("PNG的数据块缺少或次序不对", "PNG chunks are missing or out of order")
    header = _read_header(chunks[0][1])
    _check_palette(header, dict(chunks[1:3]))
    _check_inflates(header, (body for kind, body in chunks if kind == b"IDAT"))
    return header.width, header.height


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(SIGNATURE):
        raise broken("开头不是PNG", "it does not begin as a PNG")
    at, kind = len(SIGNATURE), b""
    for _ in range(MOST_CHUNKS):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(data):
            raise broken("没有传完", "it ends before its end chunk")
        if kind not in CHUNKS:
            name = "".join(chr(byte) if 32 < byte < 127 else "?" for byte in kind)
            raise metadata(f"附加信息（{name}）", f"something beside pixels ({name})")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise broken("校验和不符", "a checksum differs")
        yield kind, data[at + 8 : end - 4]
        at = end
        if kind == b"IEND":
            break
    if at != len(data) or size:
        raise metadata("图像结束之后的内容", "bytes after the end of the image")


def _read_header(body: bytes) -> PngHeader:
    if len(body) != 13:
        raise broken("PNG头读不出来", "the PNG header cannot be read")
    width, height = check_size(int.from_bytes(body[:4]), int.from_bytes(body[4:8]))
    depth, colour, compression, filtering, interlace = body[8:]
    if depth not in DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise broken("PNG头里的值不对", "the PNG header has a wrong value")
    return PngHeader(width, height, depth, colour, bool(interlace))


def _check_palette(header: PngHeader, chunks: dict[bytes, bytes]) -> None:
    palette, transparency = chunks.get(b"PLTE"), chunks.get(b"tRNS")
    if (palette is not None) != (header.colour == 3):
        raise metadata("不是像素所用的调色板", "a palette that its pixels do not use")
    entries = len(palette or b"") // 3
    if palette is not None and (len(palette) % 3 or not 1 <= entries <= 1 << header.depth):
        raise broken("调色板不对", "its palette is wrong")
    allowed = {0: (2,), 2: (6,), 3: range(1, entries + 1)}.get(header.colour, ())
    if transparency is not None and len(transparency) not in allowed:
        raise broken("透明色不对", "its transparency is wrong")


def _check_inflates(header: PngHeader, parts: Iterator[bytes]) -> None:
    """The coded data unpack to exactly the scanlines and end there. Nothing is kept, and never more than is due."""
    inflater, total = zlib.decompressobj(), 0
    try:
        for part in parts:
            waiting = part
            while waiting and not inflater.eof:
                total += len(inflater.decompress(waiting, INFLATE_STEP))
                waiting = inflater.unconsumed_tail
                if total > header.unpacked_size:
                    raise metadata("多出来的数据", "data beyond its pixels")
            if inflater.eof and (waiting or inflater.unused_data):
                raise metadata("像素之后的数据", "data after its pixels")
    except zlib.error:
        raise broken("压缩数据读不出来", "its compressed data cannot be read") from None
    if not inflater.eof or total != header.unpacked_size:
        raise broken("像素不够", "pixels are missing")
