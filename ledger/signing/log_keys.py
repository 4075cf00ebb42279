"""The log's private keys: ``keys/log.pem`` from the founding, and one ``keys/log-NAME.pem`` for each rotation.

Which of them signs is never a setting: the log itself names the key in force, and the file is found by that. Another
matter is the key ``keys/ml-dsa-NAME.pem``, which signs besides if a setting names it: no entry does.
"""

from pathlib import Path

from ledger.errors import NotFoundError
from ledger.signing.cosignature import CosignatureSigner, PosixClock
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.note import format_vkey


class LogKeyFolder:
    """The key files ``log*.pem`` of a folder, which sign under the log's ``origin``."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder
        self._origin = origin
        self._signers: dict[str, Ed25519NoteSigner] = {}

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

    def ml_dsa_signer(self, vkey: str, *, clock: PosixClock) -> CosignatureSigner:
        """The signer of an ML-DSA-44 vkey. Raises NotFoundError."""
        for path in sorted(self._folder.glob("ml-dsa-*.pem")):
            signer = CosignatureSigner(self._origin, MlDsaPrivateKey.load(path), clock=clock)
            if format_vkey(signer.verifier_key) == vkey:
                return signer
        raise NotFoundError(
            f"账本的{self._folder.name}/里没有ledger.toml的ml_dsa所写公钥的私钥文件。请把它放回那里，"
            "或者把ml_dsa一行的公钥移到ml_dsa_former，不再用它签章。",
            f"The ledger's {self._folder.name}/ holds no private key of the vkey at ml_dsa in ledger.toml."
            " Put it back, or move the vkey to ml_dsa_former to sign with it no more.",
        )

    def _load(self) -> None:
        for path in sorted(self._folder.glob("log*.pem")):
            signer = Ed25519NoteSigner(self._origin, PrivateKey.load(path))
            self._signers[format_vkey(signer.verifier_key)] = signer
