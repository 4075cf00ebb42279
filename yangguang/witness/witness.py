"""A witness: it cosigns a log's checkpoint only if the tree contains the one that it cosigned before.

A folder of its own holds everything: ``witness.toml`` (its name), ``witness.pem`` (its private key, and perhaps
``witness-ml-dsa.pem``), ``witness.sqlite3``. Lost or set back to an older copy, it could cosign a second history: keep
it on a disk that is not rolled back, and make a new witness with a new name rather than restore an old one.
"""

import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import DuplicateError, LedgerError, MalformedError, NotFoundError, ProofError
from ledger.signing.cosignature import CosignatureSigner, PosixClock
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.tlog.add_checkpoint import AddCheckpoint, monitoring_path, parse_add_checkpoint
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_vkey
from yangguang.witness.judge import MALFORMED, Refusal, claimed_checkpoint, judge, log_verifier
from yangguang.witness.store import Cosigned, WitnessStore

SETTINGS, KEY, ML_DSA_KEY = "witness.toml", "witness.pem", "witness-ml-dsa.pem"


def posix_clock() -> int:
    """Now, in whole seconds."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the log: 200 with cosignature lines, or a refusal."""

    status: int
    body: bytes
    refusal: Refusal | None = None


def make_witness(directory: Path, name: str, *, ml_dsa: bool = False) -> None:
    """Makes the folder of a new witness. Raises DuplicateError over another, MalformedError for a name without use."""
    if (directory / SETTINGS).exists():
        raise DuplicateError(f"{directory}里已经有见证机构。", f"There is a witness in {directory} already.")
    key = PrivateKey.generate()
    CosignatureSigner(name, key, clock=posix_clock)  # refuses a name that no signature line can hold
    if '"' in name or "\\" in name:
        raise MalformedError("名字里不能有引号和反斜线。", "The name has a quotation mark or a backslash.")
    directory.mkdir(parents=True, exist_ok=True)
    key.save(directory / KEY)
    if ml_dsa:
        MlDsaPrivateKey.generate().save(directory / ML_DSA_KEY)
    WitnessStore(directory).close()
    # Last: a crash before this leaves a folder that is no witness yet.
    (directory / SETTINGS).write_text(f'name = "{name}"\n', encoding="utf-8")


class Witness:
    """The witness in a folder. Raises NotFoundError, MalformedError, InvalidKeyError when opened."""

    def __init__(self, directory: Path, *, clock: PosixClock = posix_clock) -> None:
        self.name = _name_in(directory)
        self._clock = clock
        self._time = 0
        keys: list[PrivateKey | MlDsaPrivateKey] = [PrivateKey.load(directory / KEY)]
        if (directory / ML_DSA_KEY).exists():
            keys.append(MlDsaPrivateKey.load(directory / ML_DSA_KEY))
        self._signers = [CosignatureSigner(self.name, key, clock=lambda: self._time) for key in keys]
        self.store = WitnessStore(directory)

    def close(self) -> None:
        """Closes its store."""
        self.store.close()

    @property
    def vkeys(self) -> list[str]:
        """Its public keys as vkey lines, the Ed25519 one first."""
        return [format_vkey(signer.verifier_key) for signer in self._signers]

    def watch(self, vkey: str, origin: str | None = None) -> str:
        """Watches a log by one of its keys; the origin. Raises MalformedError, InvalidKeyError, DuplicateError."""
        log_verifier(vkey)
        origin = origin or parse_vkey(vkey).name
        self.store.add_log(origin, vkey)
        return origin

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to a submission. A cosignature is answered only after what it says is durable."""
        try:
            request = parse_add_checkpoint(body)
        except LedgerError as error:
            return _refused(Refusal(MALFORMED, error.zh, error.en))
        claimed = claimed_checkpoint(request)
        return _refused(claimed) if isinstance(claimed, Refusal) else self._decide(request, claimed)

    def latest(self, path: str) -> bytes:
        """The newest cosigned checkpoint at a monitoring path, ``<hex>/checkpoint``. Raises NotFoundError."""
        for origin in self.store.origins():
            if monitoring_path(origin) == path and (found := self.store.cosigned(origin)) is not None:
                return found.note
        raise NotFoundError("没有为这本账联署过。", "No checkpoint of such a log was cosigned here.")

    def _decide(self, request: AddCheckpoint, claimed: Checkpoint) -> Answer:
        answers: list[Answer] = []

        def decide(last: Cosigned | None) -> Cosigned | None:
            verdict = judge(request, claimed, last.checkpoint if last else None, verifiers=verifiers)
            if isinstance(verdict, Refusal):
                answers.append(_refused(verdict))
                return None
            newer, lines = self._cosign(verdict, last)
            answers.append(Answer(200, lines))
            return newer

        verifiers = [log_verifier(vkey) for vkey in self.store.log_keys(claimed.origin)]
        self.store.advance(claimed.origin, decide)
        return answers[0]

    def _cosign(self, note: Note, last: Cosigned | None) -> tuple[Cosigned, bytes]:
        """The note with our lines after the log's, and those lines alone; never dated before the last one."""
        self._time = max(self._clock(), last.time if last else 0)
        ours = tuple(self._signed(note.text))
        whole = format_note(Note(note.text, (*note.signatures, *ours)))
        return Cosigned(whole, self._time), format_note(Note(note.text, ours)).removeprefix(f"{note.text}\n".encode())

    def _signed(self, text: str) -> Iterator[Signature]:
        for signer in self._signers:
            try:
                yield Signature(self.name, signer.key_id, signer.sign(text.encode()))
            except ProofError:  # extension lines, which ML-DSA-44 does not cover: the Ed25519 line has to do
                continue


def policy_example(witness: Witness, url: str) -> Iterator[str]:
    """The lines of a policy that asks for this one witness."""
    for vkey in witness.vkeys[:1]:
        yield f"witness {witness.name} {vkey} {url}"
    yield f"quorum {witness.name}"


def _name_in(directory: Path) -> str:
    path = directory / SETTINGS
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8")).get("name")
    except FileNotFoundError:
        raise NotFoundError(
            f"{directory}里没有见证机构。请先用 yangguang witness init 建立。",
            f"There is no witness in {directory}. Make one with yangguang witness init.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        name = None
    if not isinstance(name, str):
        raise MalformedError(f"{path}里没有name。", f"{path} has no name.")
    return name


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, f"{refusal.zh}\n{refusal.en}\n".encode(), refusal)
