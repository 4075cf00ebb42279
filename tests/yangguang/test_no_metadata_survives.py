"""Whatever a camera wrote beside the pixels is gone from what is sent, as an independent reader of metadata tells."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.errors import InvalidFieldError
from ledger.sealing.photograph import check_photograph
from ledger.sealing.picture import JPEG, MAX_SIDE, PNG
from tests.yangguang.corpus import MEDIA_TYPES, Original, make_corpus, read_metadata, require_exiftool
from tests.yangguang.ledgers import Served, served_ledger
from yangguang.photographs import Photograph, read_photograph

ABOUT_THE_FILE = {"SourceFile", "ExifTool", "System"}
SIZE_AND_TYPE = {
    "File:FileType",
    "File:FileTypeExtension",
    "File:MIMEType",
    "File:ImageWidth",
    "File:ImageHeight",
    "File:EncodingProcess",
    "File:BitsPerSample",
    "File:ColorComponents",
    "File:YCbCrSubSampling",
    "JFIF:JFIFVersion",
    "JFIF:ResolutionUnit",
    "JFIF:XResolution",
    "JFIF:YResolution",
    "PNG:ImageWidth",
    "PNG:ImageHeight",
    "PNG:BitDepth",
    "PNG:ColorType",
    "PNG:Compression",
    "PNG:Filter",
    "PNG:Interlace",
    "PNG:Palette",
    "Composite:ImageSize",
    "Composite:Megapixels",
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    require_exiftool()
    return make_corpus(tmp_path_factory.mktemp("originals"))


@pytest.fixture(scope="module")
def published(originals: list[Original]) -> list[Photograph]:
    return [read_photograph(original.path) for original in originals]


def found_in(paths: list[Path]) -> list[dict[str, Any]]:
    """Tags by group and name, those about the file as a file left out."""
    return [
        {name: value for name, value in tags.items() if name.partition(":")[0] not in ABOUT_THE_FILE}
        for tags in read_metadata(paths)
    ]


def test_the_corpus_holds_what_it_must_hide(originals: list[Original]) -> None:
    assert len(originals) >= 50
    found = found_in([original.path for original in originals])
    for original, tags in zip(originals, found, strict=True):
        assert original.marker in json.dumps(tags), original.path.name
        assert original.marker.encode() in original.path.read_bytes() or original.kind == "PNG"
    kinds = {name for tags in found for name in tags}
    for name in ("GPS:GPSLatitude", "XMP-exif:GPSLatitude", "XMP-dc:Creator", "IPTC:By-line", "IFD1:ThumbnailImage"):
        assert name in kinds
    for name in ("ICC_Profile:ProfileDescription", "File:Comment", "PNG:Author", "ExifIFD:SerialNumber"):
        assert name in kinds
    assert sum("GPS:GPSLatitude" in tags for tags in found) >= 40
    assert sum(any(part in original.path.read_bytes() for part in original.rational) for original in originals) >= 40
    assert sum(original.thumbnail in original.path.read_bytes() for original in originals) >= 20


def test_in_the_copies_there_is_nothing_but_size_and_type(published: list[Photograph], tmp_path: Path) -> None:
    paths = []
    for photograph in published:
        path = tmp_path / photograph.file_name
        path.write_bytes(photograph.data)
        paths.append(path)
    for tags in found_in(paths):
        assert tags.keys() <= SIZE_AND_TYPE
        assert (tags.get("JFIF:ResolutionUnit", 0), tags.get("JFIF:XResolution", 1)) == (0, 1)
    assert {photograph.media_type for photograph in published} == {JPEG, PNG}


def test_no_planted_byte_is_in_a_copy(originals: list[Original], published: list[Photograph]) -> None:
    for original, photograph in zip(originals, published, strict=True):
        for planted in original.planted():
            assert planted not in photograph.data, (original.path.name, planted)


def test_every_copy_is_within_bounds_and_every_original_is_refused(
    originals: list[Original], published: list[Photograph]
) -> None:
    for original, photograph in zip(originals, published, strict=True):
        assert max(photograph.width, photograph.height) == min(MAX_SIDE, max(original.size))
        check_photograph(photograph.data, photograph.media_type)
        with pytest.raises(InvalidFieldError):
            check_photograph(original.path.read_bytes(), MEDIA_TYPES[original.kind])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_ledger("thread", tmp_path) as served:
        yield served


def test_the_server_takes_every_copy_and_no_original(
    served: Served, originals: list[Original], published: list[Photograph]
) -> None:
    raw = [(original.path.read_bytes(), MEDIA_TYPES[original.kind]) for original in originals]
    clean = [(photograph.data, photograph.media_type) for photograph in published]
    named = served.name_files([*raw, *clean])
    with httpx.Client(base_url=served.url, timeout=60) as client:
        for sha256, (data, _) in zip(named[: len(raw)], raw, strict=True):
            assert client.put(f"/api/evidence/{sha256}", content=data).status_code == 422
            assert client.get(f"/evidence/{sha256}").status_code == 404
        for sha256, (data, media_type) in zip(named[len(raw) :], clean, strict=True):
            assert client.put(f"/api/evidence/{sha256}", content=data).status_code == 200
            shown = client.get(f"/evidence/{sha256}")
            assert (shown.content, shown.headers["content-type"]) == (data, media_type)
