"""``yangguang evidence`` and the ``--photo`` of ``record``: photographs made fit to publish, kept, and sent.

--photo IMG_0421.jpg=新操场      the file and its caption; what is sent is a new file of its pixels alone
receipts/photographs/9f3c….jpg   that file, kept here before anything is signed
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.domain.correction import Corrected
from ledger.domain.event import Event
from ledger.errors import InvalidFieldError, LedgerError
from ledger.sealing.photograph import check_photograph, media_type_of
from ledger.sealing.picture import MAX_BYTES
from ledger.store.highest import write_durably
from yangguang.cli.console import fail, progress_bar, refusals, say
from yangguang.cli.submitting import To
from yangguang.client import Client
from yangguang.photographs import read_photograph

FOLDER = "photographs"
app = typer.Typer(
    help="证明材料：照片送达账本。 Evidence: photographs sent to the ledger.",
    no_args_is_help=True,
)
Photos = Annotated[
    list[str] | None,
    typer.Option(
        "--photo",
        metavar="FILE[=说明]",
        help="附一张照片，可重复；先去掉拍摄地点、时间等一切附加信息 / a photo, repeatable, stripped to its pixels",
    ),
]


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photograph as it will be sent, kept at ``path``, and the value of its ``evidence`` disclosure."""

    path: Path
    evidence: dict[str, Any]


@app.command()
def send(
    files: Annotated[
        list[Path], typer.Argument(help="receipts/photographs 里的文件 / files from receipts/photographs")
    ],
    to: To = "http://127.0.0.1:8000",
) -> None:
    """把已记入的账目所附的照片送到账本。上次没有送到的，用它再送一次；重复送也只存一份。

    要送的是 record --photo 存在 receipts/photographs 里的那一份，不是原图：

    yangguang evidence send receipts/photographs/*.jpg --to https://账本网址

    Sends photographs that recorded entries name: the copies that record --photo kept, never the originals.
    Sending one again is harmless.
    """
    with refusals():
        send_files(files, Client(to))
    say(f"{len(files)}个文件已送达。", f"{len(files)} file(s) sent.")


def check_takes_photos(cls: type[Event]) -> None:
    """Refuses ``--photo`` for a type that has no evidence, before any work. Raises InvalidFieldError."""
    # What a correction takes depends on the entry that it corrects, which only the ledger knows.
    if not issubclass(cls, Corrected) and "evidence" not in cls.names_in("withdrawable"):
        raise InvalidFieldError(
            f"“{cls.LABEL.zh}”不能附照片。", f"“{cls.LABEL.en}” takes no photographs.", "/free/evidence"
        )


def keep_photos(wanted: Sequence[str], receipts: Path) -> list[KeptPhoto]:
    """The photographs made from the files that ``--photo`` names, each kept durably before it is signed for."""
    kept = []
    with progress_bar("处理照片 preparing") as progress:
        for done, text in enumerate(wanted, start=1):
            path, caption = parse_photo(text)
            photograph = read_photograph(path)
            copy = receipts / FOLDER / photograph.file_name
            write_durably(copy, photograph.data)
            kept.append(KeptPhoto(copy, photograph.evidence(caption)))
            progress(done, len(wanted))
    return kept


def parse_photo(text: str) -> tuple[Path, str]:
    """The file and its caption in ``FILE=说明``. A file that has an equals sign in its name is taken whole."""
    path, _, caption = text.partition("=")
    return (Path(text), "") if Path(text).exists() else (Path(path), caption.strip())


def with_photos(content: dict[str, Any], photos: Sequence[KeptPhoto]) -> dict[str, Any]:
    """The content of an event with photographs among its evidence."""
    if not photos:
        return content
    free = content.get("free", {})
    listed = free.get("evidence", [])
    if not isinstance(listed, list):
        raise InvalidFieldError("“evidence”应是一个列表。", "'evidence' must be a list.", "/free/evidence")
    return {**content, "free": {**free, "evidence": [*listed, *(photo.evidence for photo in photos)]}}


def send_photos(photos: Sequence[KeptPhoto], client: Client) -> None:
    """Sends what a recorded event names. Where that fails, says how to repeat it, and leaves with exit code 1."""
    paths = [photo.path for photo in photos]
    try:
        send_files(paths, client)
    except LedgerError as error:
        command = shlex.join(["yangguang", "evidence", "send", *map(str, paths), "--to", client.url])
        fail(
            f"账目已经记入，照片没有全部送到：{error.zh}照片存在{paths[0].parent}，请再运行：{command}",
            f"The entry is recorded, but not every photo arrived: {error.en} Run: {command}",
        )
    if photos:
        say(f"{len(photos)}张照片已送达。", f"{len(photos)} photo(s) sent.")


def send_files(paths: Sequence[Path], client: Client) -> None:
    """Sends every file, the rest too when one is refused; raises the first refusal afterwards."""
    refused: list[LedgerError] = []
    with progress_bar("送照片 sending") as progress:
        for done, path in enumerate(paths, start=1):
            try:
                client.send_evidence(_read(path))
            except LedgerError as error:
                refused.append(InvalidFieldError(f"{path.name}：{error.zh}", f"{path.name}: {error.en}"))
            progress(done, len(paths))
    if refused:
        raise refused[0]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidFieldError(f"读不了{path}。", f"Cannot read {path}: {error.strerror}.") from None
    check_photograph(data, media_type_of(data) or "")
    return data
