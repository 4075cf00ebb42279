"""The published probes of Merkle proof verifiers: accepted and refused exactly as their authors say."""

import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import ProofError
from ledger.tlog.merkle import check_consistency, check_inclusion

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "merkle" / "testdata"
PROBES = {kind: sorted((VECTORS / kind).rglob("*.json")) for kind in ("inclusion", "consistency")}


def _probe(path: Path) -> dict[str, Any]:
    probe: dict[str, Any] = json.loads(path.read_text("utf-8"))
    probe["proof"] = [b64decode(item) for item in probe["proof"] or []]
    return probe


def _name(path: Path) -> str:
    return "/".join(path.relative_to(VECTORS).parts[1:])


def test_all_published_probes_are_here() -> None:
    if not VECTORS.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the published Merkle probes are missing: {VECTORS}")
        pytest.skip(f"the published Merkle probes are not at {VECTORS}")
    assert {kind: len(paths) for kind, paths in PROBES.items()} == {"inclusion": 98, "consistency": 98}


@pytest.mark.parametrize("path", PROBES["inclusion"], ids=_name)
def test_inclusion_probe_is_judged_as_published(path: Path) -> None:
    probe = _probe(path)
    leaf, root = b64decode(probe["leafHash"] or ""), b64decode(probe["root"] or "")
    if probe["wantErr"]:
        with pytest.raises(ProofError):
            check_inclusion(probe["leafIdx"], probe["treeSize"], leaf=leaf, proof=probe["proof"], root=root)
    else:
        check_inclusion(probe["leafIdx"], probe["treeSize"], leaf=leaf, proof=probe["proof"], root=root)


@pytest.mark.parametrize("path", PROBES["consistency"], ids=_name)
def test_consistency_probe_is_judged_as_published(path: Path) -> None:
    probe = _probe(path)
    old_size, new_size = probe["size1"], probe["size2"]
    roots = {"old_root": b64decode(probe["root1"] or ""), "new_root": b64decode(probe["root2"] or "")}
    if probe["wantErr"]:
        with pytest.raises(ProofError):
            check_consistency(old_size, new_size, **roots, proof=probe["proof"])
    else:
        check_consistency(old_size, new_size, **roots, proof=probe["proof"])
