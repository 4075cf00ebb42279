"""Running a ledger: writer, publisher, follower of the log, API and site in one process, by role.

``public`` loads neither the vault, a private key nor the writer: it follows the published log alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from public_site.app import add_site

from ledger.settings import Settings, load_settings
from projections.runner import Runner
from projections.source import LogFolderSource
from yangguang.threads import running_thread

ROLES = ("all", "staff", "public")


def build_views(settings: Settings) -> Runner:
    """The runner that folds the published log into the read models."""
    settings.views.parent.mkdir(parents=True, exist_ok=True)
    return Runner(settings.views, LogFolderSource(settings.log))


@contextmanager
def running(directory: Path, *, role: str) -> Iterator[FastAPI]:
    """The application of a ledger directory, with its threads; they end when the block does."""
    settings = load_settings(directory)
    app = FastAPI(title="阳光账本", openapi_url=None, docs_url=None, redoc_url=None)
    with ExitStack() as stack:
        if role != "public":
            # Imported here alone: a public process must not even load the writer, the vault or a private key.
            from yangguang.writing import writing  # noqa: PLC0415

            stack.enter_context(writing(app, settings))
        if role != "staff":
            stack.enter_context(_following(app, settings))
        yield app


def serve(directory: Path, *, host: str, port: int, role: str) -> None:
    """Serves until interrupted; a graceful stop finishes what was accepted."""
    with running(directory, role=role) as app:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=10)


@contextmanager
def _following(app: FastAPI, settings: Settings) -> Iterator[None]:
    runner = build_views(settings)
    runner.run_once()
    with running_thread(runner.follow):
        add_site(app, settings.views, settings.log)
        yield
