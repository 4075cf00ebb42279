"""What a mirror keeps beside the log that it follows.

    following/state.json   how the last look at the source went
    following/incoming/    what was read and not yet judged; a look that is cut goes on from it
    following/evidence/    what an alarm rests on: the source's checkpoint and the one that it contradicts
    witnesses/             as of any ledger; ``alarm`` holds the mirror's alarms too, until a person removes it

    {"source":"https://ledger.example","looked_at":1800000000,"trouble":{"zh":"…","en":"…"}}

``looked_at`` is when the source last answered with a checkpoint that continues what is kept, null before the first.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from ledger.domain.values import Label
from ledger.store.highest import write_durably
from ledger.tlog.alarm import Alarm
from yangguang.monitor.signals import Signal

STATE = "state.json"
SAID_SECONDS = 20
MOST_EVIDENCE = 20


class FollowingFolder:
    """The folder; made where there is none."""

    def __init__(self, folder: Path, source: str) -> None:
        self.incoming = folder / "incoming"
        self._evidence = folder / "evidence"
        self._file = folder / STATE
        self._source = source
        self._looked_at = _looked_at(self._file)
        self._said: tuple[int | None, str] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def good(self) -> None:
        """The source was looked at, and all is well."""
        self._looked_at = int(time.time())
        self._say(None)

    def trouble(self, said: Label) -> None:
        """The source could not be followed."""
        self._say(said)

    def sweep(self) -> None:
        """Drops what came in: it was taken, or is not to be taken."""
        shutil.rmtree(self.incoming, ignore_errors=True)

    def keep_evidence(self, alarm: Alarm, found: Signal, files: Mapping[str, bytes]) -> None:
        """Keeps what an alarm rests on, before it is raised; once for each thing that was seen."""
        digest = hashlib.sha256(files["source.checkpoint"]).hexdigest()[:12]
        target = self._evidence / f"{alarm.kind}-{digest}"
        if len(list(self._evidence.glob("*"))) >= MOST_EVIDENCE:
            return
        told = json.dumps({**found.to_json(), "source": self._source}, ensure_ascii=False, indent=1).encode()
        for name, data in {**files, "finding.json": told}.items():
            write_durably(target / name, data)

    def _say(self, trouble: Label | None) -> None:
        """Writes the file where it says something new, and now and then: its readers count in minutes."""
        words = "" if trouble is None else trouble.en
        said, (at, before) = self._looked_at, self._said or (None, "")
        if self._said is not None and words == before and (said or 0) - (at or 0) < SAID_SECONDS:
            return
        value = {"source": self._source, "looked_at": said, "trouble": trouble and {"zh": trouble.zh, "en": trouble.en}}
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        temporary.replace(self._file)
        self._said = said, words


def _looked_at(file: Path) -> int | None:
    try:
        found = json.loads(file.read_bytes()).get("looked_at")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, int) else None
