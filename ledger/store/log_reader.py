"""The stored log as a reader sees it: entries, nodes and checkpoints. A process that only publishes needs no more."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from ledger.errors import NotFoundError
from ledger.store.engine import Leaf, Rows

SELECT_ENTRIES = (
    "SELECT state FROM leaves JOIN stored_events USING (originator_id, originator_version)"
    " WHERE entry_index>=? AND entry_index<? ORDER BY entry_index"
)
SELECT_LEAVES = "SELECT entry_index, event_id, originator_id, originator_version, proved_at FROM leaves"
SELECT_STANDING = (
    "SELECT (SELECT COALESCE(MAX(entry_index)+1, 0) FROM leaves), (SELECT note FROM checkpoints WHERE tree_size=?)"
)
CHUNK = 1000
NODES_KEPT = 65_536


class LogReader:
    """``read(level, index)`` makes it a ``HashReader``. Every method raises UnreachableError, as ``Rows.query``."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._nodes: dict[tuple[int, int], bytes] = {}

    def size(self) -> int:
        """How many entries are stored."""
        return int(self.query("SELECT COALESCE(MAX(entry_index)+1, 0) FROM leaves")[0][0])

    def standing(self, tree_size: int) -> tuple[int, bytes | None]:
        """How many entries are stored, and the checkpoint note signed at a size, if one was: both of one moment."""
        size, note = self.query(SELECT_STANDING, (tree_size,))[0]
        return int(size), None if note is None else bytes(note)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        kept = self._nodes.get((level, index))
        if kept is not None:
            return kept
        rows = self.query("SELECT hash FROM nodes WHERE level=? AND node_index=?", (level, index))
        if not rows:
            raise RuntimeError(f"node {level}/{index} is not stored")
        return self._remember(level, index, bytes(rows[0][0]))

    def read_ahead(self, start: int, stop: int) -> None:
        """Reads in one question the hashes that leaves with start <= index < stop complete, and those beside them."""
        for level, index, node in self._nodes_in(
            [(level, max(start >> level, 1) - 1, stop >> level) for level in range(stop.bit_length())]
        ):
            self._remember(level, index, node)

    def nodes_completed(self, start: int, stop: int) -> list[tuple[int, int, bytes]]:
        """``(level, index, hash)`` of the subtrees that leaves with start <= index < stop complete, leaves first."""
        return self._nodes_in([(level, start >> level, stop >> level) for level in range(stop.bit_length())])

    def checkpoint_sizes(self, above: int) -> list[int]:
        """The sizes over ``above`` at which a checkpoint was signed, in order."""
        rows = self.query("SELECT tree_size FROM checkpoints WHERE tree_size>? ORDER BY tree_size", (above,))
        return [row[0] for row in rows]

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entry bytes with start <= index < stop, in order."""
        for first in range(start, stop, CHUNK):
            for row in self.query(SELECT_ENTRIES, (first, min(first + CHUNK, stop))):
                yield bytes(row[0])

    def leaf(self, event_id: str) -> Leaf | None:
        """Where an event stands, if it was ever admitted."""
        rows = self.query(f"{SELECT_LEAVES} WHERE event_id=?", (event_id,))
        return Leaf(*rows[0]) if rows else None

    def known(self, event_ids: Sequence[str]) -> set[str]:
        """Those of some events that were ever admitted."""
        marks = ",".join("?" * len(event_ids))
        statement = f"SELECT event_id FROM leaves WHERE event_id IN ({marks})"  # noqa: S608 - marks alone
        return {row[0] for row in self.query(statement, event_ids)} if event_ids else set()

    def leaf_at(self, entry_index: int) -> Leaf:
        """The leaf of an index. Raises NotFoundError."""
        rows = self.query(f"{SELECT_LEAVES} WHERE entry_index=?", (entry_index,))
        if not rows:
            raise NotFoundError(f"账本里没有第{entry_index}条。", f"The ledger has no entry {entry_index}.")
        return Leaf(*rows[0])

    def leaves_of(self, uuid: str) -> list[Leaf]:
        """A record's leaves in the order of its versions."""
        statement = f"{SELECT_LEAVES} WHERE originator_id=? ORDER BY originator_version"
        return [Leaf(*row) for row in self.query(statement, (UUID(uuid).hex,))]

    def checkpoint(self, tree_size: int) -> bytes:
        """The checkpoint note signed at a size. Raises NotFoundError."""
        rows = self.query("SELECT note FROM checkpoints WHERE tree_size=?", (tree_size,))
        if not rows:
            raise NotFoundError(f"第{tree_size}条时没有签章。", f"No checkpoint was signed at size {tree_size}.")
        return bytes(rows[0][0])

    def _nodes_in(self, levels: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, bytes]]:
        where = " OR ".join(["level=? AND node_index>=? AND node_index<?"] * len(levels))
        statement = f"SELECT level, node_index, hash FROM nodes WHERE {where} ORDER BY level, node_index"  # noqa: S608
        rows = self.query(statement, [number for row in levels for number in row]) if levels else []
        return [(level, index, bytes(node)) for level, index, node in rows]

    def close(self) -> None:
        """Closes the database."""
        self._rows.close()

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """As ``Rows.query``."""
        return self._rows.query(statement, parameters)

    def _remember(self, level: int, index: int, node: bytes) -> bytes:
        if len(self._nodes) >= NODES_KEPT:
            self._nodes.clear()
        self._nodes[level, index] = node
        return node
