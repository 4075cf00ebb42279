"""Photographs named in a spreadsheet: made fit to publish, kept before anything is signed, as ``record`` does."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ledger.errors import InvalidFieldError, LedgerError
from ledger.store.highest import write_durably
from yangguang.importing.fates import INVALID, READY, Fate
from yangguang.photographs import read_photograph

Photos = dict[str, list[Path]]
"""The kept copies by the key of the row that names them."""


def attach(fates: Sequence[Fate], folder: Path, keep_in: Path | None) -> Photos:
    """Adds evidence to the rows that name photographs of ``folder``; copies go to ``keep_in`` unless only checking."""
    kept: Photos = {}
    for fate in fates:
        if fate.status != READY or not fate.row.photos:
            continue
        try:
            kept[fate.row.key] = [_attach(fate, text, folder, keep_in) for text in fate.row.photos]
        except LedgerError as refusal:
            fate.refuse(INVALID, refusal, "/evidence")
    return kept


def _attach(fate: Fate, text: str, folder: Path, keep_in: Path | None) -> Path:
    name, _, caption = text.partition("=")
    name = name.strip()
    path = folder / name
    # A spreadsheet may come from anyone: it names files beside it, none elsewhere.
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidFieldError(
            f"照片“{name[:60]}”要和表格放在同一个文件夹。", f"The photo {name[:60]!r} must be beside the spreadsheet."
        )
    photograph = read_photograph(path)
    copy = (keep_in or folder) / photograph.file_name
    if keep_in is not None:
        write_durably(copy, photograph.data)
    if fate.ready is None:
        raise RuntimeError("a row that is ready has been resolved")
    fate.ready = replace(fate.ready, free=[*fate.ready.free, ("evidence", photograph.evidence(caption.strip()))])
    return copy
