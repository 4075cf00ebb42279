"""What may be kept as evidence: a whole picture within bounds, in a file that holds nothing but its pixels."""

import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from ledger.errors import InvalidFieldError, LedgerError, TooLargeError
from ledger.sealing.jpeg import MOST_SCANS, parse_jpeg
from ledger.sealing.photograph import check_photograph
from ledger.sealing.picture import MAX_BYTES, MAX_SIDE, MEDIA_TYPES
from tests.ledger.sealing.pictures import (
    JPEG,
    PNG,
    WEBP,
    canvas,
    chunk,
    encoded,
    packed_png,
    plain,
    png,
    riff,
    scene,
    segment,
    webp_chunk,
    with_chunk,
    with_segment,
)

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif() -> Image.Exif:
    written = Image.Exif()
    written[0x010F] = "maker"
    return written


def refused(data: bytes, media_type: str, words: str = "") -> InvalidFieldError:
    with pytest.raises(InvalidFieldError) as refusal:
        check_photograph(data, media_type)
    assert refusal.value.zh.endswith("。")
    assert words in refusal.value.zh
    return refusal.value


@pytest.mark.parametrize(
    ("media_type", "mode", "options"),
    [
        (JPEG, "RGB", {}),
        (JPEG, "L", {}),
        (JPEG, "RGB", {"progressive": True}),
        (JPEG, "RGB", {"optimize": True, "subsampling": 0}),
        (JPEG, "RGB", {"restart_marker_rows": 1}),
        (JPEG, "RGB", {"restart_marker_blocks": 2, "subsampling": 2}),
        (PNG, "1", {}),
        (PNG, "L", {}),
        (PNG, "LA", {}),
        (PNG, "P", {}),
        (PNG, "RGB", {}),
        (PNG, "RGBA", {"optimize": True}),
        (WEBP, "RGB", {}),
        (WEBP, "RGB", {"lossless": True}),
        (WEBP, "RGBA", {}),
        (WEBP, "RGBA", {"lossless": True}),
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (48, 32), (33, 17)], ids=str)
def test_a_picture_of_pixels_alone_is_taken(
    media_type: str, mode: str, options: dict[str, Any], size: tuple[int, int]
) -> None:
    image = scene(*size, mode)
    if mode.endswith("A"):
        image.putalpha(100)
    check_photograph(encoded(image, media_type.partition("/")[2], **options), media_type)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"exif": exif()}, "EXIF"),
        ({"xmp": b"<x:xmpmeta/>"}, "XMP"),
        ({"icc_profile": PROFILE}, "ICC"),
        ({"comment": b"taken at home"}, "注释"),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_with_metadata_is_refused_and_told_which(options: dict[str, Any], words: str, progressive: bool) -> None:
    refused(plain(JPEG, progressive=progressive, **options), JPEG, words)


@pytest.mark.parametrize("marker", [*range(0xC1, 0xC4), *range(0xC5, 0xD0), *range(0xDE, 0x100)], ids=hex)
def test_a_jpeg_with_any_other_segment_is_refused(marker: int) -> None:
    if marker != 0xC2:
        refused(with_segment(plain(JPEG), marker, b"Photoshop 3.0\x008BIM"), JPEG)


def test_a_thumbnail_or_extension_in_the_jfif_header_is_refused() -> None:
    small = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01" + b"rgb"
    refused(plain(JPEG)[:2] + segment(0xE0, small) + plain(JPEG)[20:], JPEG, "缩略图")
    refused(with_segment(plain(JPEG), 0xE0, b"JFXX\x00\x10" + plain(JPEG)), JPEG, "缩略图")
    refused(with_segment(plain(JPEG), 0xE0, plain(JPEG)[6:20]), JPEG, "缩略图")


def test_bytes_after_the_end_are_refused_even_if_they_are_another_picture() -> None:
    for media_type in MEDIA_TYPES:
        for more in (b"x", b"\x00", plain(media_type)):
            refused(plain(media_type) + more, media_type)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"tEXt", b"Author\x00somebody"),
        (b"zTXt", b"Author\x00\x00x"),
        (b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>"),
        (b"eXIf", b"MM\x00*\x00\x00\x00\x08\x00\x00"),
        (b"iCCP", b"sRGB\x00\x00x"),
        (b"tIME", b"\x07\xe7\x05\x0e\x09\x00\x00"),
        (b"pHYs", b"\x00\x00\x0b\x13\x00\x00\x0b\x13\x01"),
        (b"gAMA", b"\x00\x00\xb1\x8f"),
        (b"sRGB", b"\x00"),
        (b"acTL", b"\x00\x00\x00\x01\x00\x00\x00\x00"),
        (b"prVt", b"anything"),
        (b"PLTE", bytes(768)),
        (b"tRNS", b"\x00"),
    ],
    ids=lambda value: value[:4].decode("latin1"),
)
def test_a_png_with_any_other_chunk_is_refused(kind: bytes, body: bytes) -> None:
    refused(with_chunk(plain(PNG), kind, body), PNG)


def test_a_png_hides_nothing_in_its_compressed_data() -> None:
    rows = b"".join(bytes(1) + bytes(8) for _ in range(4))
    check_photograph(png(8, 4, rows), PNG)
    refused(png(8, 4, rows + b"x"), PNG, "多出来")
    refused(png(8, 4, rows[:-1]), PNG, "像素不够")
    refused(packed_png(8, 4, zlib.compress(rows) + b"more"), PNG, "像素之后")
    refused(packed_png(8, 4, zlib.compress(rows)[:-1]), PNG, "像素不够")
    split = packed_png(8, 4, zlib.compress(rows))
    refused(split[:-12] + chunk(b"IDAT", b"more") + chunk(b"IEND", b""), PNG, "像素之后")
    refused(split[:-12] + chunk(b"IEND", b"x"), PNG, "图像结束之后")


