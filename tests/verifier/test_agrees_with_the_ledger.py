"""Two verifiers, one in Python and one in JavaScript, written apart: on every case both give the same answer."""

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.verifier.asking import answers_of
from tests.verifier.cases import Case, Cases
from tests.verifier.judges import JUDGES, judge
from tests.verifier.material import Material

CASES = 20_000
SEED = 20260105
ALWAYS_ACCEPTED = {"tile_path"}
# Each takes one check out of the browser's verifier; the kinds are those of judge.js that should notice.
SABOTAGE = [
    ("base64.js", "|| encodeBase64(bytes) !== text", "", "base64"),
    ("base64.js", "|| encodeBase64Url(bytes) !== text", "", "base64url"),
    ("canonical.js", "if (canonicalText(value) !== text)", "if (false)", "canonical"),
    ("canonical.js", "!Number.isSafeInteger(number)", "false", "canonical"),
    ("canonical.js", "depth === MAX_DEPTH", "false", "canonical"),
    ("canonical.js", "|(?![\\u200c\\u200d])\\p{Cf}/u", "/u", "strings"),
    ("canonical.js", 'text.normalize("NFC") !== text', "false", "strings"),
    ("curve.js", "SMALL_ORDER.has(yOf(bytes))", "false", "signature"),
    ("curve.js", " && isIdentity(multiply(ORDER, decodePoint(bytes)))", "", "public_key"),
    ("note.js", "\\p{White_Space}", " ", "vkey"),
    ("note.js", "keyId !== own", "false", "vkey"),
    ("note.js", "if (CONTROL.test(text))", "if (false)", "note"),
    ("note.js", "await check(key, text, signature.signature);", "", "open_checkpoint"),
    ("checkpoint.js", "checkpoint.origin !== origin", "false", "open_checkpoint"),
    ("merkle.js", "checkRoot(node, root, size);", "", "inclusion"),
    ("merkle.js", "checkRoot(oldFound, oldRoot, older);", "", "consistency"),
    ("merkle.js", "if (sn !== 0n) throw wrongLength(proof);\n  checkRoot", "checkRoot", "inclusion"),
    ("proof.js", "hash.length !== HASH_BYTES", "false", "proof"),
    ("tile.js", "if (end !== bytes.length)", "if (false)", "bundle"),
    ("envelope.js", "signatures[place - 1].keyid < each.keyid", "true", "entry"),
    ("envelope.js", "(await keyId(publicKey)) !== keyid", "false", "open_entry"),
    ("entry.js", "new Date(moment).toISOString() !== text", "false", "entry"),
    ("payload.js", 'text.startsWith("0000")', "false", "payload"),
    ("disclosure.js", "[AEIMQUYcgkosw048]", ".", "disclosure"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judged(material: Material) -> list[tuple[Case, Any]]:
    """Every case with Python's answer."""
    cases = itertools.islice(Cases(material, SEED).draw(), CASES)
    return [(case, judge(*case)) for case in cases]


def test_both_answer_twenty_thousand_seeded_cases_alike(page: Page, judged: list[tuple[Case, Any]]) -> None:
    verdicts: Counter[tuple[str, bool]] = Counter()
    found = answers_of(page, [case for case, _ in judged])
    for (case, here), there in zip(judged, found, strict=True):
        assert here == there, case
        verdicts[case[0], here is not None] += 1
    assert sum(verdicts.values()) == CASES
    for kind in JUDGES.keys() - ALWAYS_ACCEPTED:
        accepted, refused = verdicts[kind, True], verdicts[kind, False]
        assert min(accepted, refused) > CASES // len(JUDGES) // 10, (kind, accepted, refused)


@pytest.mark.parametrize("sabotage", SABOTAGE, ids=lambda each: f"{each[0]} {each[1]}")
def test_cases_find_out_a_verifier_with_one_check_taken_out(
    judged: list[tuple[Case, Any]],
    page_without: Callable[[str, str, str], Page],
    sabotage: tuple[str, str, str, str],
) -> None:
    *change, kind = sabotage
    cases = [(case, here) for case, here in judged if case[0] == kind]
    there = answers_of(page_without(*change), [case for case, _ in cases])
    assert there != [here for _, here in cases]
