"""Photographs as they will be published: upright, in bounds, in true colours, the same bytes again."""

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageCms

from ledger.errors import InvalidFieldError, TooLargeError
from ledger.sealing.picture import JPEG, MAX_BYTES, MAX_SIDE, PNG
from tests.ledger.sealing.bombs import png_of_a_billion_pixels
from tests.ledger.sealing.pictures import encoded, scene
from yangguang.photographs import MAX_ORIGINAL, Photograph, make_photograph, read_photograph

ORIENTATION = 0x0112


def opened(photograph: Photograph) -> Image.Image:
    return Image.open(BytesIO(photograph.data)).convert("RGB")


def quarters() -> Image.Image:
    """Red, green, blue and white quarters, from the upper left by rows."""
    image = Image.new("RGB", (64, 48), "red")
    for colour, corner in (("lime", (32, 0)), ("blue", (0, 24)), ("white", (32, 24))):
        image.paste(Image.new("RGB", (32, 24), colour), corner)
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_the_way_it_was_seen(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(turns[orientation]) if orientation > 1 else quarters()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    made = opened(make_photograph(encoded(stored, "PNG", exif=exif)))
    assert made.size == (64, 48)
    corners = [made.getpixel(corner) for corner in ((5, 5), (58, 5), (5, 42), (58, 42))]
    assert corners == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1600, 1600), (1600, 1600)), ((1601, 801), (1600, 800)), ((800, 3200), (400, 1600)), ((30, 20), (30, 20))],
)
def test_the_longer_side_has_at_most_1600_pixels_and_nothing_is_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    made = make_photograph(encoded(scene(*size), "JPEG"))
    assert (made.width, made.height) == expected == opened(made).size
    assert max(expected) <= MAX_SIDE


def test_a_photograph_becomes_a_jpeg_and_a_drawing_a_png_where_that_is_smaller() -> None:
    noisy = Image.effect_noise((400, 300), 60).convert("RGB")
    assert make_photograph(encoded(noisy, "PNG")).media_type == JPEG
    flat = make_photograph(encoded(quarters(), "BMP"))
    assert flat.media_type == PNG
    assert opened(flat).tobytes() == quarters().tobytes()


def test_the_worst_photograph_is_within_the_byte_limit() -> None:
    noise = Image.frombytes("RGB", (MAX_SIDE, MAX_SIDE), Random(1).randbytes(MAX_SIDE * MAX_SIDE * 3))
    assert len(make_photograph(encoded(noise, "BMP")).data) < MAX_BYTES


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_the_same_file_gives_the_same_bytes(kind: str) -> None:
    original = encoded(scene(300, 200), kind)
    assert make_photograph(original) == make_photograph(original)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_kind_of_pixels_is_taken(mode: str) -> None:
    image = Image.new("I;16", (40, 30), 128 * 256) if mode == "I;16" else Image.new("L", (40, 30), 128).convert(mode)
    shown = opened(make_photograph(encoded(image, "PNG" if mode not in ("CMYK", "YCbCr") else "TIFF")))
    for value in shown.getpixel((20, 15)):  # type: ignore[union-attr]
        assert mode == "1" or abs(value - 128) < 4


def test_what_was_transparent_is_white_and_shows_nothing_underneath() -> None:
    secret = quarters().convert("RGBA")
    secret.putalpha(0)
    assert opened(make_photograph(encoded(secret, "PNG"))).getcolors() == [(64 * 48, (255, 255, 255))]
    keyed = encoded(Image.new("RGB", (20, 20), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert opened(make_photograph(keyed)).getcolors() == [(400, (255, 255, 255))]


def test_colours_are_converted_before_their_profile_is_dropped() -> None:
    grey = Image.new("RGB", (40, 30), (128, 128, 128))
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = opened(make_photograph(encoded(grey, "PNG", icc_profile=linear))).getpixel((5, 5))
    assert same == (128, 128, 128)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for unfit in (lab, b"no profile at all"):
        assert opened(make_photograph(encoded(grey, "JPEG", icc_profile=unfit))).getpixel((5, 5)) == (128, 128, 128)


def test_a_decompression_bomb_is_told_in_a_sentence() -> None:
    with pytest.raises(InvalidFieldError, match="pixels"):
        make_photograph(png_of_a_billion_pixels()[0])


def test_several_pages_or_frames_are_not_silently_one() -> None:
    for kind in ("GIF", "TIFF", "WEBP", "PNG"):
        several = encoded(quarters(), kind, save_all=True, append_images=[quarters().rotate(180)])
        with pytest.raises(InvalidFieldError, match="several pages"):
            make_photograph(several)


def test_the_smaller_copy_inside_a_phones_jpeg_is_left_behind() -> None:
    several = encoded(quarters(), "MPO", save_all=True, append_images=[quarters().rotate(180)])
    made = make_photograph(several)
    assert made.width == 64
    assert len(made.data) < len(several)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_a_damaged_file_is_told_in_a_sentence_and_never_half_taken(kind: str) -> None:
    whole = encoded(scene(200, 150), kind)
    for length in range(0, len(whole) - 400, max(1, len(whole) // 60)):
        with pytest.raises(InvalidFieldError):
            make_photograph(whole[:length])


def test_the_sentence_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "IMG_7.jpg"
    with pytest.raises(InvalidFieldError, match="IMG_7"):
        read_photograph(path)
    path.write_bytes(b"nothing")
    with pytest.raises(InvalidFieldError, match="IMG_7"):
        read_photograph(path)
    with path.open("wb") as file:
        file.truncate(MAX_ORIGINAL + 1)
    with pytest.raises(TooLargeError, match="IMG_7"):
        read_photograph(path)


def test_the_name_of_the_copy_tells_nothing_of_the_originals(tmp_path: Path) -> None:
    path = tmp_path / "示例小朋友家.jpg"
    path.write_bytes(encoded(scene(), "JPEG"))
    made = read_photograph(path)
    assert made.file_name == f"{made.sha256}.jpg"
    assert made.evidence("说明") == {
        "sha256": made.sha256,
        "media_type": JPEG,
        "bytes": len(made.data),
        "caption": "说明",
    }
