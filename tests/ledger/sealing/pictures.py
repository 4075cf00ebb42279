"""Small pictures for tests, and pieces of their containers to put them together wrongly."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


def scene(width: int = 48, height: int = 32, mode: str = "RGB") -> Image.Image:
    """A picture without two equal rows."""
    wide = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    return Image.blend(wide, Image.linear_gradient("L").resize((width, height)).convert("RGB"), 0.5).convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file that Pillow writes: ``kind`` is JPEG, PNG, WEBP …"""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(media_type: str, **options: Any) -> bytes:
    """A small picture of nothing but pixels."""
    return encoded(scene(), media_type.partition("/")[2].upper(), **options)


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """The JPEG with one more segment after its JFIF header."""
    return jpeg[:20] + segment(marker, body) + jpeg[20:]


def chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(width: int, height: int, scanlines: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG put together by hand; ``scanlines`` are its unpacked data."""
    return packed_png(width, height, zlib.compress(scanlines), depth=depth, colour=colour)


def packed_png(width: int, height: int, packed: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    """As ``png``, its data compressed already."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunk(original: bytes, kind: bytes, body: bytes) -> bytes:
    """The PNG with one more chunk after its header."""
    return original[:33] + chunk(kind, body) + original[33:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP file of these chunks."""
    body = b"WEBP" + b"".join(
        kind + len(data).to_bytes(4, "little") + data + bytes(len(data) & 1) for kind, data in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def canvas(width: int, height: int, flags: int) -> tuple[bytes, bytes]:
    """The VP8X chunk."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes((flags, 0, 0, 0)) + sizes


def webp_chunk(file: bytes) -> tuple[bytes, bytes]:
    """The one chunk of a simple WebP file."""
    size = int.from_bytes(file[16:20], "little")
    return file[12:16], file[20 : 20 + size]
