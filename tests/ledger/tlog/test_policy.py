"""Policies: what is accepted, when a quorum is met, and everything that the specification refuses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.note import COSIGNATURE_ED25519, ED25519, ML_DSA_44, VerifierKey, format_vkey
from ledger.tlog.policy import MAX_POLICY_BYTES, Policy, format_policy, parse_policy, shown_name


def vkey(number: int, algorithm: int = COSIGNATURE_ED25519, *, name: str = "") -> str:
    size = 1312 if algorithm == ML_DSA_44 else 32
    return format_vkey(VerifierKey(name or f"w{number}.example", algorithm, number.to_bytes(2, "big") * (size // 2)))


LOG = f"log {vkey(99, ED25519, name='ledger.example/sanpai')}\n"
# The specification's example policy, with keys.
EXAMPLE = f"""
{LOG}
witness X1 {vkey(1)}
witness X2 {vkey(2)}
witness X3 {vkey(3)}
group X-witnesses 2 X1 X2 X3

witness Y1 {vkey(4)}
witness Y2 {vkey(5)}
witness Y3 {vkey(6)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def read(text: str) -> Policy:
    return parse_policy(text.encode())


def test_the_specifications_example_is_met_by_two_of_the_x_and_one_of_the_y() -> None:
    policy = read(EXAMPLE)
    names = [witness.name for witness in policy.witnesses]
    for chosen in itertools.chain.from_iterable(itertools.combinations(names, count) for count in range(7)):
        x, y = (sum(name.startswith(letter) for name in chosen) for letter in "XY")
        assert policy.is_met_by(chosen) == (x >= 2 and y >= 1)
    assert policy.least == 3


def test_who_is_missing_is_said_until_the_quorum_is_met() -> None:
    policy = read(EXAMPLE)
    assert [witness.name for witness in policy.missing(["X1", "Y2"])] == ["X2", "X3", "Y1", "Y3"]
    assert policy.missing(["X1", "X3", "Y2"]) == ()


def test_a_name_that_is_no_witness_counts_for_nothing() -> None:
    policy = read(EXAMPLE)
    assert not policy.is_met_by(["X-and-Y", "X-witnesses", "Y-witnesses", "none", "stranger"])


def test_witnesses_that_the_quorum_does_not_reach_are_not_asked_for() -> None:
    policy = read(f"witness a {vkey(1)}\nwitness b {vkey(2)}\nquorum a\n")
    assert [witness.name for witness in policy.counted] == ["a"]
    assert policy.is_met_by(["a"])
    assert not policy.is_met_by(["b"])


def test_no_quorum_is_met_by_nobody() -> None:
    policy = read("quorum none\n")
    assert (policy.is_met_by([]), policy.least, policy.counted) == (True, 0, ())


def test_keys_and_addresses_are_read_as_written() -> None:
    text = f"\t log  {vkey(9, ML_DSA_44, name='a/b')} https://a/b\t\n # note\n"
    text += f"witness \t审计局 {vkey(1)} https://w\nquorum 审计局\n"
    policy = read(text)
    assert [(log.key.name, log.key.algorithm, log.url) for log in policy.logs] == [("a/b", ML_DSA_44, "https://a/b")]
    assert [(w.name, w.key.algorithm, w.url) for w in policy.witnesses] == [
        ("审计局", COSIGNATURE_ED25519, "https://w")
    ]


def test_names_are_octets_so_letters_that_look_alike_differ() -> None:
    data = f"witness K {vkey(1)}\n".encode() + b"witness \xe2\x84\xaa " + f"{vkey(2)}\n".encode()
    data += b"witness \xff " + f"{vkey(3)}\n".encode() + b"group g 1 K \xe2\x84\xaa \xff\nquorum \xff\n"
    policy = parse_policy(data)
    names = [witness.name for witness in policy.witnesses]
    assert len(set(names)) == 3
    assert [policy.is_met_by([name]) for name in names] == [False, False, True]
    assert shown_name(names[2]) == "\N{REPLACEMENT CHARACTER}"
    assert parse_policy(format_policy(policy)) == policy


REFUSED = {
    "an unknown witness in the quorum": "quorum a\n",
    "an unknown member": f"witness a {vkey(1)}\ngroup g any a b\nquorum g\n",
    "a member defined later": f"group g any a\nwitness a {vkey(1)}\nquorum g\n",
    "a group in itself": f"witness a {vkey(1)}\ngroup g 1 a g\nquorum g\n",
    "a quorum before its witness": f"quorum a\nwitness a {vkey(1)}\n",
    "no quorum": f"witness a {vkey(1)}\n",
    "two quorums": "quorum none\nquorum none\n",
    "none as a member": f"witness a {vkey(1)}\ngroup g any a none\nquorum g\n",
    "none as a witness": f"witness none {vkey(1)}\nquorum none\n",
    "none as a group": f"witness a {vkey(1)}\ngroup none any a\nquorum none\n",
    "a name twice": f"witness a {vkey(1)}\nwitness a {vkey(2)}\nquorum a\n",
    "a group named as a witness": f"witness a {vkey(1)}\ngroup a any a\nquorum a\n",
    "a member twice in a group": f"witness a {vkey(1)}\ngroup g 1 a a\nquorum g\n",
    "a member of two groups": f"witness a {vkey(1)}\ngroup g any a\ngroup h any a\nquorum g\n",
    "a threshold of zero": f"witness a {vkey(1)}\ngroup g 0 a\nquorum g\n",
    "a threshold over the members": f"witness a {vkey(1)}\ngroup g 2 a\nquorum g\n",
    "a threshold with a zero before it": f"witness a {vkey(1)}\ngroup g 01 a\nquorum g\n",
    "a threshold with a sign": f"witness a {vkey(1)}\ngroup g +1 a\nquorum g\n",
    "a threshold in other digits": f"witness a {vkey(1)}\ngroup g １ a\nquorum g\n",
    "a threshold of another word": f"witness a {vkey(1)}\ngroup g most a\nquorum g\n",
    "a group without members": f"witness a {vkey(1)}\ngroup g all\nquorum a\n",
    "one key as two witnesses": f"witness a {vkey(1)}\nwitness b {vkey(1, name='other.example')}\nquorum a\n",
    "one key as two logs": f"{LOG}log {vkey(99, ED25519, name='other')}\nquorum none\n",
    "a log's key as a witness": f"witness a {vkey(1, ED25519)}\nquorum a\n",
    "a witness's key as a log": f"log {vkey(1)}\nquorum none\n",
    "a key whose id is not its own": f"log {vkey(99, ED25519).replace('+', '+0', 1)}\nquorum none\n",
    "a key that is none": "log key\nquorum none\n",
    "an unknown word": "logs x\nquorum none\n",
    "a word in capitals": "Quorum none\n",
    "too many items": f"witness a {vkey(1)} https://w more\nquorum a\n",
    "too few items": "witness a\nquorum none\n",
    "a quorum without a name": "quorum\n",
    "a carriage return": "quorum none\r\n",
    "a zero byte": "quorum none\x00\n",
    "a line without an end": "quorum none",
    "nothing at all": "",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_policy_is_refused_with(text: str) -> None:
    with pytest.raises(MalformedError):
        read(text)


def test_the_refusal_names_the_line() -> None:
    with pytest.raises(MalformedError, match="Policy line 3: no line before it names a witness or group 'b'"):
        read(f"# ours\nwitness a {vkey(1)}\ngroup g any a b\nquorum g\n")


def test_the_specifications_32_of_each_kind_are_read_and_a_flood_is_not() -> None:
    def policy(count: int) -> str:
        logs = "".join(f"log {vkey(1000 + n, ED25519)}\n" for n in range(count))
        witnesses = "".join(f"witness w{n} {vkey(n + 1)}\n" for n in range(count))
        groups = "".join(f"group g{n} any w{n}\n" for n in range(count))
        return f"{logs}{witnesses}{groups}quorum w0\n"

    assert len(read(policy(32)).groups) == 32
    with pytest.raises(MalformedError, match="more than 64"):
        read(policy(65))
    with pytest.raises(MalformedError, match="1000 lines"):
        read("\n" * 1001 + "quorum none\n")
    with pytest.raises(TooLargeError):
        read("#" * MAX_POLICY_BYTES + "\nquorum none\n")


@st.composite
def policies(draw: st.DrawFn) -> str:
    lines, free = [LOG], []
    for number in range(draw(st.integers(1, 6))):
        lines.append(f"witness w{number} {vkey(number)}\n")
        free.append(f"w{number}")
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        threshold = draw(st.sampled_from(["all", "any", *map(str, range(1, len(members) + 1))]))
        lines.append(f"group g{number} {threshold} {' '.join(members)}\n")
        free = [name for name in free if name not in members] + [f"g{number}"]
    lines.append(f"quorum {draw(st.sampled_from([*free, 'none']))}\n")
    return "".join(lines)


@given(policies())
def test_every_policy_is_written_back_and_its_least_quorum_is_the_smallest_that_meets_it(text: str) -> None:
    policy = read(text)
    assert parse_policy(format_policy(policy)) == policy
    names = [witness.name for witness in policy.counted]
    sizes = [n for n in range(len(names) + 1) if any(map(policy.is_met_by, itertools.combinations(names, n)))]
    assert sizes[0] == policy.least
    # More witnesses never undo a quorum.
    assert policy.is_met_by(names)
