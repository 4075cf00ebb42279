"""The command line: every name leads to a command, and a command loads only what it needs."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from yangguang.cli.app import COMMANDS, app, command

LOADED = """
import sys
from typer.testing import CliRunner
from yangguang.cli.app import app
print(CliRunner().invoke(app, ["verify", "--help"]).exit_code, *sorted(sys.modules))
"""


def texts() -> dict[str, str]:
    """What every command says of itself, those within groups too."""
    found = {name: command(name) for name in COMMANDS}
    within = {f"{name} {other}": one for name in found for other, one in getattr(found[name], "commands", {}).items()}
    return {name: one.help for name, one in (found | within).items()}


@pytest.mark.parametrize(("name", "text"), texts().items(), ids=texts())
def test_every_command_teaches_in_both_languages(name: str, text: str) -> None:
    assert re.search("[\u4e00-\u9fff]", text)
    assert re.search("[A-Za-z]{4}", text)
    done = CliRunner().invoke(app, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert f" {name} " in done.output


def test_the_overview_names_every_command() -> None:
    overview = CliRunner().invoke(app, ["--help"]).output
    assert all(f" {name} " in overview for name in COMMANDS)


def test_a_mistyped_command_is_wrong_usage_and_the_meant_one_is_named() -> None:
    done = CliRunner().invoke(app, ["verfy"])
    assert done.exit_code == 2
    assert "'verify'" in done.output


def test_verifying_loads_neither_the_site_nor_the_api() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    code, *modules = done.stdout.split()
    assert code == "0"
    assert "ledger.audit.verify" in modules
    assert not {"fastapi", "uvicorn", "jinja2", "openpyxl", "public_site.app", "ledger.application"} & set(modules)
