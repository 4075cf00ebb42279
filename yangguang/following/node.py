"""A mirror directory: made from what a site publishes, and followed while it is served.

It needs nothing of whoever records, but the address; it holds no key and can sign nothing.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.audit.fetching import Fetcher
from ledger.audit.identity import Identity, identity_of, ml_dsa_keys
from ledger.audit.published import CHECKPOINT, VKEY, PublishedSite
from ledger.audit.source import open_site
from ledger.errors import LedgerError, NotFoundError, ProofError
from ledger.settings import Settings, load_settings, save_follow, save_ml_dsa, save_policy, save_settings
from ledger.signing.quorum import check_keys, read_policy
from ledger.store.highest import write_durably
from ledger.tlog.note import format_vkey
from ledger.tlog.policy import parse_policy
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle
from yangguang.following.follower import DEADLINE_SECONDS, PACE, Follower, Pace
from yangguang.following.pins import UNPINNED, Pins
from yangguang.monitor.comparing import parse_seen

POLICY = "witness.policy"
POLICY_PATHS = ("witnessed/policy", POLICY)
"""Where a serving node has its policy, and where an export has it."""
LEAVE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source said of itself when it was first seen. ``policy_from`` is where the policy came from, if any."""

    identity: Identity
    tree_size: int
    policy_from: str | None


@contextmanager
def following(settings: Settings, pins: Pins = UNPINNED, pace: Pace = PACE) -> Iterator[None]:
    """Follows in a thread until the block ends; what a look was reading then is gone on from at the next start."""
    stop = threading.Event()
    follower = Follower(settings, pins, pace, lambda: not stop.is_set())
    thread = threading.Thread(target=follower.run, args=(stop,), name="following", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A source that hangs is not waited for.
        thread.join(LEAVE_SECONDS)


def found_mirror(directory: Path, url: str, pins: Pins, policy: Path | None = None) -> Seen | None:
    """Makes the directory of a mirror of the ledger at ``url``, or gives the one there a new address: then None.

    Whose ledger it is stands in ``ledger.toml`` from then on. Raises LedgerError where the directory is something else,
    where the source is out of reach, or is not the ledger that is pinned.
    """
    if (directory / "ledger.toml").exists():
        _readdress(directory, url)
        if policy is not None:
            _take_policy(directory, url, policy)
            save_policy(directory, POLICY)
        return None
    site = open_site(url, deadline_seconds=DEADLINE_SECONDS)
    try:
        identity, size = _identity(site, pins)
        directory.mkdir(parents=True, exist_ok=True)
        policy_from = _take_policy(directory, url, policy)
        vkeys = [format_vkey(key.verifier_key) for key in identity.ml_dsa]
        # The file with the identity comes last, whole: a kill before it leaves a folder that is no ledger yet.
        making = directory / "ledger.toml.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        save_settings(making, origin=identity.origin, vkey=identity.vkeys[0])
        save_follow(making, url.rstrip("/"))
        if policy_from is not None:
            save_policy(making, POLICY)
        if vkeys:
            save_ml_dsa(making, vkeys[0], tuple(vkeys[1:]))
        (making / "ledger.toml").replace(directory / "ledger.toml")
        making.rmdir()
    finally:
        site.close()
    return Seen(identity, size, policy_from)


def check_kept(settings: Settings, pins: Pins) -> None:
    """Raises ProofError where what a mirror keeps is another ledger than is pinned."""
    try:
        size = parse_seen((settings.log / CHECKPOINT).read_bytes()).tree_size
        tile = Tile(Tile.ENTRIES, 0, min(TILE_WIDTH, size))
        first = parse_bundle((settings.log / tile.path).read_bytes(), width=tile.width)[0]
    except FileNotFoundError:
        return  # killed before its first look was over
    pins.check_identity(identity_of(first), settings)


def _readdress(directory: Path, url: str) -> None:
    settings = load_settings(directory)
    if settings.follow is None:
        raise LedgerError(
            f"{directory}里是一本自己记账的账本，不能改成镜像。请另用一个文件夹。",
            f"{directory} holds a ledger that records; it cannot become a mirror. Use another folder.",
        )
    if settings.follow != url.rstrip("/"):
        save_follow(directory, url.rstrip("/"))


def _identity(site: PublishedSite, pins: Pins) -> tuple[Identity, int]:
    """What entry 0 names, if the checkpoint bears it out; the rest is judged when it is followed."""
    note = site.read(CHECKPOINT)
    size = parse_seen(note).tree_size
    if size == 0:
        raise NotFoundError("来源的账本还没有账目。", "The ledger of the source has no entries yet.")
    tile = Tile(Tile.ENTRIES, 0, min(TILE_WIDTH, size))
    identity = identity_of(parse_bundle(site.read_tile(tile), width=tile.width)[0])
    listed = _listed(site)
    pins.check_identity(identity)
    if pins.vkey is not None and pins.vkey.strip() not in (*identity.vkeys, *listed):
        raise ProofError(
            f"来源公布的账本公钥里没有您锁定的那一把：{pins.vkey}。",
            f"The source does not list the pinned key: {pins.vkey}.",
        )
    return replace(identity, ml_dsa=ml_dsa_keys(listed, identity.origin)), size


def _listed(site: PublishedSite) -> list[str]:
    try:
        return site.read(VKEY).decode(errors="replace").splitlines()[:100]
    except NotFoundError:
        return []


def _take_policy(directory: Path, url: str, given: Path | None) -> str | None:
    """Puts the witnesses' policy beside the log: the operator's own, or the one that the source names, if it does."""
    if given is not None:
        read_policy(given)
        write_durably(directory / POLICY, given.read_bytes())
        return str(given)
    fetcher = Fetcher(deadline_seconds=DEADLINE_SECONDS)
    try:
        for path in POLICY_PATHS:
            address = f"{url.rstrip('/').removesuffix('/log')}/{path}"
            try:
                data = fetcher.fetch(address)
                check_keys(parse_policy(data))
            except LedgerError:
                continue  # nobody asks for witnesses, or the address answers with something else
            write_durably(directory / POLICY, data)
            return address
    finally:
        fetcher.close()
    return None
