"""The witnesses of a policy: whose log it names, and who has cosigned what is published (C2SP tlog-policy).

A ledger directory has a policy of its own, which says whose lines its checkpoint may carry; whether they are enough is
asked of the caller's policy alone.
"""

from collections.abc import Sequence

from ledger.audit.evidence import Evidence
from ledger.audit.published import CHECKPOINT
from ledger.audit.report import Finding, Remark
from ledger.audit.sentences import file_finding
from ledger.errors import LedgerError
from ledger.signing.cosignature import CosignatureVerifier
from ledger.signing.notes import Ed25519NoteVerifier
from ledger.signing.quorum import Witnessing, read_policy, witnessing_of
from ledger.tlog.note import ED25519, format_vkey, open_note
from ledger.tlog.policy import Policy, PolicyLog, PolicyWitness, shown_name


def cosigners_of(evidence: Evidence, policy: Policy | None) -> tuple[CosignatureVerifier, ...]:
    """The witnesses of the caller's policy and of the directory's own, each once."""
    policies = (policy, _own_policy(evidence))
    witnesses = [witness for each in policies if each is not None for witness in each.witnesses]
    return tuple(dict.fromkeys(CosignatureVerifier(witness.key) for witness in witnesses))


def check_policy(evidence: Evidence, policy: Policy) -> bool:
    """The log is one that the policy names, and its published checkpoint carries the quorum; whether it does that."""
    note, file = evidence.published_note, evidence.published_file(CHECKPOINT)
    if note is None:
        return False
    if policy.logs and not any(_is_this_log(evidence, log, note) for log in policy.logs):
        evidence.findings.add(
            Finding(
                "wrong-vkey",
                "这不是见证规则里的账本：规则列出的账本公钥，没有一把是这本账的。",
                "This is not a log of the policy: none of the log keys that it lists is a key of this ledger.",
                index=0,
            )
        )
    found = _witnessing(evidence, note, policy, file=file)
    if found is None or not found.is_met:
        if found is not None:
            evidence.findings.add(_unmet(found, file))
        return False
    if found.times:
        names = [witness for witness in policy.witnesses if witness.name in found.times]
        evidence.notes.append(
            Remark(
                f"{len(names)}家见证机构联署了这个签章：{_names(names, '、')}。",
                f"Cosigned by {len(names)} witnesses: {_names(names, ', ')}.",
            )
        )
    return True


class ProofsWitnessed:
    """Proofs that somebody kept, held against a policy, once the published checkpoint was (``witnessed``).

    A ledger answers a receipt in the moment of the commit, before any witness can know of it. So a proof without a
    quorum of its own is good where its entry stands in a published tree that has one.
    """

    def __init__(self, evidence: Evidence, policy: Policy, *, witnessed: bool) -> None:
        self._evidence = evidence
        self._policy = policy
        self._witnessed = witnessed
        self._without = 0

    def check(self, file: str, note: bytes) -> None:
        """Looks at one proof's checkpoint: a finding for a false line, or if no witnessed tree holds its entry."""
        found = _witnessing(self._evidence, note, self._policy, file=file)
        if found is None or found.is_met:
            return
        self._without += 1
        if not self._witnessed:
            self._evidence.findings.add(_unmet(found, file))

    def conclude(self) -> None:
        """Says of how many proofs only the published tree is witnessed."""
        if self._without and self._witnessed:
            self._evidence.notes.append(
                Remark(
                    f"{self._without:,}张凭证自己没有带够联署（记入当时就给了）；它们的账目都在已联署的账本里核对。",
                    f"{self._without} receipts carry no quorum of their own, as they were answered at once; their"
                    " entries were looked for in the cosigned ledger.",
                )
            )


def _witnessing(evidence: Evidence, note: bytes, policy: Policy, *, file: str) -> Witnessing | None:
    try:
        return witnessing_of(note, policy)
    except LedgerError as error:
        evidence.findings.add(
            file_finding(
                "bad-cosignature",
                file,
                f"{file}里见证机构的联署不对：{error.zh}",
                f"A cosignature in {file} is wrong: {error.en}",
            )
        )
    return None


def _unmet(found: Witnessing, file: str) -> Finding:
    missing, count, least = found.missing, len(found.times), found.policy.least
    return file_finding(
        "quorum-not-met",
        file,
        f"{file}没有见证规则要求的联署：至少要{least}家，现有{count}家，缺{_names(missing, '、')}。",
        f"{file} lacks the cosignatures that the policy asks for: at least {least}, and it has {count}."
        f" Missing: {_names(missing, ', ')}.",
    )


def _names(witnesses: Sequence[PolicyWitness], between: str) -> str:
    return between.join(shown_name(witness.name) for witness in witnesses)


def _is_this_log(evidence: Evidence, log: PolicyLog, note: bytes) -> bool:
    """A key that entry 0 or a rotation names, or one that signed this very checkpoint."""
    identity = evidence.identity
    if identity is None or log.key.name != identity.origin:
        return False
    if format_vkey(log.key) in identity.vkeys_at(evidence.tree.size):
        return True
    try:
        is_plain = log.key.algorithm == ED25519
        open_note(note, [Ed25519NoteVerifier(log.key) if is_plain else CosignatureVerifier(log.key)])
    except LedgerError:
        return False
    return True


def _own_policy(evidence: Evidence) -> Policy | None:
    settings = evidence.source.settings
    if settings is None or settings.policy_file is None:
        return None
    try:
        return read_policy(settings.policy_file)
    except LedgerError as error:
        name = settings.policy_file.name
        evidence.findings.add(
            file_finding("bad-policy", name, f"见证规则{name}不能用：{error.zh}", f"{name} is of no use: {error.en}")
        )
    return None
