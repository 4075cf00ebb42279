"""What every command shares: how it speaks, how it refuses, how it shows progress."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.errors import LedgerError

FINDING = 1
USAGE = 2
DRAWN_EVERY_SECONDS = 0.1
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
ProgressCall = Callable[[int, int], None]


def say(zh: str, en: str = "") -> None:
    """A line in Chinese, and the English under it."""
    out.print(zh, markup=False)
    if en:
        out.print(en, style="dim", markup=False)


def say_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def fail(zh: str, en: str, code: int = FINDING) -> NoReturn:
    """Says what is wrong on standard error and leaves."""
    err.print(zh, style="red", markup=False)
    err.print(en, style="dim", markup=False)
    raise typer.Exit(code)


@contextmanager
def refusals() -> Iterator[None]:
    """Turns a refusal into its sentence and exit code 1."""
    try:
        yield
    except LedgerError as error:
        fail(error.zh, str(error) + (f" [{error.field}]" if error.field else ""))


@contextmanager
def progress_bar(title: str) -> Iterator[ProgressCall]:
    """A bar on standard error, shown only where someone looks; call it with (done, total)."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Drawn when called, not by a thread: without one, other processes begin sooner (``ledger.audit.apart``).
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=err, transient=True, disable=quiet, auto_refresh=False) as bar:
        task, drawn_at = bar.add_task(title, total=None), 0.0

        def show(done: int, total: int) -> None:
            nonlocal drawn_at
            due = time.monotonic() - drawn_at >= DRAWN_EVERY_SECONDS
            drawn_at = time.monotonic() if due else drawn_at
            bar.update(task, completed=done, total=total, refresh=due)

        yield show
