"""A submission as it travels between an API process and the core: ``[payload, [[keyid, signature], …], [text, …]]``.

Disclosures travel as bytes: what a client sends may hold lone surrogates, which no encoding of texts carries.
"""

from typing import Any

from ledger.errors import MalformedError
from ledger.opening import MAX_DISCLOSURES, Submission
from ledger.signing.envelope import Envelope, EnvelopeSignature, is_well_formed

Parts = tuple[bytes, list[tuple[str, bytes]], list[bytes]]


def submission_to_parts(submission: Submission) -> Parts:
    """The parts of a submission."""
    envelope = submission.envelope
    signatures = [(item.keyid, item.sig) for item in envelope.signatures]
    return envelope.payload, signatures, [text.encode(errors="surrogatepass") for text in submission.disclosures]


def submission_from_parts(parts: Any) -> Submission:
    """The submission, whoever sent its parts. Raises MalformedError."""
    try:
        payload, signatures, texts = parts
        envelope = Envelope(payload, tuple(EnvelopeSignature(keyid, sig) for keyid, sig in signatures))
        disclosures = tuple(text.decode(errors="surrogatepass") for text in texts)
        fits = type(payload) is bytes and is_well_formed(envelope) and len(disclosures) <= MAX_DISCLOSURES
    except (TypeError, ValueError, AttributeError):
        fits = False
    if not fits:
        raise MalformedError("这不是一件提交。", "This is no submission.")
    return Submission(envelope, disclosures)
