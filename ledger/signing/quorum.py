"""How far a checkpoint is witnessed: which witnesses of a policy cosigned it, when, and whether they are a quorum."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import InvalidKeyError, NotFoundError
from ledger.signing.cosignature import CosignatureVerifier, open_cosignatures
from ledger.tlog.policy import MAX_POLICY_BYTES, Policy, PolicyWitness, parse_policy, shown_name


@dataclass(frozen=True, slots=True)
class Witnessing:
    """``times`` has, by the policy's names of the witnesses, the POSIX seconds of each verified cosignature."""

    policy: Policy
    times: Mapping[str, int]

    @property
    def is_met(self) -> bool:
        """Whether those who cosigned are a quorum."""
        return self.policy.is_met_by(self.times)

    @property
    def missing(self) -> tuple[PolicyWitness, ...]:
        """Whose cosignature the quorum lacks; nobody where it is met."""
        return self.policy.missing(self.times)

    @property
    def since(self) -> int | None:
        """The latest time at and after which a whole quorum cosigned; None where there is none, or needs none."""
        names: list[str] = []
        for name in sorted(self.times, key=lambda name: -self.times[name]):
            names.append(name)
            if self.policy.is_met_by(names):
                return None if self.policy.least == 0 else self.times[name]
        return None


def witnessing_of(note: bytes, policy: Policy) -> Witnessing:
    """Who of the policy's witnesses cosigned a checkpoint. The log's own signature is not looked at.

    Raises ProofError where a line by one of them does not verify (signed-note: such a note is refused);
    InvalidKeyError for an unsound key in the policy; MalformedError, TooLargeError.
    """
    by_key = {(witness.key.name, witness.key.key_id): witness for witness in policy.witnesses}
    verifiers = [CosignatureVerifier(witness.key) for witness in policy.witnesses]
    found = open_cosignatures(note, verifiers)
    return Witnessing(policy, {by_key[item.name, item.key_id].name: item.time for item in found})


def read_policy(path: Path) -> Policy:
    """The policy in a file, every key of it sound. Raises NotFoundError, MalformedError, InvalidKeyError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_POLICY_BYTES + 1)
    except OSError:
        raise NotFoundError(f"没有见证规则文件{path}。", f"There is no policy file {path}.") from None
    policy = parse_policy(data)
    check_keys(policy)
    return policy


def check_keys(policy: Policy) -> None:
    """Refuses a policy with a key that nobody could verify with. Raises InvalidKeyError naming the witness."""
    for witness in policy.witnesses:
        try:
            CosignatureVerifier(witness.key)
        except InvalidKeyError as error:
            name = shown_name(witness.name)
            raise InvalidKeyError(f"见证机构{name}：{error.zh}", f"Witness {name}: {error.en}") from None
