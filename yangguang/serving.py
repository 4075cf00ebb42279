"""Running a ledger: writer, publisher, follower of the log, API and site in one process, by role.

``public`` loads neither the vault, a private key nor the writer: it follows the published log alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.settings import Settings, load_settings
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from yangguang.threads import running_thread

ROLES = ("all", "staff", "public")
GRACE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class ByPath:
    """``/api``, what lies under it and evidence files go to the API, everything else to the site."""

    api: ASGIApp
    site: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "/")
        under_api = path == "/api" or path.startswith(("/api/", "/evidence/"))
        await (self.api if under_api else self.site)(scope, receive, send)


def build_views(settings: Settings) -> Runner:
    """The runner that folds the published log into the read models."""
    settings.views.parent.mkdir(parents=True, exist_ok=True)
    return Runner(settings.views, LogFolderSource(settings.log))


@contextmanager
def running(directory: Path, *, role: str) -> Iterator[ASGIApp]:
    """The application of a ledger directory, with its threads; they end when the block does."""
    settings = load_settings(directory)
    with ExitStack() as stack:
        api: ASGIApp | None = None
        if role != "public":
            # Imported here alone: a public process must not even load the writer, the vault or a private key.
            from yangguang.writing import writing  # noqa: PLC0415

            api = stack.enter_context(writing(settings))
        site = None if role == "staff" else stack.enter_context(_following(settings))
        whole = api or site
        if whole is None:
            raise RuntimeError(f"no part of a ledger has the role {role!r}")
        yield ByPath(api or whole, site or whole)


def serve(directory: Path, *, host: str, port: int, role: str) -> None:
    """Serves until interrupted; a graceful stop finishes what was accepted."""
    with running(directory, role=role) as app:
        uvicorn.run(
            app, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
        )


@contextmanager
def _following(settings: Settings) -> Iterator[ASGIApp]:
    runner = build_views(settings)
    runner.run_once()
    with running_thread(runner.follow):
        yield create_site(settings.views, settings.log)
    runner.close()
