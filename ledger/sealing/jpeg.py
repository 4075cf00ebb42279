"""JPEG files that hold pixels alone (ITU-T T.81 annex B, T.871 clause 10).

    FFD8 | FFE0 0010 "JFIF" 00 0101 00 0001 0001 00 00 | DQT, SOF0 or SOF2, DHT, DRI | SOS and its coded data … | FFD9

Whether coded data go on after the last block can be told only by decoding them, which ``photograph`` does.
"""

import re
from dataclasses import dataclass, field

from ledger.errors import InvalidFieldError
from ledger.sealing.picture import broken, check_size, metadata

MOST_SCANS = 16
MOST_TABLES = 80
MOST_SEGMENTS = 120
SOI, EOI, SOS, DQT, DHT, DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
BASELINE, PROGRESSIVE = 0xC0, 0xC2
APP0, APP1, APP15 = 0xE0, 0xE1, 0xEF
BARE_JFIF = re.compile(rb"JFIF\x00\x01[\x00-\x02][\x00-\x02].{4}\x00\x00", re.DOTALL)
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)
NAMED = {
    0xE2: ("ICC色彩描述或多图信息", "an ICC profile or several pictures"),
    0xED: ("IPTC或Photoshop信息", "IPTC or Photoshop records"),
    0xFE: ("注释", "a comment"),
}


@dataclass(slots=True)
class Jpeg:
    """What the segments read so far amount to. ``scans`` are the places where coded data begin."""

    size: tuple[int, int] | None = None
    baseline: bool = True
    scans: list[int] = field(default_factory=list)
    segment_count: int = 0
    table_count: int = 0

    @property
    def in_one_pass(self) -> bool:
        """Whether its rows are decoded as its bytes arrive: one scan of a baseline frame."""
        return self.baseline and len(self.scans) == 1


def read_jpeg(data: bytes) -> tuple[int, int]:
    """Width and height. Raises InvalidFieldError."""
    size = parse_jpeg(data).size
    if size is None:
        raise broken("没有像素", "it has no pixels")
    return size


def parse_jpeg(data: bytes) -> Jpeg:
    """All segments up to the end of the file, which is the end of the image. Raises InvalidFieldError."""
    jpeg, at = Jpeg(), 2
    if data[:2] != bytes((0xFF, SOI)):
        raise broken("开头不是JPEG", "it does not begin as a JPEG")
    while data[at : at + 2] != bytes((0xFF, EOI)):
        marker, body = _segment(data, at)
        _read_segment(jpeg, marker, body)
        at += 4 + len(body)
        if marker == SOS:
            jpeg.scans.append(at)
            at = _end_of_scan(data, at)
    if len(data) != at + 2:
        raise metadata("图像结束之后的内容", "bytes after the end of the image")
    return jpeg


def _segment(data: bytes, at: int) -> tuple[int, bytes]:
    head = data[at : at + 4]
    size = int.from_bytes(head[2:])
    if len(head) < 4 or head[0] != 0xFF or size < 2 or at + 2 + size > len(data):
        raise broken("JPEG的段缺失或读不出来", "a JPEG segment is missing or cannot be read")
    return head[1], data[at + 4 : at + 2 + size]


def _read_segment(jpeg: Jpeg, marker: int, body: bytes) -> None:
    jpeg.segment_count += 1
    if marker == APP0:
        if jpeg.segment_count > 1 or not BARE_JFIF.fullmatch(body):
            raise metadata("缩略图或JFIF的附加内容", "a thumbnail or an extension of JFIF")
    elif marker in (DQT, DHT):
        jpeg.table_count += _count_tables(body, huffman=marker == DHT)
    elif marker in (BASELINE, PROGRESSIVE) and jpeg.size is None:
        jpeg.size, jpeg.baseline = _read_frame(body), marker == BASELINE
    elif marker == SOS and jpeg.size is not None:
        if not body or len(body) != 4 + 2 * body[0]:
            raise broken("扫描读不出来", "a scan cannot be read")
    elif marker != DRI or len(body) != 2:
        raise _unexpected(marker, body)
    if jpeg.table_count > MOST_TABLES or len(jpeg.scans) >= MOST_SCANS or jpeg.segment_count > MOST_SEGMENTS:
        raise broken("JPEG的扫描或表太多", "it has too many scans or tables")


def _read_frame(body: bytes) -> tuple[int, int]:
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3) or len(body) != 6 + 3 * body[5]:
        raise broken("不是8位灰度或彩色的JPEG", "it is no JPEG of 8 bits in grey or colour")
    return check_size(int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))


def _count_tables(body: bytes, *, huffman: bool) -> int:
    count = at = 0
    while at < len(body):
        high = body[at] >> 4
        size = 17 + sum(body[at + 1 : at + 17]) if huffman else 65 + 64 * high
        if high > 1 or body[at] & 15 > 3:
            break
        at, count = at + size, count + 1
    if at != len(body) or not count:
        raise broken("JPEG的表读不出来", "a JPEG table cannot be read")
    return count


def _end_of_scan(data: bytes, at: int) -> int:
    marker = NEXT_MARKER.search(data, at)
    if marker is None:
        raise broken("没有传完", "it ends before its end marker")
    return marker.start()


def _unexpected(marker: int, body: bytes) -> InvalidFieldError:
    if marker == APP1:
        exif = body.startswith(b"Exif")
        return (
            metadata("EXIF（拍摄时间、地点、机型）", "Exif") if exif else metadata("XMP等附加信息", "XMP or the like")
        )
    if marker in NAMED:
        return metadata(*NAMED[marker])
    if APP0 <= marker <= APP15:
        return metadata(f"APP{marker - APP0}附加信息", f"an APP{marker - APP0} segment")
    return broken(f"这种JPEG（标记{marker:02X}）不收", f"this kind of JPEG (marker {marker:02X}) is not taken")
