"""A client of the API: reads the head, checks its signature, submits what was signed, checks the receipt."""

from dataclasses import dataclass
from typing import Any

import httpx

from ledger.canonical import parse_strict
from ledger.domain.drafting import Standpoint
from ledger.domain.record import Record
from ledger.errors import InvalidFieldError, LedgerError, MalformedError, NotFoundError, ProofError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import open_checkpoint
from ledger.tlog.proof import check_proof, parse_proof

MAX_ANSWER = 8 * 1024 * 1024


class RefusedByServerError(LedgerError):
    """A problem document that the ledger answered with, its sentences kept."""

    type = "refused"


@dataclass(frozen=True, slots=True)
class Client:
    """One ledger at ``url``. ``vkey`` pins the log's key; without it the server's own word is taken."""

    url: str
    vkey: str | None = None

    def standpoint(self) -> Standpoint:
        """The tree head that a payload may endorse: its checkpoint's signature is checked first."""
        head = self._json("GET", "/api/head")
        vkey = self.vkey or head["vkey"]
        checkpoint = open_checkpoint(
            head["checkpoint"].encode(), origin=head["origin"], verifiers=[verifier_from_vkey(vkey)]
        )
        return Standpoint(checkpoint.origin, checkpoint.tree_size, checkpoint.root_hash)

    def record(self, reference: str) -> Record:
        """A record's version, head and state. Raises NotFoundError."""
        kind, _, uuid = reference.partition("/")
        found = self._json("GET", f"/api/records/{kind}/{uuid}")
        return Record(kind, uuid, found["version"], found["head"], found["state"])

    def submit(self, submission: Submission) -> Receipt:
        """Submits and checks the receipt's proof against the log's signature. Raises the refusal."""
        body = {"envelope": submission.envelope.to_json(), "disclosures": list(submission.disclosures)}
        answer = self._json("POST", "/api/events", json=body)
        receipt = Receipt(answer["index"], decode_base64(answer["entry"]), answer["proof"].encode())
        self._check(receipt, submission)
        return receipt

    def _check(self, receipt: Receipt, submission: Submission) -> None:
        vkey = self.vkey or self._json("GET", "/api/head")["vkey"]
        verifier = verifier_from_vkey(vkey)
        proof = parse_proof(receipt.proof)
        check_proof(proof, entry=receipt.entry, origin=verifier.name, verifiers=[verifier])
        entry = parse_strict(receipt.entry, max_bytes=65_535)
        if proof.index != receipt.index or entry["envelope"] != submission.envelope.to_json():
            raise ProofError("回执里的账目不是所提交的内容。", "The receipt is for another entry than was submitted.")

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = httpx.request(method, self.url.rstrip("/") + path, timeout=30, **arguments)
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
        raise RefusedByServerError(value["detail"], value.get("detail_en", ""), value.get("field"))


def _parse(content: bytes) -> Any:
    try:
        return parse_strict(content, max_bytes=MAX_ANSWER)
    except MalformedError:
        return None
