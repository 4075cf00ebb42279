"""The way of a photograph by the command line: made fit, kept, signed for, sent, and sent again where that failed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from ledger.sealing.photograph import check_photograph
from tests.ledger.api.conftest import CORES
from tests.ledger.personal_numbers import identity
from tests.ledger.sealing.pictures import encoded, scene
from tests.yangguang.ledgers import Served, served_ledger
from yangguang.cli.app import app
from yangguang.photographs import make_photograph

EXIF = Image.Exif()
EXIF[0x010E] = "SECRETPLACE"


@pytest.fixture(params=CORES)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    with served_ledger(request.param, tmp_path) as served:
        yield served


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph with its place in it, larger than may be published."""
    path = tmp_path / "IMG_0421.jpg"
    path.write_bytes(encoded(scene(2000, 1000), "JPEG", exif=EXIF))
    return path


def yangguang(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def record(served: Served, tmp_path: Path, *arguments: object, **more: object) -> Result:
    data = served.write(tmp_path / "gift.json", **more)
    receipts = ("--key", served.key, "--to", served.url, "--receipts", tmp_path / "receipts")
    return yangguang("record", "donation.received", "--data", data, *receipts, *arguments)


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "receipts" / "photographs").iterdir())


def size(served: Served) -> int:
    return int(httpx.get(f"{served.url}/api/head").json()["size"])


def test_a_photo_of_a_record_is_published_as_the_very_bytes_kept_here(
    served: Served, tmp_path: Path, photo: Path
) -> None:
    drawing = tmp_path / "签收=单.png"
    drawing.write_bytes(encoded(Image.new("RGB", (300, 200), "white"), "PNG", icc_profile=None))
    done = record(served, tmp_path, "--photo", f"{photo}=新操场", "--photo", drawing)
    assert done.exit_code == 0, done.output
    assert "2张照片已送达" in done.output
    assert len(kept(tmp_path)) == 2
    for path in kept(tmp_path):
        shown = httpx.get(f"{served.url}/evidence/{path.stem}")
        assert (shown.status_code, shown.content) == (200, path.read_bytes())
        check_photograph(shown.content, shown.headers["content-type"])
        assert b"SECRETPLACE" not in shown.content
    largest = make_photograph(photo.read_bytes())
    assert (largest.width, largest.height) == (1600, 800)
    assert httpx.get(f"{served.url}/evidence/{largest.sha256}").content == largest.data


def test_a_photo_that_did_not_arrive_is_sent_again_by_the_command_it_says(
    served: Served, tmp_path: Path, photo: Path
) -> None:
    before = size(served)
    served.uploads.failing.set()
    done = record(served, tmp_path, "--photo", f"{photo}=新操场")
    assert done.exit_code == 1
    assert size(served) == before + 1
    assert list((tmp_path / "receipts").glob("*.tlog-proof"))
    said = re.search(r"yangguang (evidence send .*)", done.output)
    assert said is not None
    [path] = kept(tmp_path)
    assert httpx.get(f"{served.url}/evidence/{path.stem}").status_code == 404
    again = yangguang(*shlex.split(said[1]))
    assert again.exit_code == 1
    served.uploads.failing.clear()
    for _ in range(2):
        assert yangguang(*shlex.split(said[1])).exit_code == 0
    assert httpx.get(f"{served.url}/evidence/{path.stem}").content == path.read_bytes()


def test_one_file_that_is_refused_does_not_keep_the_others_back(served: Served, tmp_path: Path, photo: Path) -> None:
    assert record(served, tmp_path, "--photo", photo).exit_code == 0
    [good] = kept(tmp_path)
    other = tmp_path / "other.png"
    other.write_bytes(encoded(scene(), "PNG"))
    done = yangguang("evidence", "send", other, good, "--to", served.url)
    assert done.exit_code == 1
    assert "other.png" in done.output
    assert "没有账目提到这个文件" in done.output


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"not a picture", "不是能读的图片"),
        ("letter.pdf", b"%PDF-1.7 letter", "拍成照片"),
        ("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        ("cut.jpg", encoded(scene(400, 300), "JPEG")[:4000], "损坏"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_file_that_is_no_picture_is_told_before_anything_is_signed(
    served: Served, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    before = size(served)
    (tmp_path / name).write_bytes(content)
    done = record(served, tmp_path, "--photo", tmp_path / name)
    assert done.exit_code == 1
    assert name in done.output
    assert words in done.output.replace("\n", "")
    assert size(served) == before


def test_personal_data_is_refused_while_drafting(served: Served, tmp_path: Path, photo: Path) -> None:
    before = size(served)
    number = identity("44010219900307123")
    captioned = record(served, tmp_path, "--photo", f"{photo}=左一，电话13800138000")
    noted = record(served, tmp_path, free={"note": f"受助人{number}"})
    for done, label in ((captioned, "说明"), (noted, "说明")):
        assert done.exit_code == 1
        assert f"“{label}”一栏像是有" in done.output
        assert "13800138000" not in done.output
        assert number not in done.output
    assert size(served) == before


def test_a_type_without_evidence_takes_no_photo(served: Served, tmp_path: Path, photo: Path) -> None:
    data = served.write(tmp_path / "gift.json")
    done = yangguang("record", "donation.confirmed", "--data", data, "--key", served.key, "--photo", photo)
    assert done.exit_code == 1
    assert "不能附照片" in done.output


def test_an_original_is_not_sent_by_mistake(served: Served, photo: Path) -> None:
    done = yangguang("evidence", "send", photo, "--to", served.url)
    assert done.exit_code == 1
    assert "EXIF" in done.output


def test_the_commands_teach() -> None:
    for command in (["evidence"], ["evidence", "send"], ["record"]):
        shown = yangguang(*command, "--help").output
        assert re.search("[\u4e00-\u9fff]", shown)
    assert "--photo" in yangguang("record", "--help").output
    assert "--photo" in yangguang("record", "donation.received").output
