"""verify.py as somebody runs it who has the exported folder and nothing of ours."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.ledger.audit.conftest import Files

SCRIPT = Path(__file__).parents[2] / "public_site" / "static" / "verify.py"


def run(script: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the script in a process of its own, cut off from this project's packages."""
    command = [sys.executable, "-I", str(script), *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, json.loads(done.stdout) if done.stdout else {"stderr": done.stderr}


def load() -> ModuleType:
    """The script as a module, for hundreds of checks in one process."""
    module = ModuleType("verify_alone")
    exec(compile(SCRIPT.read_bytes(), SCRIPT, "exec"), vars(module))
    return module


def checker(folder: Path) -> Callable[[Files], list[dict[str, Any]]]:
    """``check(files)``: the findings of the script on published files, which are laid into ``folder``."""
    module = load()
    laid: dict[str, bytes] = {}

    def check(files: Files) -> list[dict[str, Any]]:
        for path in laid.keys() - files.content.keys():
            (folder / path).unlink()
            del laid[path]
        for path, data in files.content.items():
            if laid.get(path) != data:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
                laid[path] = data
        log: Any = SimpleNamespace(**vars(module)).Log(folder, "")
        log.check()
        found: list[dict[str, Any]] = log.findings
        return found

    return check
