"""The command line: one module per capability. A command loads its own module alone: all of them take over a second."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

HELP = """阳光账本：每笔捐赠、每次奖学金、每项工程都是一条签了名的账目，谁都能核对。

Yangguang Ledger: every donation, award and renovation is a signed entry that anyone can check.

开始：yangguang demo（演示）；yangguang init D --origin O（建立账本）；yangguang serve D（运行）。
"""
COMMANDS = {
    "demo": "demo:demo",
    "init": "init:init",
    "serve": "serve:serve",
    "key": "key:app",
    "record": "record:record",
    "import": "importing:import_",
    "evidence": "evidence:app",
    "sealed": "sealed:app",
    "slip": "slip:app",
    "work": "work:work",
    "inbox": "inbox:app",
    "figures": "figures:figures",
    "verify": "verify:verify",
    "audit": "audit:audit",
    "monitor": "monitor:monitor",
    "witness": "witness:app",
    "head": "head:app",
    "export": "export:export",
    "rebuild": "serve:rebuild",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""By name: the module of this package, and in it a function or, where a command has commands of its own, its app."""


@cache
def command(name: str) -> Any:
    """The command of that name, its module loaded."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"yangguang.cli.{module}"), attribute)
    alone = typer.Typer(pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return get_group(alone).commands[name]


class _Commands(Mapping[str, Any]):
    """All commands by name; each is loaded when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        return command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": _Commands()})


app = typer.Typer(cls=_Group, help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _start() -> None:
    """Nothing is done before the command: this only makes typer see a group."""