def test_a_png_whose_checksum_or_header_is_wrong_is_refused() -> None:
    good = plain(PNG)
    refused(good[:-1] + bytes((good[-1] ^ 1,)), PNG, "校验和")
    for depth, colour in ((3, 0), (16, 3), (4, 2), (8, 1), (8, 7)):
        refused(png(1, 1, bytes(9), depth=depth, colour=colour), PNG)


def test_interlaced_pngs_are_counted_by_their_passes() -> None:
    for width, height in ((1, 1), (5, 3), (8, 8), (9, 17)):
        header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 1))
        passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
        rows = b""
        for left, top, across, down in passes:
            columns = len(range(left, width, across))
            rows += b"".join(bytes(1 + columns) for _ in range(top, height, down) if columns)
        packed = zlib.compress(rows)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
        assert Image.open(BytesIO(data)).convert("L").size == (width, height)
        check_photograph(data, PNG)


def test_a_webp_with_metadata_or_frames_is_refused() -> None:
    refused(plain(WEBP, exif=exif()), WEBP)
    refused(plain(WEBP, icc_profile=PROFILE), WEBP)
    refused(plain(WEBP, xmp=b"<x:xmpmeta/>"), WEBP)
    frames = encoded(scene(), "WEBP", save_all=True, append_images=[scene().rotate(180)])
    refused(frames, WEBP)


def test_a_webp_canvas_announces_at_most_the_alpha_that_is_there() -> None:
    picture = webp_chunk(plain(WEBP))
    check_photograph(riff(picture), WEBP)
    check_photograph(riff(canvas(48, 32, 0), picture), WEBP)
    for flags in (0x02, 0x04, 0x08, 0x20, 0x01, 0x40, 0x80, 0x10):
        refused(riff(canvas(48, 32, flags), picture), WEBP)
    refused(riff(canvas(48, 33, 0), picture), WEBP)
    refused(riff(canvas(48, 32, 0), (b"ALPH", bytes(9)), picture), WEBP)
    refused(riff(canvas(48, 32, 0), picture, (b"EXIF", b"Exif\x00\x00")), WEBP)
    refused(riff(picture, (b"note", b"a secret")), WEBP)
    refused(riff(picture)[:-1], WEBP)


def test_the_longer_side_has_at_most_1600_pixels() -> None:
    for media_type in MEDIA_TYPES:
        kind = media_type.partition("/")[2]
        check_photograph(encoded(Image.new("RGB", (MAX_SIDE, 1)), kind), media_type)
        for size in ((MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)):
            refused(encoded(Image.new("RGB", size), kind), media_type, "1600")


def test_a_file_over_the_byte_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        check_photograph(plain(JPEG) + bytes(MAX_BYTES), JPEG)


def test_a_file_of_another_type_than_named_is_refused() -> None:
    for named in MEDIA_TYPES:
        for other in {*MEDIA_TYPES} - {named}:
            refused(plain(other), named)
    for kind in ("GIF", "BMP", "TIFF"):
        for named in MEDIA_TYPES:
            refused(encoded(scene(), kind), named)


def test_a_pdf_is_refused_with_what_to_do_instead() -> None:
    assert "拍成照片" in refused(b"%PDF-1.7", "application/pdf", "PDF").zh
    refused(b"GIF89a", "image/gif", "只收图片")


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=str)
def test_a_file_cut_anywhere_is_refused(media_type: str, options: dict[str, Any]) -> None:
    data = plain(media_type, **options)
    for length in range(len(data)):
        with pytest.raises(InvalidFieldError):
            check_photograph(data[:length], media_type)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@given(data=st.data())
def test_whatever_is_changed_there_is_a_verdict(media_type: str, data: st.DataObject) -> None:
    good = bytearray(plain(media_type))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(LedgerError):
        check_photograph(bytes(good), media_type)


@pytest.mark.parametrize("options", [{}, {"restart_marker_rows": 1}, {"subsampling": 0}, {"quality": 95}], ids=str)
@pytest.mark.parametrize("colour", ["noise", "white", "black", "grey"])
def test_a_jpeg_that_lacks_coded_data_or_has_too_much_is_refused(options: dict[str, Any], colour: str) -> None:
    image = Image.effect_noise((160, 120), 80).convert("RGB")
    image = image if colour == "noise" else Image.new("RGB", image.size, colour)
    whole = encoded(image, "JPEG", **options)
    check_photograph(whole, JPEG)
    refused(whole[:-2] + b"24.4567,112.2889 somebody's home" + whole[-2:], JPEG, "像素之后")
    scan = parse_jpeg(whole).scans[0]
    refused(whole[: (scan + len(whole)) // 2].rstrip(b"\xff") + whole[-2:], JPEG)


def test_a_jpeg_with_more_scans_than_encoders_write_is_refused() -> None:
    progressive = plain(JPEG, progressive=True)
    parsed = parse_jpeg(progressive)
    assert len(parsed.scans) < MOST_SCANS
    at = progressive.rindex(b"\xff\xda")
    refused(progressive[:-2] + progressive[at:-2] * MOST_SCANS + progressive[-2:], JPEG, "扫描")


def test_a_jpeg_of_tables_or_intervals_without_end_is_refused() -> None:
    good = plain(JPEG)
    refused(good[:20] + segment(0xDD, b"\x00\x01") * 500 + good[20:], JPEG)
    refused(good[:20] + segment(0xDB, bytes(1) + bytes([1]) * 64) * 500 + good[20:], JPEG)
    refused(good[:20] + segment(0xDB, b"\x09" + bytes([1]) * 64) + good[20:], JPEG)
    refused(good[:2] + good[-2:], JPEG, "没有像素")
