"""The one refusal that backup and restore add to the family."""

from ledger.errors import LedgerError


class BackupError(LedgerError):
    """A backup that cannot be made, or must not be restored so."""

    type = "backup"
