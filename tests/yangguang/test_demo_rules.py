from ledger.domain.catalogue import event_class
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.rules import admission
from ledger.rules.candidate import Candidate
from ledger.rules.replay import verified_signers
from ledger.rules.state import State
from ledger.tlog.merkle import MemoryTree, leaf_hash
from tests.ledger.rules.asked import check_and_ask_the_others
from tests.yangguang.demonstration import Demonstration


def test_every_rule_asked_of_every_entry_says_what_the_rules_of_its_kind_say(demonstration: Demonstration) -> None:
    roots = {0: MemoryTree().root()}
    tree, state = MemoryTree(), State(demonstration.ledger.origin, root_at=roots.__getitem__)
    for raw in demonstration.entries:
        entry = parse_entry(raw)
        payload = parse_payload(entry.envelope.payload)
        signers = verified_signers(state, entry.envelope, payload, verified=True)
        event = event_class(payload.type, payload.schema).parse(payload.data)
        candidate = Candidate(state.size, entry.recorded_at, payload, event, signers)
        check_and_ask_the_others(state, candidate)
        admission.apply(state, candidate)
        tree.append(leaf_hash(raw))
        roots[tree.size] = tree.root()
    assert state.size == len(demonstration.entries)
