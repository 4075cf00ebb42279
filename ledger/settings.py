"""Where a ledger lives and how it is set: ``ledger.toml``, overridden by ``YANGGUANG_*`` in the environment.

origin = "ledger.example/sanpai"
vkey = "ledger.example/sanpai+530d903a+AekyeR…"
highest = "highest"
database = "postgresql://ledger@db.example/sanpai"    without it, the events are in ledger.sqlite3
inbox = "47DEQp…"                       public half of the inbox key; without it no letters are taken
url = "https://ledger.example"          the public address, where a proxy stands in front
proxy_header = "x-real-ip"              the header in which that proxy, and it alone, puts the client's address
policy = "witness.policy"               a file beside this one (C2SP tlog-policy): the witnesses asked to cosign
follow = "https://ledger.example"       this directory is a mirror of the ledger published there; it records nothing
ml_dsa = "ledger.example/sanpai+b5df…"  signs checkpoints with ML-DSA-44 too (yangguang key new-ml-dsa); off without it
ml_dsa_former = "…"                     such keys before it, with spaces between, so that what they signed is checked
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import MalformedError, NotFoundError

OPTIONAL = ("database", "recorder", "inbox", "url", "proxy_header", "policy", "follow", "ml_dsa", "ml_dsa_former")
NAMES = frozenset({"origin", "vkey", "highest", *OPTIONAL})
POLICY_FILE = re.compile(r"policy|[A-Za-z0-9_-]+\.policy")


@dataclass(frozen=True, slots=True)
class Settings:
    """A ledger directory's paths and identity.

    ``vkey`` is the key that entry 0 names and stays so through every rotation; ``Ledger.vkeys`` has the current one.
    ``server`` is the address of the PostgreSQL database that holds the events; without one, the file ``database`` does.
    ``highest_server`` is that of another one that holds the highest checkpoint, in the place of the folder ``highest``.
    ``recorder`` is the address of the server that records, for one that only publishes. ``follow`` is the address of
    the site whose published files this directory mirrors.
    """

    directory: Path
    origin: str
    vkey: str
    highest: Path
    server: str | None = None
    highest_server: str | None = None
    recorder: str | None = None
    inbox: str | None = None
    url: str | None = None
    proxy_header: str | None = None
    policy: str | None = None
    follow: str | None = None
    ml_dsa: str | None = None
    ml_dsa_former: str | None = None

    @property
    def ml_dsa_vkeys(self) -> tuple[str, ...]:
        """The log's ML-DSA-44 vkeys, the one that signs now first."""
        return tuple(f"{self.ml_dsa or ''} {self.ml_dsa_former or ''}".split())

    @property
    def policy_file(self) -> Path | None:
        """Whom this log asks to cosign; None where it asks nobody."""
        return None if self.policy is None else self.directory / self.policy

    @property
    def witnesses(self) -> Path:
        """What the witnesses answered: ``checkpoint`` and ``quorum`` with their cosignatures, ``alarm``."""
        return self.directory / "witnesses"

    @property
    def following(self) -> Path:
        """Of a mirror: ``state.json``, ``incoming`` and ``evidence``."""
        return self.directory / "following"

    @property
    def database(self) -> Path:
        """The event store, where it is a file."""
        return self.directory / "ledger.sqlite3"

    @property
    def log(self) -> Path:
        """Published log files."""
        return self.directory / "log"

    @property
    def keys(self) -> Path:
        """The log's private keys, 0600: ``log.pem`` from the founding, ``log-NAME.pem`` for each rotation."""
        return self.directory / "keys"

    @property
    def vault(self) -> Path:
        """Sealed and withdrawable values, encrypted."""
        return self.directory / "vault"

    @property
    def letters(self) -> Path:
        """What the public wrote, which this machine cannot read, and envelopes that wait for a second signature."""
        return self.directory / "inbox"

    @property
    def views(self) -> Path:
        """The read models: may be deleted at any time."""
        return self.directory / "views" / "views.sqlite3"


def load_settings(directory: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a ledger directory. Raises NotFoundError, MalformedError."""
    path = directory / "ledger.toml"
    if not path.exists():
        raise NotFoundError(
            f"{directory}里没有账本（缺少ledger.toml）。请先用 yangguang init 建立。",
            f"There is no ledger in {directory} (no ledger.toml). Make one with yangguang init.",
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"{path}不是合格的TOML。", f"{path} is not valid TOML: {error}.") from None
    values |= {name: environment[key] for name in NAMES if (key := _key(name)) in environment}
    for name in ("origin", "vkey"):
        if name not in values:
            raise MalformedError(f"{path}缺少{name}。", f"{path} lacks {name}.")
    for name in NAMES & values.keys():
        if not isinstance(values[name], str):
            raise MalformedError(f"{path}的{name}应是文字。", f"{name} in {path} must be text.")
    if POLICY_FILE.fullmatch(values.get("policy") or "policy") is None:
        raise MalformedError(
            f"{path}的policy应是同一文件夹里的文件名，如witness.policy。",
            f"policy in {path} must name a file in the same folder, such as witness.policy.",
        )
    place = values.get("highest", "highest")
    highest = directory / ("highest" if "://" in place else place)
    optional = {name: values.get(name) or None for name in OPTIONAL}
    optional["server"] = optional.pop("database")
    optional["highest_server"] = place if "://" in place else None
    return Settings(directory, values["origin"], values["vkey"], highest, **optional)


def save_settings(
    directory: Path, *, origin: str, vkey: str, database: str | None = None, highest: str | None = None
) -> None:
    """Writes a new ``ledger.toml``."""
    lines = [f'origin = "{origin}"', f'vkey = "{vkey}"', f'highest = "{highest or "highest"}"']
    lines += [] if database is None else [f'database = "{database}"']
    (directory / "ledger.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def save_inbox(directory: Path, line: str) -> None:
    """Puts the public half of an inbox key into ``ledger.toml``, in place of the one there."""
    _save(directory, "inbox", line)


def save_database(directory: Path, url: str) -> None:
    """Puts the address of the events' database into ``ledger.toml``."""
    _save(directory, "database", url)


def save_ml_dsa(directory: Path, vkey: str, former: tuple[str, ...]) -> None:
    """Puts an ML-DSA-44 vkey into ``ledger.toml``, and those before it beside it."""
    _save(directory, "ml_dsa", vkey)
    if former:
        _save(directory, "ml_dsa_former", " ".join(former))


def save_follow(directory: Path, url: str) -> None:
    """Puts the address of the site that a mirror follows into ``ledger.toml``."""
    _save(directory, "follow", url)


def save_policy(directory: Path, name: str) -> None:
    """Puts the name of the file with the witnesses into ``ledger.toml``."""
    _save(directory, "policy", name)


def _save(directory: Path, name: str, value: str) -> None:
    path = directory / "ledger.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [each for each in lines if not re.match(rf"{name}\s*=", each)]
    path.write_text("\n".join([*kept, f'{name} = "{value}"', ""]), encoding="utf-8")


def _key(name: str) -> str:
    return f"YANGGUANG_{name.upper()}"
