"""The ranks and privileges of the packages, read from their own imports."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RINGS = ["ledger", "projections", "public_site", "yangguang"]
RANKS = [
    ["errors", "clock", "canonical", "settings"],
    ["tlog"],
    ["signing"],
    ["sealing"],
    ["domain"],
    ["rules"],
    ["store"],
    [
        *(
            "opening",
            "head",
            "receipts",
            "consents",
            "agreed",
            "vault_acts",
            "vault_return",
            "disclosing",
            "group",
            "replaying",
            "signed_so_far",
        ),
        *(
            "tasks",
            "filed_tables",
            "fold_file",
            "folds",
            "full_check",
            "reading",
            "application",
            "founding",
            "committer",
            "core",
        ),
    ],
    ["publishing", "audit"],
    ["backup"],
    ["api"],
]
SERVING = {f"yangguang/{name}.py" for name in ("serving", "several", "writing", "health", "http_head", "witness/app")}
SITE_MAY_KNOW = {"domain", "errors", "canonical", "tlog", "signing"}
PROJECTIONS_MAY_KNOW = {"domain", "errors", "canonical", "tlog", "signing"}
ALONE = ROOT / "public_site" / "static" / "verify.py"
"""The verifier that is handed out as one file has no others to share its lines with: it has a limit of its own."""
SOURCES = [path for ring in RINGS for path in (ROOT / ring).rglob("*.py")]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def rank_of(part: str) -> int:
    return next(place for place, parts in enumerate(RANKS) if part in parts)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_ring_imports_an_outer_one(path: Path) -> None:
    ring = RINGS.index(path.relative_to(ROOT).parts[0])
    for module in imports_of(path):
        assert module.split(".")[0] not in RINGS[ring + 1 :], module


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.is_relative_to(ROOT / "ledger")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_ledger_modules_import_only_their_own_rank_or_earlier(path: Path) -> None:
    part = path.relative_to(ROOT / "ledger").parts[0].removesuffix(".py")
    if part == "__init__":
        return
    for module in imports_of(path):
        if module.startswith("ledger."):
            assert rank_of(part_of(module)) <= rank_of(part), module


@pytest.mark.parametrize("ring", RINGS)
def test_top_packages_import_nothing(ring: str) -> None:
    assert list(imports_of(ROOT / ring / "__init__.py")) == []


def test_tlog_uses_the_standard_library_alone() -> None:
    for path in (ROOT / "ledger" / "tlog").rglob("*.py"):
        for module in imports_of(path):
            top = module.split(".")[0]
            assert top in sys.stdlib_module_names or module.startswith(("ledger.errors", "ledger.tlog")), module


def test_the_web_framework_stays_in_the_api_and_the_site() -> None:
    for path in SOURCES:
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(("ledger/api/", "public_site/")) or relative in SERVING:
            continue
        for module in imports_of(path):
            assert module.split(".")[0] not in {"fastapi", "starlette", "jinja2", "uvicorn"}, relative


def test_only_the_store_imports_the_event_store_library() -> None:
    for path in SOURCES:
        if not path.is_relative_to(ROOT / "ledger" / "store"):
            assert not any(module.split(".")[0] == "eventsourcing" for module in imports_of(path)), path


def test_the_vault_is_known_to_the_application_and_the_api_alone() -> None:
    allowed = {"application", "consents", "vault_acts", "vault_return", "disclosing", "group", "founding", "api"}
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] == "ledger" and (parts[1].removesuffix(".py") in allowed or parts[1] == "sealing"):
            continue
        assert "ledger.sealing.vault" not in set(imports_of(path)), path


@pytest.mark.parametrize(("ring", "may_know"), [("projections", PROJECTIONS_MAY_KNOW), ("public_site", SITE_MAY_KNOW)])
def test_reading_rings_know_only_what_is_public(ring: str, may_know: set[str]) -> None:
    for path in (ROOT / ring).rglob("*.py"):
        for module in imports_of(path):
            if module.startswith("ledger."):
                assert part_of(module) in may_know, (path, module)


def test_a_public_process_loads_neither_vault_nor_writer() -> None:
    code = (
        "import sys, yangguang.several, public_site.app, projections.runner\n"
        "bad = {'ledger.sealing.vault', 'ledger.application', 'ledger.store.log_store', 'ledger.api.app'}\n"
        "sys.exit(', '.join(bad & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_verifier_in_one_file_is_under_600_lines() -> None:
    """Anybody can read the whole of what tells whether a ledger is true."""
    assert len(ALONE.read_text(encoding="utf-8").splitlines()) < 600


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_over_300_lines_and_no_function_over_50(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert path == ALONE or len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
