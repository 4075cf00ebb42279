"""Founding a ledger: its directory, the log's key, and entry 0 signed by the admins it names."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from uuid6 import UUID as UUID6

from ledger.application import Ledger
from ledger.clock import Clock, Random
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.ledger import LedgerOpened
from ledger.domain.record import Record
from ledger.errors import DuplicateError, LedgerError, MalformedError
from ledger.opening import Submission
from ledger.sealing.vault import Vault
from ledger.settings import Settings, save_settings
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey, sign_possession
from ledger.signing.notes import Ed25519NoteSigner
from ledger.store.choosing import check_without_password
from ledger.store.log_store import open_store
from ledger.tlog.base64 import encode_base64
from ledger.tlog.merkle import EMPTY_ROOT
from ledger.tlog.note import format_vkey


@dataclass(frozen=True, slots=True)
class AdminKey:
    """An admin's private key and the capabilities the policy gives it."""

    key: PrivateKey
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Founding:
    """What a ledger begins with. ``policy`` is the wire form of Policy without ``admins``.

    ``database`` is the address of a PostgreSQL database for the events, ``highest`` that of another for the highest
    checkpoint; without them both are in the directory.
    """

    origin: str
    admins: Sequence[AdminKey]
    policy: dict[str, Any]
    demonstration: bool
    occurred_on: date
    database: str | None = None
    highest: str | None = None


def found(directory: Path, founding: Founding, *, log_key: PrivateKey, clock: Clock, random: Random) -> Ledger:
    """Makes the directory and admits entry 0. Raises DuplicateError if a ledger is there already.

    A crash here leaves a directory without entry 0, which holds nothing and may be deleted.
    """
    if (directory / "ledger.toml").exists():
        raise DuplicateError(f"{directory}里已经有账本。", f"There is already a ledger in {directory}.")
    signer = Ed25519NoteSigner(founding.origin, log_key)
    check_database(directory, founding)
    submission = _opening(founding, format_vkey(signer.verifier_key), clock, random)
    (directory / "keys").mkdir(parents=True, mode=0o700, exist_ok=True)
    log_key.save(directory / "keys" / "log.pem")
    Vault.create(directory / "vault", random=random).close()
    places = {"database": founding.database, "highest": founding.highest}
    save_settings(directory, origin=founding.origin, vkey=format_vkey(signer.verifier_key), **places)
    ledger = Ledger.open(directory, clock=clock, random=random)
    outcome = ledger.admit([submission])[0]
    if isinstance(outcome, LedgerError):
        ledger.close()
        raise outcome
    return ledger


def check_database(directory: Path, founding: Founding) -> None:
    """The servers answer, and the database holds no log yet. Raises DuplicateError, MalformedError."""
    for url in filter(None, (founding.database, founding.highest)):
        check_without_password(url)
    if founding.database is None:
        return
    if founding.database == founding.highest:
        raise MalformedError(
            "最高签章要放在另一个数据库里，不能与账目同库。",
            "The highest checkpoint belongs into another database than the entries.",
            "highest",
        )
    settings = Settings(directory, founding.origin, "", directory / "highest", server=founding.database)
    with closing(open_store(settings)) as store:
        if store.size():
            raise DuplicateError("这个数据库里已经有账本。", "There is already a ledger in this database.")


def new_identifier(milliseconds: int, random: Random) -> str:
    """A UUIDv7 of a moment (RFC 9562 section 5.7) as lowercase text."""
    value = (milliseconds << 80) | int.from_bytes(random(10))
    return str(UUID6(int=value, version=7))


def _opening(founding: Founding, vkey: str, clock: Clock, random: Random) -> Submission:
    uuid = new_identifier(int(clock().timestamp() * 1000), random)
    record = Record("ledger", uuid)
    admins = [_admin(admin, founding.origin, record.reference) for admin in founding.admins]
    opening = draft(
        LedgerOpened,
        record,
        Standpoint(founding.origin, 0, EMPTY_ROOT),
        occurred_on=founding.occurred_on,
        data={
            "origin": founding.origin,
            "log_vkeys": [vkey],
            "policy": {**founding.policy, "admins": admins},
            "demonstration": founding.demonstration,
        },
        random=random,
    )
    governing = [admin.key for admin in founding.admins if "govern" in admin.capabilities]
    return Submission(sign_envelope(opening.payload, governing), opening.disclosures)


def _admin(admin: AdminKey, origin: str, record: str) -> dict[str, Any]:
    line = encode_base64(admin.key.public_key)
    possession = sign_possession(admin.key, origin=origin, organisation=record, line=line)
    return {"public_key": line, "capabilities": list(admin.capabilities), "possession": encode_base64(possession)}
