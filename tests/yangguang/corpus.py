"""Photographs as cameras and offices make them: every place in which a file can carry more than its pixels is used.

Each holds its own marker, GPS position and thumbnail, so that one that survives can be told from the others.
"""

import json
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

EXIFTOOL = shutil.which("exiftool") or "/usr/bin/exiftool"
SIZES = ((160, 120), (120, 160), (321, 239), (1700, 40), (33, 17))
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/jpeg", "GIF": "image/png"}
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "GIF": "gif"}
COUNTS = {"JPEG": 24, "PNG": 12, "WEBP": 12, "TIFF": 6, "GIF": 4}
DESCRIPTION, MAKE, ORIENTATION, ARTIST, GPS_INFO, EXIF_IFD, USER_COMMENT = 270, 271, 274, 315, 34853, 34665, 37510


def require_exiftool() -> None:
    """Skips, saying so, where exiftool is absent; in CI it must not be."""
    if not Path(EXIFTOOL).exists():
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("exiftool is not installed; .ci/run installs it")
        pytest.skip("exiftool is not installed: apt-get install libimage-exiftool-perl")


@dataclass(frozen=True)
class Original:
    """A file and what was planted in it. ``rational`` is its GPS latitude as Exif writes it, in both byte orders."""

    path: Path
    kind: str
    marker: str
    rational: tuple[bytes, bytes]
    thumbnail: bytes
    size: tuple[int, int] = field(default=(0, 0))

    def planted(self) -> Iterator[bytes]:
        """Byte strings that must be nowhere in what is published."""
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield self.marker.encode(encoding)
        yield from self.rational
        yield self.thumbnail
        yield from (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"acsp", b"8BIM", b"PLANTED")


def make_corpus(directory: Path) -> list[Original]:
    """58 photographs, their metadata written by Pillow and then, where it can, by exiftool as well."""
    made = [_original(directory, kind, number) for kind, count in COUNTS.items() for number in range(count)]
    _write_more([original for original in made if original.kind != "GIF"], directory / "thumbnail")
    return made


def read_metadata(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """What exiftool finds in each file: every tag, unknown ones and trailers included, by group and name."""
    command = [EXIFTOOL, "-json", "-a", "-u", "-U", "-G1", "-n", "-ee", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _original(directory: Path, kind: str, number: int) -> Original:
    marker = f"PLANTED{kind}{number:03d}"
    size = SIZES[number % len(SIZES)]
    latitude = (24, 27, 1000 + number)
    path = directory / f"{marker}.{SUFFIXES[kind]}"
    thumbnail = _file(_scene((16, 12), number), "JPEG", quality=40)
    image = _scene(size, number)
    exif = _exif(marker, latitude, orientation=number % 8 + 1)
    image.save(path, kind, **_options(kind, marker, exif, number))
    if kind == "JPEG" and number % 6 == 5:
        # As Samsung, Huawei and motion photos do, after the end of the image.
        path.write_bytes(path.read_bytes() + b"SEFT" + marker.encode() + b"\x00" * 16)
    return Original(path, kind, marker, _rationals(latitude), thumbnail, size)


def _options(kind: str, marker: str, exif: Image.Exif, number: int) -> dict[str, Any]:
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">{_described(marker)}</rdf:RDF></x:xmpmeta>'
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB" if number % 2 else "sRGB")).tobytes()
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", marker)
    text.add_text("Comment", marker, zip=True)
    text.add_itxt("XML:com.adobe.xmp", xmp)
    options: dict[str, dict[str, Any]] = {
        "JPEG": {
            "exif": exif,
            "xmp": xmp.encode(),
            "comment": marker,
            "icc_profile": profile,
            "progressive": number % 3,
        },
        "PNG": {"exif": exif, "pnginfo": text, "icc_profile": profile, "dpi": (72, 72)},
        "WEBP": {"exif": exif, "xmp": xmp.encode(), "icc_profile": profile, "lossless": number % 2 == 0},
        "TIFF": {"exif": exif, "icc_profile": profile, "compression": "tiff_lzw"},
        "GIF": {"comment": marker},
    }
    return options[kind]


def _described(marker: str) -> str:
    names = 'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<rdf:Description {names}><dc:source>{marker}</dc:source></rdf:Description>"


def _exif(marker: str, latitude: tuple[int, int, int], *, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[DESCRIPTION], exif[MAKE], exif[ARTIST], exif[ORIENTATION] = marker, marker, marker, orientation
    exif.get_ifd(EXIF_IFD)[USER_COMMENT] = b"ASCII\x00\x00\x00" + marker.encode()
    degrees, minutes, hundredths = latitude
    exif.get_ifd(GPS_INFO).update(
        {1: "N", 2: (float(degrees), float(minutes), hundredths / 100), 3: "E", 4: (112.0, 17.0, 20.04)}
    )
    return exif


def _rationals(latitude: tuple[int, int, int]) -> tuple[bytes, bytes]:
    degrees, minutes, _ = latitude
    return struct.pack(">4I", degrees, 1, minutes, 1), struct.pack("<4I", degrees, 1, minutes, 1)


def _write_more(originals: Sequence[Original], beside: Path) -> None:
    """Kinds that Pillow does not write: IPTC, embedded thumbnails, GPS in XMP, serial numbers. One run for all."""
    arguments: list[str] = []
    for original in originals:
        thumbnail = beside.with_suffix(f".{original.marker}")
        thumbnail.write_bytes(original.thumbnail)
        tags = {"XMP-exif:GPSLatitude": "24.4567", "XMP-dc:Creator": original.marker}
        tags |= {"XMP-photoshop:City": original.marker, "EXIF:SerialNumber": original.marker}
        if original.kind in ("JPEG", "TIFF"):
            tags |= {"IPTC:By-line": original.marker, "IPTC:City": original.marker}
        if original.kind == "JPEG":
            tags |= {"ThumbnailImage<": str(thumbnail), "PhotoshopThumbnail<": str(thumbnail)}
        arguments += ["-overwrite_original", "-m", "-q", *(f"-{tag}={text}" for tag, text in tags.items())]
        arguments += [str(original.path), "-execute"]
    run = [EXIFTOOL, "-@", "-"]
    subprocess.run(run, input="\n".join(arguments).encode(), capture_output=True, check=True)
    for original in originals:
        beside.with_suffix(f".{original.marker}").unlink()


def _scene(size: tuple[int, int], number: int) -> Image.Image:
    """A photograph; every fourth is a drawing of few colours."""
    shades = Image.radial_gradient("L").resize(size)
    if number % 4 == 3:
        return shades.point(lambda value: value // 64 * 64).convert("RGB")
    return Image.blend(Image.effect_noise(size, 40 + number).convert("RGB"), shades.convert("RGB"), 0.6)


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
