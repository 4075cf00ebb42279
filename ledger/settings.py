"""Where a ledger lives and how it is set: ``ledger.toml``, overridden by ``YANGGUANG_*`` in the environment.

origin = "ledger.example/sanpai"
vkey = "ledger.example/sanpai+530d903a+AekyeR…"
highest = "highest"
database = "postgresql://ledger@db.example/sanpai"    without it, the events are in ledger.sqlite3
inbox = "47DEQp…"                       public half of the inbox key; without it no letters are taken
url = "https://ledger.example"          the public address, where a proxy stands in front
proxy_header = "x-real-ip"              the header in which that proxy, and it alone, puts the client's address
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import MalformedError, NotFoundError

OPTIONAL = ("database", "recorder", "inbox", "url", "proxy_header")
NAMES = frozenset({"origin", "vkey", "highest", *OPTIONAL})


@dataclass(frozen=True, slots=True)
class Settings:
    """A ledger directory's paths and identity.

    ``vkey`` is the key that entry 0 names and stays so through every rotation; ``Ledger.vkeys`` has the current one.
    ``server`` is the address of the PostgreSQL database that holds the events; without one, the file ``database`` does.
    ``highest_server`` is that of another one that holds the highest checkpoint, in the place of the folder ``highest``.
    ``recorder`` is the address of the server that records, for one that only publishes.
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
    path = directory / "ledger.toml"
    kept = [each for each in path.read_text(encoding="utf-8").splitlines() if not re.match(r"inbox\s*=", each)]
    path.write_text("\n".join([*kept, f'inbox = "{line}"', ""]), encoding="utf-8")


def _key(name: str) -> str:
    return f"YANGGUANG_{name.upper()}"
