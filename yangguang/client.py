"""A client of the API: reads the head, checks its signature, submits what was signed, checks the receipt."""

import hashlib
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from ledger.canonical import parse_strict
from ledger.clock import system_clock
from ledger.domain.drafting import Standpoint
from ledger.domain.entry import parse_entry
from ledger.domain.ledger import LedgerLogKeyRotated
from ledger.domain.payload import parse_payload
from ledger.domain.record import Record
from ledger.errors import InvalidFieldError, LedgerError, MalformedError, NotFoundError, ProofError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.signing.requests import SignedMessage, sign_request
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import open_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.proof import check_proof, parse_proof

MAX_ANSWER = 8 * 1024 * 1024
ANSWER_SECONDS = 30
UPLOAD_SECONDS = 90
NOT_FOUND = 404


class RefusedByServerError(LedgerError):
    """A problem document that the ledger answered with: its sentences, its HTTP status, and which rule it names."""

    type = "refused"
    status = 0
    rule = ""


@dataclass(frozen=True, slots=True)
class Client:
    """One ledger at ``url``. ``vkey`` pins the log's current key; without it the server's own word is taken."""

    url: str
    vkey: str | None = None

    def standpoint(self) -> Standpoint:
        """The tree head that a payload may endorse: its checkpoint's signature is checked first."""
        head = self._json("GET", "/api/head")
        verifier = verifier_from_vkey(self._vkey_of(head))
        checkpoint = open_checkpoint(head["checkpoint"].encode(), origin=head["origin"], verifiers=[verifier])
        return Standpoint(checkpoint.origin, checkpoint.tree_size, checkpoint.root_hash)

    def record(self, reference: str) -> Record:
        """A record's version, head and state. Raises NotFoundError."""
        kind, _, uuid = reference.partition("/")
        found = self._json("GET", f"/api/records/{kind}/{uuid}")
        return Record(kind, uuid, found["version"], found["head"], found["state"])

    def submit(self, submission: Submission) -> Receipt:
        """Submits and checks the receipt's proof against the log's signature. Raises the refusal."""
        return self._submit(submission)[0]

    def submit_opening(self, submission: Submission) -> tuple[Receipt, str]:
        """As ``submit``, for an event that opens sealed values: also what was opened, in base64."""
        receipt, answer = self._submit(submission)
        if "opened" not in answer:
            raise NotFoundError(
                "超过24小时了，请重新签署一次查看。", "More than 24 hours have passed. Sign another opening."
            )
        return receipt, str(answer["opened"])

    def entry(self, event_id: str) -> bytes:
        """The entry of an event as the ledger answers: what is signed on it is judged again. Raises the refusal."""
        answer = self._json("GET", f"/api/events/{event_id}")
        return decode_base64(answer["entry"])

    def text(self, digest: str) -> dict[str, Any]:
        """A public text as ``/api/disclosures`` answers. Raises the refusal."""
        found: dict[str, Any] = self._json("GET", f"/api/disclosures/{digest}")
        return found

    def submit_together(self, submissions: Sequence[Submission]) -> list[Receipt]:
        """Submits up to 100 in order, all recorded or none, and checks every receipt.

        Raises the first refusal; its field begins with the place: ``/events/3/payload/version``.
        """
        body = {"events": [wire_form(submission) for submission in submissions]}
        answers = self._json("POST", "/api/batches", json=body)["receipts"]
        if len(answers) != len(submissions):
            raise MalformedError("账本回答的回执不够数。", "The ledger answered with too few receipts.")
        receipts = [_receipt(answer) for answer in answers]
        verifier = verifier_from_vkey(self._vkey_of(self._json("GET", "/api/head")))
        for receipt, submission in zip(receipts, submissions, strict=True):
            _check_receipt(receipt, submission, verifier)
        return receipts

    def check_draft(self, wish: dict[str, Any]) -> None:
        """Asks whether the ledger would draft this: nothing is kept there. Raises the refusal."""
        self._json("POST", "/api/drafts", json=wish)

    def open_table(self, name: str) -> bytes:
        """An open table of the public site in JSON, not verified. Raises NotFoundError."""
        try:
            answer = httpx.get(
                f"{self.url.rstrip('/')}/data/{name}.json", timeout=UPLOAD_SECONDS, verify=_trusted()
            ).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL):
            raise NotFoundError(f"{self.url}没有公开网页的数据表。", f"{self.url} has no open tables.") from None
        return answer.content

    def has_event(self, event_id: str) -> bool:
        """Whether an event is in the log."""
        try:
            self._json("GET", f"/api/events/{event_id}")
        except RefusedByServerError as refusal:
            if refusal.status == NOT_FOUND:
                return False
            raise
        return True

    def _submit(self, submission: Submission) -> tuple[Receipt, dict[str, Any]]:
        answer = self._json("POST", "/api/events", json=wire_form(submission))
        receipt = _receipt(answer)
        verifier = verifier_from_vkey(_new_log_key(submission) or self._vkey_of(self._json("GET", "/api/head")))
        _check_receipt(receipt, submission, verifier)
        return receipt, answer

    def send_evidence(self, data: bytes) -> None:
        """Sends a file that an admitted event names; sent again, it is kept once. Raises the refusal."""
        sha256 = hashlib.sha256(data).hexdigest()
        answer = self._json("PUT", f"/api/evidence/{sha256}", content=data, timeout=UPLOAD_SECONDS)
        if answer != {"sha256": sha256, "bytes": len(data)}:
            raise MalformedError("账本没有确认收到这个文件。", "The ledger did not confirm this file.")

    def signed(self, method: str, path: str, key: PrivateKey) -> Any:
        """What a private read answers (RFC 9421): the address is signed as given, so it must be the ledger's own."""
        url = self.url.rstrip("/") + path
        message = SignedMessage(method, url)
        headers = sign_request(message, key, created=system_clock(), nonce=os.urandom(16).hex())
        return self._json(method, path, headers=headers)

    def record_of_entry(self, entry_index: int) -> str:
        """The record that an entry belongs to, from its published proof; not verified. Raises NotFoundError."""
        try:
            answer = httpx.get(f"{self.url.rstrip('/')}/log/proof/{entry_index}.tlog-proof", timeout=30)
            entry = parse_proof(answer.content).extra if answer.is_success else None
        except (httpx.HTTPError, LedgerError):
            entry = None
        if entry is None:
            raise NotFoundError(f"账本里没有第{entry_index}条。", f"The ledger has no entry {entry_index}.")
        return parse_payload(parse_entry(entry).envelope.payload).record

    def _vkey_of(self, head: dict[str, Any]) -> str:
        current: str = head["vkey"]
        if self.vkey is not None and self.vkey != current:
            raise ProofError(
                f"账本现用的公钥不是您锁定的那一把：账本密钥更换过，或者这是别的账本。现用的是{current}。"
                "请先用 yangguang verify 核对，再改用它。",
                "The log's current key is not the one you pinned: the key was rotated, or this is another ledger."
                f" The current one is {current}. Check with yangguang verify before you pin it.",
            )
        return current

    def _json(self, method: str, path: str, *, timeout: float = ANSWER_SECONDS, **arguments: Any) -> Any:
        try:
            answer = httpx.request(method, self.url.rstrip("/") + path, timeout=timeout, verify=_trusted(), **arguments)
        except httpx.InvalidURL:
            raise InvalidFieldError(f"{self.url}不是网址。", f"{self.url} is not a URL.") from None
        except httpx.HTTPError as error:
            raise NotFoundError(
                f"没有收到账本{self.url}的回答。如果刚才在提交，请用同一份内容再提交一次，不会重复记账。",
                f"No answer from {self.url} ({error}). Submit the same again: nothing is recorded twice.",
            ) from None
        value = _parse(answer.content)
        if answer.is_success:
            return value
        if not isinstance(value, dict) or "detail" not in value:
            raise MalformedError(f"账本回答了{answer.status_code}。", f"The ledger answered {answer.status_code}.")
        refusal = RefusedByServerError(value["detail"], value.get("detail_en", ""), value.get("field"))
        refusal.status, refusal.rule = answer.status_code, str(value.get("type", "")).rpartition(":")[2]
        raise refusal


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes longer than most requests: once is enough."""
    return httpx.create_ssl_context()


def wire_form(submission: Submission) -> dict[str, Any]:
    """The JSON of a submission."""
    return {"envelope": submission.envelope.to_json(), "disclosures": list(submission.disclosures)}


def _receipt(answer: dict[str, Any]) -> Receipt:
    return Receipt(answer["index"], decode_base64(answer["entry"]), answer["proof"].encode())


def _check_receipt(receipt: Receipt, submission: Submission, verifier: Ed25519NoteVerifier) -> None:
    proof = parse_proof(receipt.proof)
    if verifier.key_id not in {signature.key_id for signature in parse_note(proof.checkpoint).signatures}:
        raise ProofError(
            "回执不是由现用的账本公钥签署的：签回执之后账本密钥更换过，或者这是别的账本。"
            "请用 yangguang verify --receipts 核对。",
            "The receipt is not by the current log key: the key was rotated since, or this is another ledger."
            " Check the receipt with yangguang verify --receipts.",
        )
    check_proof(proof, entry=receipt.entry, origin=verifier.name, verifiers=[verifier])
    entry = parse_strict(receipt.entry, max_bytes=65_535)
    if proof.index != receipt.index or entry["envelope"] != submission.envelope.to_json():
        raise ProofError("回执里的账目不是所提交的内容。", "The receipt is for another entry than was submitted.")


def _new_log_key(submission: Submission) -> str | None:
    """The key that must sign the receipt of a rotation: the one that the rotation itself puts in force."""
    payload = parse_payload(submission.envelope.payload)
    return str(payload.data.get("log_vkey")) if payload.type == LedgerLogKeyRotated.TYPE else None


def _parse(content: bytes) -> Any:
    try:
        return parse_strict(content, max_bytes=MAX_ANSWER)
    except MalformedError:
        return None
