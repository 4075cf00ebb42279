"""The log's private keys: ``keys/log.pem`` from the founding, and one ``keys/log-NAME.pem`` for each rotation.

Which of them signs is never a setting: the log itself names the key in force, and the file is found by that. Another
matter is the key ``keys/ml-dsa-NAME.pem``, which signs besides if a setting names it: no entry does.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ledger.errors import NotFoundError
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.note import Signer, format_vkey

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class LogKeyFolder:
    """The key files ``log*.pem`` of a folder, which sign under the log's ``origin``.

    ``ml_dsa`` is the vkey of an ML-DSA-44 key that signs besides, telling the time by ``clock``.
    """

    def __init__(self, folder: Path, origin: str, ml_dsa: str | None = None, clock: Clock = utc_now) -> None:
        self._folder = folder
        self._origin = origin
        self._ml_dsa = ml_dsa
        self._clock = clock
        self._signers: dict[str, Ed25519NoteSigner] = {}
        self._ml_dsa_signer: CosignatureSigner | None = None

    def signer(self, vkey: str) -> Ed25519NoteSigner:
        """The signer of a vkey. Files put in place since the last call are found. Raises NotFoundError."""
        if vkey not in self._signers:
            self._load()
        if vkey not in self._signers:
            raise NotFoundError(
                f"账本的{self._folder.name}/里没有账本公钥{vkey}的私钥文件。请先把它放在那里，文件名是log-名字.pem。",
                f"The ledger's {self._folder.name}/ holds no private key of the log key {vkey}."
                " Put it there first, as log-NAME.pem.",
            )
        return self._signers[vkey]

    def signers(self, vkey: str) -> tuple[Signer, ...]:
        """Who signs a checkpoint: the signer of the vkey, and that of ML-DSA-44 if it is set. Raises NotFoundError."""
        if self._ml_dsa is None:
            return (self.signer(vkey),)
        self._ml_dsa_signer = self._ml_dsa_signer or self._find_ml_dsa(self._ml_dsa)
        return (self.signer(vkey), self._ml_dsa_signer)

    def _find_ml_dsa(self, vkey: str) -> CosignatureSigner:
        for path in sorted(self._folder.glob("ml-dsa-*.pem")):
            signer = CosignatureSigner(self._origin, MlDsaPrivateKey.load(path), clock=self._seconds)
            if format_vkey(signer.verifier_key) == vkey:
                return signer
        raise NotFoundError(
            f"账本的{self._folder.name}/里没有ledger.toml的ml_dsa所写公钥的私钥文件。请把它放回那里，"
            "或者把ml_dsa一行的公钥移到ml_dsa_former，不再用它签章。",
            f"The ledger's {self._folder.name}/ holds no private key of the vkey at ml_dsa in ledger.toml."
            " Put it back, or move the vkey to ml_dsa_former to sign with it no more.",
        )

    def _seconds(self) -> int:
        return int(self._clock().timestamp())

    def _load(self) -> None:
        for path in sorted(self._folder.glob("log*.pem")):
            signer = Ed25519NoteSigner(self._origin, PrivateKey.load(path))
            self._signers[format_vkey(signer.verifier_key)] = signer
