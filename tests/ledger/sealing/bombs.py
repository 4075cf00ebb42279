"""Pictures that would cost far more than they weigh, and what judging one of them costs in a process of its own.

Run as a program with the file and its media type, it prints the verdict, CPU seconds and the rise of resident memory.
"""

import json
import sys
import time
import zlib
from pathlib import Path

from PIL import Image

from ledger.errors import LedgerError
from ledger.sealing.jpeg import MOST_SCANS
from ledger.sealing.photograph import check_photograph
from tests.ledger.sealing.pictures import JPEG, PNG, WEBP, canvas, encoded, packed_png, plain, riff, segment, webp_chunk

CONTROL = "control"
MIB = 1024 * 1024
BILLION_SIDE = 31_623


def zeros(size: int) -> bytes:
    """That many zero bytes, compressed, without ever having them all."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join(parts) + packer.compress(bytes(size % MIB)) + packer.flush()


def png_of_a_billion_pixels() -> tuple[bytes, str]:
    """1 bit each, all there."""
    rows = BILLION_SIDE * (1 + -(-BILLION_SIDE // 8))
    return packed_png(BILLION_SIDE, BILLION_SIDE, zeros(rows), depth=1), PNG


def png_that_inflates_without_end() -> tuple[bytes, str]:
    """A small picture by its header, with 512 MiB behind it."""
    return packed_png(1600, 1600, zeros(512 * MIB)), PNG


def png_of_many_chunks() -> tuple[bytes, str]:
    """Hundreds of thousands of empty chunks."""
    good = plain(PNG)
    empty = good[-12:].replace(b"IEND", b"IDAT")[:8] + zlib.crc32(b"IDAT").to_bytes(4, "big")
    return good[:-12] + empty * 300_000 + good[-12:], PNG


def jpeg_of_huge_dimensions() -> tuple[bytes, str]:
    """65,500 pixels on each side, by its header."""
    good = plain(JPEG)
    at = good.index(b"\xff\xc0") + 5
    return good[:at] + (65_500).to_bytes(2, "big") * 2 + good[at + 4 :], JPEG


def jpeg_of_thousands_of_scans() -> tuple[bytes, str]:
    """A progressive picture of the largest size that refines the same coefficients 20,000 times."""
    return _with_last_scan(encoded(Image.new("L", (1600, 1600)), "JPEG", progressive=True), 20_000), JPEG


def jpeg_of_as_many_scans_as_are_taken() -> tuple[bytes, str]:
    """The last scan, which refines, as often as the container may hold it."""
    good = encoded(
        Image.effect_noise((1600, 1600), 12).convert("RGB"), "JPEG", quality=60, subsampling=0, progressive=True
    )
    return _with_last_scan(good, MOST_SCANS - good.count(b"\xff\xda")), JPEG


def _with_last_scan(good: bytes, times: int) -> bytes:
    at = good.rindex(b"\xff\xda")
    return good[:-2] + good[at:-2] * times + good[-2:]


def jpeg_of_tables_without_end() -> tuple[bytes, str]:
    """Half a million restart intervals."""
    good = plain(JPEG)
    return good[:20] + segment(0xDD, b"\x00\x01") * 500_000 + good[20:], JPEG


def webp_of_huge_dimensions() -> tuple[bytes, str]:
    """The largest canvas that the format has, around a small picture; and the largest picture."""
    return riff(canvas(16_383, 16_383, 0), webp_chunk(plain(WEBP))), WEBP


def lossless_webp_of_huge_dimensions() -> tuple[bytes, str]:
    """16,383 pixels on each side, by its header."""
    _, body = webp_chunk(plain(WEBP, lossless=True))
    sides = 16_382 | 16_382 << 14
    return riff((b"VP8L", body[:1] + sides.to_bytes(4, "little") + body[5:])), WEBP


def png_of_the_deepest_pixels() -> tuple[bytes, str]:
    """The largest PNG that is taken: 16 bits in each of four channels."""
    return packed_png(1600, 1600, zeros(1600 * (1 + 1600 * 8)), depth=16, colour=6), PNG


def webp_of_the_deepest_pixels() -> tuple[bytes, str]:
    """The largest WebP that is taken."""
    image = Image.effect_noise((1600, 1600), 60).convert("RGB")
    image.putalpha(Image.effect_noise((1600, 1600), 6))
    return encoded(image, "WEBP", lossless=True, quality=0), WEBP


REFUSED = (
    png_of_a_billion_pixels,
    png_that_inflates_without_end,
    png_of_many_chunks,
    jpeg_of_huge_dimensions,
    jpeg_of_thousands_of_scans,
    jpeg_of_tables_without_end,
    webp_of_huge_dimensions,
    lossless_webp_of_huge_dimensions,
)
TAKEN = (jpeg_of_as_many_scans_as_are_taken, png_of_the_deepest_pixels, webp_of_the_deepest_pixels)


def resident(line: str) -> int:
    """``VmRSS`` or ``VmHWM``, the most so far, in bytes. getrusage would begin with the peak of whoever started us."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{line}:")[2].split()[0]) * 1024


def main(path: str, media_type: str) -> None:
    data, verdict = Path(path).read_bytes(), "taken"
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # VmHWM begins anew
    before, started = resident("VmRSS"), time.process_time()
    try:
        if media_type == CONTROL:
            len(b"x" * (100 * MIB))
        else:
            check_photograph(data, media_type)
    except LedgerError as refusal:
        verdict = refusal.type
    seconds, rise = time.process_time() - started, (resident("VmHWM") - before) / MIB
    sys.stdout.write(json.dumps({"verdict": verdict, "seconds": seconds, "rise": rise}))


if __name__ == "__main__":
    main(*sys.argv[1:])
