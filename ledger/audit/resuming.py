"""Resuming: what of a saved state is taken up, when a run is saved, and of what a state convicts a log.

A state is taken up only where the log's own checkpoint leads to the state's root at the state's size: then the log is
an extension of what was verified. Else the log is verified from entry 0 and nothing is saved; that it does not
continue what was seen is a finding, beside all others.
"""

import msgspec

from ledger.audit.evidence import Evidence
from ledger.audit.report import Finding, Remark
from ledger.audit.rows import Rows
from ledger.audit.saved import About, SavedState
from ledger.audit.sentences import file_finding
from ledger.audit.walk import Progress, Walk
from ledger.tlog.merkle import HASH_SIZE
from ledger.tlog.tile import TILE_WIDTH

LEAST, SHARE = 25_000, 3
"""A run is saved when so many entries, and one in three of all so far, were judged since: to save takes time too."""


class Run:
    """One verification, with a state file or without."""

    def __init__(self, evidence: Evidence, state: SavedState | None, *, rules: bool, processes: int) -> None:
        self._evidence = evidence
        self._state = state
        self._rules = rules
        self._processes = processes
        if state is not None:
            _set_aside_what_does_not_do(evidence, state)
        self._saved_at = evidence.resumed_at
        # What this log contradicts, if anything: then the state stays as it is, and the run goes by itself.
        self._against = state.about if state is not None and not evidence.resumed_at else None
        self._walk = self._resumed(state) if state is not None and evidence.resumed_at else self._afresh()

    def walk(self, progress: Progress) -> Walk:
        """Judges what is new, saving it now and then."""
        self._walk.run(progress, self._save_now_and_then)
        return self._walk

    def conclude(self) -> None:
        """Says what was taken from the state, or why nothing was, and saves a run that found nothing."""
        state = self._state
        if state is None:
            return
        self._evidence.notes.extend(state.notes)
        if self._evidence.resumed_at:
            self._evidence.notes.append(_taken(self._evidence))
        elif self._against is not None:
            _convict(self._evidence, state, self._against)
        self._save(complete=True)

    def _afresh(self) -> Walk:
        is_kept = self._state is not None and self._against is None
        return self._walk_with(self._state.rows if self._state is not None and is_kept else Rows())

    def _resumed(self, state: SavedState) -> Walk:
        walk = self._walk_with(state.rows)
        try:
            walk.resume(state.load())
        except (msgspec.MsgspecError, ValueError, KeyError) as error:
            state.set_aside(str(error))
            self._evidence.resumed_at = self._evidence.tiles_from = self._saved_at = 0
            return self._afresh()
        return walk

    def _walk_with(self, rows: Rows) -> Walk:
        return Walk(self._evidence, rows, rules=self._rules, processes=self._processes)

    def _save_now_and_then(self, size: int) -> None:
        if size - self._saved_at >= max(LEAST, size // SHARE):
            self._save(complete=False)

    def _save(self, *, complete: bool) -> None:
        if self._state is not None and self._against is None and self._walk.save(self._state, complete=complete):
            self._saved_at = self._walk.size


def _set_aside_what_does_not_do(evidence: Evidence, state: SavedState) -> None:
    """A state of the published files alone vouches for no store; and a run that was cut convicts nobody.

    For it had not come to asking whether the log's own key signed for it all.
    """
    about, identity = state.about, evidence.identity
    if about is None:
        return
    if evidence.resumed_at and evidence.stored is not None and not about.stored:
        state.set_aside("上次核对的是公布的文件，不是账本的库 it is of published files, and this is a ledger directory")
        evidence.resumed_at = evidence.tiles_from = 0
    elif not (evidence.resumed_at or about.complete or identity is None) and about.origin == identity.origin:
        state.set_aside("上次的核对中途停了，账本又不接着它 the last run was cut, and the log does not continue it")


def _taken(evidence: Evidence) -> Remark:
    size, is_site = evidence.resumed_at, not evidence.source.published.strict
    zh, en = "它们的文件没有再下载", "their files were not fetched again"
    if not is_site:
        zh = "它们的每份字节又与总指纹核对了一遍，签名、规则和库里旁边的各栏没有再核对"
        en = "every copy of their bytes was compared with the tree again, but not signatures, rules and stored columns"
    return Remark(
        f"第0至{size - 1}条取自保存的状态，是上次核对过的；{zh}。本次核对了第{size}条起的{evidence.size - size}条。",
        f"Entries 0 to {size - 1} were taken from the saved state, verified then; {en}. This run verified"
        f" {evidence.size - size} entries, from {size} on.",
    )


def _convict(evidence: Evidence, state: SavedState, about: About) -> None:
    """Adds the finding that the log is not the one that the state has seen."""
    file, identity, tree = state.path.name, evidence.identity, evidence.tree
    if identity is None or (identity.origin, identity.genesis) != (about.origin, about.genesis):
        zh = f"保存的状态{file}是账本“{about.origin}”（创世指纹{about.genesis[:16]}…）的，不是这一本的，没有使用。"
        en = (
            f"The saved state {file} is of the ledger {about.origin!r} (genesis {about.genesis[:16]}…), not of this"
            " one; it was not used."
        )
        evidence.findings.add(file_finding("other-ledger", file, zh, en))
    elif tree.size < about.size:
        zh = f"账本变短了：上次核对时有{about.size}条，现在只有{tree.size}条。保存的状态没有使用，也没有改动。"
        en = (
            f"The log shrank: {about.size} entries were verified before, and it has {tree.size} now. The saved state"
            " was neither used nor changed."
        )
        evidence.findings.add(file_finding("not-consistent", file, zh, en))
    elif tree.root(about.size).hex() != about.root:
        evidence.findings.add(_rewritten(evidence, state, about))
    else:
        evidence.notes.append(
            Remark(
                "没有签章能证明账本接着上次核对的部分，所以没有使用保存的状态，从第0条起全部核对了。",
                "No checkpoint proves that the log continues what was verified before, so the saved state was not used"
                " and everything was verified from entry 0.",
            )
        )


def _rewritten(evidence: Evidence, state: SavedState, about: About) -> Finding:
    index = _first_other(evidence, state)
    return Finding(
        "not-consistent",
        f"历史被改写过：第{index}条与上次核对（{about.size}条）时的不同。保存的状态没有使用，也没有改动。",
        f"History was rewritten: entry {index} is not the one that was verified before, when there were {about.size}."
        " The saved state was neither used nor changed.",
        index=index,
    )


def _first_other(evidence: Evidence, state: SavedState) -> int:
    """The first entry whose leaf hash is not the saved one."""
    for tile, saved in enumerate(state.leaves()):
        start = tile * TILE_WIDTH
        for place in range(0, len(saved), HASH_SIZE):
            index = start + place // HASH_SIZE
            if saved[place : place + HASH_SIZE] != evidence.tree.leaves(index, index + 1):
                return index
    return 0
