"""Photographs made fit to publish on their author's own device: new files, from pixels alone.

What a camera writes beside the pixels (place, time, serial number, thumbnail, captions, colour profile) is never
copied: the pixels are decoded, turned the right way up, converted to sRGB, scaled down and encoded anew. The same
file gives the same bytes again under the same version of Pillow.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from ledger.errors import InvalidFieldError, LedgerError, TooLargeError
from ledger.sealing.photograph import check_photograph, not_a_picture
from ledger.sealing.picture import JPEG, MAX_SIDE, PNG

MAX_ORIGINAL = 100 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
QUALITY = 82
FEW_COLOURS = 256
WHITE = (255, 255, 255, 255)
SUFFIXES = {JPEG: ".jpg", PNG: ".png"}
HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture of nothing but pixels, as it will be published."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The digest by which an event names it, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def file_name(self) -> str:
        """A name that tells nothing of the original's."""
        return self.sha256 + SUFFIXES[self.media_type]

    def evidence(self, caption: str) -> dict[str, Any]:
        """The value of its ``evidence`` disclosure."""
        return {
            "sha256": self.sha256,
            "media_type": self.media_type,
            "bytes": len(self.data),
            "caption": caption,
        }


def read_photograph(path: Path) -> Photograph:
    """The photograph made from a file. Raises InvalidFieldError naming the file, or TooLargeError."""
    original = _read(path)
    try:
        return make_photograph(original)
    except InvalidFieldError as error:
        raise InvalidFieldError(f"{path.name}：{error.zh}", f"{path.name}: {error.en}") from None


def make_photograph(original: bytes) -> Photograph:
    """A new picture from the pixels of ``original``. Raises InvalidFieldError for what has none that can be read."""
    image = _pixels_of(original)
    encoded, media_type = _encode(image)
    check_photograph(encoded, media_type)
    return Photograph(encoded, media_type, image.width, image.height)


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_ORIGINAL else b""
    except OSError as error:
        raise InvalidFieldError(f"读不了{path}。", f"Cannot read {path}: {error.strerror}.") from None
    if size > MAX_ORIGINAL:
        raise TooLargeError(f"照片{path.name}", f"photo {path.name}", size, MAX_ORIGINAL)
    return data


def _pixels_of(original: bytes) -> Image.Image:
    if original.startswith(b"%PDF"):
        raise not_a_picture("application/pdf")
    if original[4:12] in HEIC_BRANDS:
        raise InvalidFieldError(
            "这是HEIC照片。请在手机里另存为JPEG，或把相机设为“兼容性最佳”。",
            "This is a HEIC photo. Save it as JPEG on the phone, or set the camera to “Most compatible”.",
        )
    try:
        with warnings.catch_warnings():
            # A picture that Pillow thinks too large for its file; other warnings are about metadata, which go anyway.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(original), formats=FORMATS) as image:
                _check_single(image)
                return _scaled(image)
    except LedgerError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise InvalidFieldError(
            f"像素太多，超过{_most_pixels():,}。请先在手机或电脑上把它缩小。",
            f"It has more than {_most_pixels():,} pixels. Scale it down first.",
        ) from None
    except UnidentifiedImageError:
        raise InvalidFieldError(
            f"这不是能读的图片。可用{'、'.join(FORMATS)}。",
            f"This is no picture that can be read: {', '.join(FORMATS)}.",
        ) from None
    except Exception:  # noqa: BLE001 - whatever a decoder raises over a damaged file, it cannot be read
        raise InvalidFieldError(
            "图片损坏或没有传完整，读不出像素。请重新取得原图。", "The picture is damaged or incomplete. Get it again."
        ) from None


def _most_pixels() -> int:
    return Image.MAX_IMAGE_PIXELS or 0


def _check_single(image: ImageFile.ImageFile) -> None:
    # A phone's JPEG may hold a smaller copy beside the picture itself, which comes first.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise InvalidFieldError(
            "这个文件里有好几页或好几帧。请把要用的每一张另存为一张图片。",
            "The file holds several pages or frames. Save each one you need as a picture of its own.",
        )


def _scaled(image: ImageFile.ImageFile) -> Image.Image:
    """Upright, opaque, in sRGB, no side over 1600 pixels, and in memory of its own that no metadata came into."""
    profile = image.info.get("icc_profile")
    pixels: Image.Image = image
    if image.mode.startswith("I"):
        pixels = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data or image.mode not in ("RGB", "L", "CMYK"):
        pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    pixels.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    pixels = ImageOps.exif_transpose(pixels)
    if pixels.mode == "RGBA":
        pixels = Image.alpha_composite(Image.new("RGBA", pixels.size, WHITE), pixels).convert("RGB")
    pixels = _in_srgb(pixels, profile)
    return Image.frombytes("RGB", pixels.size, pixels.tobytes())


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(pixels, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return pixels.convert("RGB")


def _encode(image: Image.Image) -> tuple[bytes, str]:
    jpeg = _saved(image, "JPEG", quality=QUALITY, subsampling="4:2:0")
    if image.getcolors(FEW_COLOURS) is None:
        return jpeg, JPEG
    drawing = image.quantize(FEW_COLOURS, dither=Image.Dither.NONE)
    png = _saved(drawing, "PNG", optimize=True)
    exact = drawing.convert("RGB").tobytes() == image.tobytes()
    return (png, PNG) if exact and len(png) < len(jpeg) else (jpeg, JPEG)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
