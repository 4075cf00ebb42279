"""What becomes public is what was agreed to, asked at admission by the writer alone: drafts and consents are sealed.

A published case is word for word the draft that was reviewed, with its pictures and no others; the name on a
certificate is the one that its bearer consented to publish. Afterwards nobody can replay this from what is public.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ledger.domain.case import CasePublished
from ledger.domain.event import Event
from ledger.domain.honour import HonourAwarded
from ledger.domain.record import Record
from ledger.errors import ConsentError, RuleError
from ledger.sealing.disclosure import Disclosure

Read = Callable[[str, str], Disclosure | None]
"""The sealed disclosure of an event by its digest; None where it was erased, or is none of this ledger."""


def check(record: Record, subject: Event, said: Sequence[Disclosure], read: Read) -> None:
    """``said`` are the withdrawable disclosures beside an event of ``record``. Raises RuleError or ConsentError."""
    if isinstance(subject, CasePublished) and said:
        _check_text(_sealed(record, "draft", read), said)
    elif isinstance(subject, HonourAwarded):
        names = [item.value for item in said if item.name == "name"]
        if names:
            _check_name(_sealed(record, "consent", read), names[0])


def _sealed(record: Record, name: str, read: Read) -> dict[str, Any] | None:
    """The newest sealed field of that name: a correction may have restated it."""
    for past in reversed(record.history):
        for digest in past.sealed:
            found = read(past.event_id, digest)
            if found is not None and found.name == name:
                value: dict[str, Any] = found.value
                return value
    return None


def _check_text(draft: dict[str, Any] | None, said: Sequence[Disclosure]) -> None:
    reviewed = {} if draft is None else draft
    pictures = reviewed.get("pictures") or ()
    for item in said:
        if item.name == "story" and item.value != reviewed.get("story"):
            raise _not_reviewed("全文", "text")
        if item.name == "evidence" and item.value["sha256"] not in pictures:
            raise _not_reviewed("照片或文件", "picture or file")


def _not_reviewed(zh: str, en: str) -> RuleError:
    return RuleError(
        f"规则6（行为规范）：要公开的{zh}与审核过的草稿不同，或者草稿已经销毁。请更正报送的草稿，重新审核以后再公开。",
        f"Rule 6 (conduct): the {en} is not that of the reviewed draft, or the draft was erased."
        " Correct the draft and have it reviewed again before publishing.",
        "/disclosures",
    )


def _check_name(consent: dict[str, Any] | None, name: str) -> None:
    if consent is None or not consent["name_public"] or consent["name"] != name:
        raise ConsentError(
            "规则6（行为规范）：本人没有同意公布这个姓名。请去掉姓名，证书仍可颁发。",
            "Rule 6 (conduct): this name was not consented to be public. Leave it out; the certificate stands without.",
            "/disclosures",
        )
