"""Whose log a mirror follows: as its operator says, or as the source said when it was first seen, and then for ever."""

from dataclasses import dataclass

from ledger.audit.identity import Identity
from ledger.errors import ProofError
from ledger.settings import Settings


@dataclass(frozen=True, slots=True)
class Pins:
    """``genesis`` is the event id of entry 0, in hex; ``vkey`` any Ed25519 key that the log ever had."""

    genesis: str | None = None
    vkey: str | None = None

    @property
    def are_given(self) -> bool:
        """Whether the operator says whose log it should be."""
        return self.genesis is not None or self.vkey is not None

    def check_identity(self, identity: Identity, settings: Settings | None = None) -> None:
        """Raises ProofError where entry 0 is that of another log than is pinned, or than ``ledger.toml`` names."""
        if self.genesis is not None and self.genesis.strip().lower() != identity.genesis:
            raise ProofError(
                f"来源的创世指纹是{identity.genesis}，不是您锁定的{self.genesis}。",
                f"The genesis of the source is {identity.genesis}, not {self.genesis} as pinned.",
            )
        if settings is not None and (settings.origin, settings.vkey) != (identity.origin, identity.vkeys[0]):
            raise ProofError(
                f"来源的第0条是账本“{identity.origin}”的，不是ledger.toml写的“{settings.origin}”，或者公钥不同。",
                f"Entry 0 of the source is of {identity.origin!r}, not of {settings.origin!r} as ledger.toml says, or"
                " names another key.",
            )

    def check_key(self, identity: Identity, tree_size: int) -> None:
        """Raises ProofError where no entry below a size names the pinned key."""
        if self.vkey is not None and self.vkey.strip() not in identity.vkeys_at(tree_size):
            raise ProofError(
                "您锁定的公钥不是这本账写明过的任何一把。", "The pinned key is none that this log has ever named."
            )


UNPINNED = Pins()
