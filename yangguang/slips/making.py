"""From an admitted event to the slips of its people, and from slips to files that only their owner can read."""

from collections.abc import Sequence
from pathlib import Path

from ledger.domain.catalogue import event_class
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.sentences import format_day
from ledger.errors import DuplicateError
from ledger.opening import Submission
from ledger.sealing.disclosure import Disclosure, parse_disclosure
from ledger.signing.key_files import publish_new_file
from public_site.slips import PrintedSlip, slip_text, slips_html
from yangguang.slips.kept import KeptSlip, KeptSlips
from yangguang.slips.telling import Read, fields_of, row_class, tell


def slips_of(submission: Submission, *, before: Sequence[Payload], read: Read, demonstration: bool) -> KeptSlips:
    """The slips of an event's sealed rows, none for decoys. ``before`` are the earlier payloads of its record."""
    payload = parse_payload(submission.envelope.payload)
    cls = row_class(payload, before)
    rows = [row for row in map(_parse, submission.disclosures) if row.kind == "row"]
    return KeptSlips(
        origin=payload.log,
        demonstration=demonstration,
        event_id=payload.event_id,
        label=event_class(payload.type, payload.schema).LABEL.zh,
        sentence=tell(payload, before, read),
        happened=format_day(payload.occurred_on),
        slips=tuple(KeptSlip(row.text, tuple(fields_of(cls, row))) for row in rows),
    )


def write_slips(kept: KeptSlips, directory: Path, site: str, *, together: bool = False) -> list[Path]:
    """One HTML and one text file a slip, or all of them in one HTML file; modes 0600, names without a name.

    Raises DuplicateError where a file is there already.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = "demo-" if kept.demonstration else ""
    number = kept.event_id[:8] if kept.index is None else f"{kept.index:09d}"
    printed = kept.printed(site)
    if together:
        return [_write(directory / f"{mark}slips-{number}.html", slips_html(printed))]
    width = max(2, len(str(len(printed))))
    paths: list[Path] = []
    for place, slip in enumerate(printed, start=1):
        paths += _write_one(directory / f"{mark}slip-{number}-{place:0{width}d}", slip)
    return paths


def _write_one(stem: Path, slip: PrintedSlip) -> Sequence[Path]:
    return _write(stem.with_suffix(".html"), slips_html([slip])), _write(stem.with_suffix(".txt"), slip_text(slip))


def _write(path: Path, text: str) -> Path:
    try:
        publish_new_file(path, text.encode())
    except FileExistsError:
        raise DuplicateError(
            f"文件{path}已经存在，不会覆盖。请换一个文件夹。", f"The file {path} exists and is not overwritten."
        ) from None
    return path


def _parse(text: str) -> Disclosure:
    return parse_disclosure(text, field="/disclosures", assigned=False)
