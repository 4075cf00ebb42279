"""``python -m benchmarks.country``: what a billion entries a year ask of a ledger, from figures measured here and now.

python -m benchmarks.country                        a tree of 10^9, and this machine's own rates
python -m benchmarks.country --entries 100000000    a smaller country
python -m benchmarks.country --json

The tree is not an estimate: its leaves are all alike, so every complete subtree of one height has the same hash and a
tree of any size fits in a hand. Proofs are made and checked by the ledger's own code at that size.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import growth
from benchmarks.heads import HeadCost, head_cost
from benchmarks.ledgers import fill, new_ledger, publish
from ledger.tlog.merkle import (
    HASH_SIZE,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)

SAMPLE = 5_000
PROOFS = 2_000
TILE_BITS = 8
SECONDS_A_YEAR = 365 * 86_400
BUSY_HOURS = 250 * 8
"""Working days times hours: when nearly everything is recorded."""
PEAK = 10
"""How many times the mean of the busy hours a peak is taken to be: the day before a deadline."""
REGIONS = 31
HOURS = 20
"""Of each region, how many heads are entered to measure what one costs."""
HEADS_A_YEAR = REGIONS * 24 * 365
MOST_LEVELS = 7


class AlikeTree:
    """A HashReader over any number of leaves that are all ``leaf``."""

    def __init__(self, leaf: bytes) -> None:
        self._heights = [leaf]

    def read(self, level: int, index: int) -> bytes:
        """The hash of every complete subtree of a height."""
        while len(self._heights) <= level:
            self._heights.append(node_hash(self._heights[-1], self._heights[-1]))
        return self._heights[level]


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of ``entries`` leaves: the longest proofs, in hashes; times in µs; its files, by count and bytes."""

    entries: int
    inclusion_hashes: int
    consistency_hashes: int
    prove_us: float
    check_us: float
    hash_tiles: int
    bundles: int
    hash_bytes: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Of this machine, of one core each. Bytes are per entry: stored, published, folded into the read models."""

    cores: int
    admitted_per_second: float
    verified_per_second: float
    folded_per_second: float
    stored_bytes: float
    published_bytes: float
    folded_bytes: float


def tree_of(entries: int) -> Tree:
    """Makes and checks proofs for leaves and sizes all over a tree."""
    leaf = leaf_hash(b"any entry of a billion alike")
    alike = AlikeTree(leaf)
    root = tree_root(entries, alike)
    places = [number * 7_919_777 % entries for number in range(PROOFS)] + [0, entries - 1]
    begun = time.perf_counter()
    proofs = [prove_inclusion(place, entries, alike) for place in places]
    proved = time.perf_counter()
    for place, proof in zip(places, proofs, strict=True):
        check_inclusion(place, entries, leaf=leaf, proof=proof, root=root)
    checked = time.perf_counter()
    links = [prove_consistency(place + 1, entries, alike) for place in places]
    for place, proof in zip(places, links, strict=True):
        check_consistency(place + 1, entries, old_root=tree_root(place + 1, alike), new_root=root, proof=proof)
    full = [entries >> (TILE_BITS * level) for level in range(MOST_LEVELS)]
    return Tree(
        entries,
        max(map(len, proofs)),
        max(map(len, links)),
        1e6 * (proved - begun) / len(places),
        1e6 * (checked - proved) / len(places),
        sum(-(-width // 256) for width in full if width),
        -(-entries // 256),
        HASH_SIZE * sum(full),
    )


def rates(directory: Path, *, sample: int) -> Rates:
    """Fills, verifies and folds a ledger of ``sample`` entries."""
    ledger = new_ledger(directory / "sample")
    begun = time.perf_counter()
    fill(ledger, sample)
    admitted = sample / (time.perf_counter() - begun)
    publish(ledger)
    home = ledger.settings.directory
    ledger.close()
    folded = sample / growth.rebuild_seconds(home)
    return Rates(
        cores=os.cpu_count() or 1,
        admitted_per_second=admitted,
        verified_per_second=sample / growth.verify_seconds(home, processes=1),
        folded_per_second=folded,
        stored_bytes=(home / "ledger.sqlite3").stat().st_size / sample,
        published_bytes=sum(path.stat().st_size for path in (home / "log").rglob("*") if path.is_file()) / sample,
        folded_bytes=sum(path.stat().st_size for path in (home / "views").iterdir()) / sample,
    )


def heads(directory: Path, *, entries: int, hours: int) -> HeadCost:
    """What a head of a regional ledger costs the top ledger."""
    tree = AlikeTree(leaf_hash(b"any entry of a region alike"))
    return head_cost(directory / "top", tree, regions=REGIONS, size=entries // REGIONS, hours=hours)


def worked_out(tree: Tree, found: Rates, head: HeadCost) -> list[tuple[str, str]]:
    """Each question a country would ask, and the answer in figures."""
    busy, region = tree.entries / (BUSY_HOURS * 3600), tree.entries / REGIONS
    verify_rate = found.verified_per_second * found.cores
    verify, fold = _hours(region / verify_rate), _hours(region / found.folded_per_second)
    log, views = found.published_bytes, found.folded_bytes
    return [
        ("entries a second, mean of the year", f"{tree.entries / SECONDS_A_YEAR:,.0f}"),
        (f"entries a second, mean of {BUSY_HOURS:,} busy hours", f"{busy:,.0f}"),
        (f"entries a second, peak of {PEAK} times that", f"{PEAK * busy:,.0f}"),
        ("writers such as this machine at that peak", f"{PEAK * busy / found.admitted_per_second:,.1f}"),
        ("longest inclusion proof", f"{tree.inclusion_hashes} hashes, {tree.inclusion_hashes * HASH_SIZE:,} bytes"),
        ("longest consistency proof", f"{tree.consistency_hashes} hashes"),
        ("to make, to check a proof", f"{tree.prove_us:,.0f} µs, {tree.check_us:,.0f} µs"),
        ("files of the log: hash tiles, bundles", f"{tree.hash_tiles:,}, {tree.bundles:,}"),
        ("bytes of the log: hashes, all", f"{_bytes(tree.hash_bytes)}, {_bytes(log * tree.entries)}"),
        ("bytes of the store", _bytes(found.stored_bytes * tree.entries)),
        ("bytes of one set of read models", _bytes(views * tree.entries)),
        (f"to verify all, {found.cores} cores", _hours(tree.entries / verify_rate)),
        ("to fold all read models, one core", _hours(tree.entries / found.folded_per_second)),
        (f"in {REGIONS} regional ledgers: entries in each", f"{region:,.0f}"),
        ("to verify, to fold one of them", f"{verify}, {fold}"),
        ("its log and its read models", f"{_bytes(log * region)}, {_bytes(views * region)}"),
        ("a top ledger of all regions' heads, one an hour", f"{HEADS_A_YEAR:,} entries a year"),
        ("to admit, to audit one head, one core", f"{head.admit_us:,.0f} µs, {head.audit_us:,.0f} µs"),
        ("bytes of one head, of a year of them", f"{head.entry_bytes:,.0f}, {_bytes(head.entry_bytes * HEADS_A_YEAR)}"),
        ("to audit a year of heads, one core", _hours(head.audit_us * HEADS_A_YEAR / 1e6)),
    ]


def _bytes(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h" if seconds >= 3600 else f"{seconds / 60:,.0f} min"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.country", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=10**9, help="how many a year")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="entries of the ledger that is measured")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    tree = tree_of(chosen.entries)
    with tempfile.TemporaryDirectory() as directory:
        found = rates(Path(directory), sample=chosen.sample)
        head = heads(Path(directory), entries=chosen.entries, hours=min(HOURS, max(2, chosen.sample // 250)))
    if chosen.json:
        print(json.dumps({"tree": asdict(tree), "rates": asdict(found), "heads": asdict(head)}, indent=1))
        return
    print(f"| a year of {tree.entries:,} entries | |\n|---|---|")
    for question, answer in worked_out(tree, found, head):
        print(f"| {question} | {answer} |")


if __name__ == "__main__":
    main()
