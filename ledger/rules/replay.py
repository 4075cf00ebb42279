"""Replaying the log: each entry's signatures verified again under the keys that stood at its index."""

from ledger.domain.catalogue import event_class
from ledger.domain.entry import parse_entry
from ledger.domain.ledger import LedgerOpened
from ledger.domain.payload import Payload, parse_payload
from ledger.rules.candidate import Candidate, known_keys
from ledger.rules.keys import admins_of
from ledger.rules.state import State
from ledger.signing.envelope import Envelope, open_envelope
from ledger.signing.keyring import EnrolledKey


def replay_entry(state: State, raw: bytes) -> Candidate:
    """The candidate of an entry that is already in the log, its signatures verified again."""
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload, assigned=False)
    signers = verified_signers(state, entry.envelope, payload)
    event = event_class(payload.type, payload.schema).parse(payload.data)
    return Candidate(state.size, entry.recorded_at, payload, event, signers)


def verified_signers(
    state: State, envelope: Envelope, payload: Payload, *, verified: bool = False
) -> tuple[EnrolledKey, ...]:
    """The enrolled keys whose signatures verify. Entry 0 is judged by the admins it names.

    With ``verified``, each was verified already under the enrolled key of its id.
    """
    keyids = tuple([signature.keyid for signature in envelope.signatures])
    if state.size == 0 and payload.type == LedgerOpened.TYPE:
        policy = LedgerOpened.parse(payload.data).policy
        keys = {key.key_id: key for key in admins_of(policy, 0)}
    else:
        keys = known_keys(state, keyids)
    if not verified:
        open_envelope(envelope, {keyid: key.public_key for keyid, key in keys.items()})
    return tuple([keys[keyid] for keyid in keyids])
