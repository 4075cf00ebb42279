"""A site whose ledger has witnesses, and a hand to cosign for them."""

from dataclasses import dataclass
from pathlib import Path

from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from public_site.app import create_site
from public_site.published_log import PublishedLog
from public_site.witnesses import WitnessFiles
from tests.public_site.served import ORIGIN, Served, found_ledger, serve, words_of

NOW = 1_800_000_000
HOUR = 3600


def witness(number: int, *, time: int = NOW - 2 * HOUR) -> CosignatureSigner:
    key = MlDsaPrivateKey.from_seed(b"m" * 32) if number == 3 else PrivateKey.from_seed(bytes([number]) * 32)
    return CosignatureSigner(f"w{number}.example", key, clock=lambda: time)


@dataclass
class Watched:
    """A site whose ledger has a policy of three witnesses, the third with ML-DSA-44; two are a quorum."""

    site: Served
    folder: Path
    note: bytes

    def cosign(self, *signers: CosignatureSigner) -> None:
        parsed = parse_note(self.note)
        lines = (Signature(each.name, each.key_id, each.sign(parsed.text.encode())) for each in signers)
        whole = format_note(Note(parsed.text, (*parsed.signatures, *lines)))
        (self.site.log / "checkpoint").write_bytes(whole)

    def said(self, path: str = "/verify") -> str:
        answer = self.site.get(path)
        assert answer.status_code == 200
        return words_of(answer.text)


def watched_in(folder: Path) -> Watched:
    """A ledger with entry 0 alone, published and served."""
    log = folder / "log"
    found_ledger(folder / "ledger", log)
    served = serve(folder, log)
    lines = [f"witness 见证{n} {format_vkey(witness(n).verifier_key)}" for n in (1, 2, 3)]
    (folder / "witness.policy").write_text("\n".join([*lines, "group g 2 见证1 见证2 见证3", "quorum g", ""]))
    answers = folder / "witnesses"
    answers.mkdir()
    files = WitnessFiles(folder / "witness.policy", answers, lambda: NOW)
    site = Served(create_site(served.views, PublishedLog(log, files), origin_url=ORIGIN), served.views, log)
    return Watched(site, answers, (log / "checkpoint").read_bytes())
