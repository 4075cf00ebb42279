"""Go programs for the tests, built against Debian's copy of golang.org/x/mod."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

SOURCES = Path(__file__).parent / "go"
GO_PACKAGES = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts its source


def build(name: str, folder: Path) -> Path:
    """The program of a source file. Skips the test, or on the build machine fails it, where there is no Go."""
    go = shutil.which("go")
    if go is None:
        _missing("the Go compiler (package golang-go)")
    if not (GO_PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        _missing("golang.org/x/mod (package golang-golang-x-mod-dev)")
    environment = {
        "PATH": os.environ["PATH"],
        "GO111MODULE": "off",
        "GOPATH": str(GO_PACKAGES),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    program = folder / name
    subprocess.run([str(go), "build", "-o", program, SOURCES / f"{name}.go"], env=environment, check=True, timeout=300)
    return program


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, so no other implementation has read our log")
    pytest.skip(f"{what} is missing: NO OTHER IMPLEMENTATION HAS READ OUR LOG")
