"""A served world with an inbox key, a plain form and signed requests: what the tests of private reads share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ledger.api.app import create_api
from ledger.core.contract import SubmissionQueue
from ledger.domain.letter import Asking
from ledger.sealing.letters import InboxKey
from ledger.settings import load_settings, save_inbox
from ledger.signing.keys import PrivateKey
from ledger.signing.requests import SignedMessage, sign_request
from tests.faults.serving import serving
from tests.ledger.api.conftest import CORES
from tests.ledger.world import World, private_key


class JsonPages:
    """Shows the form as JSON: what the pages look like is the site's business."""

    def show(self, request: Request, asking: Asking, status: int) -> Response:
        """All that a page has to show."""
        return JSONResponse(
            {
                "taken": asking.taken,
                "typed": dict(asking.typed),
                "faults": {name: label.zh for name, label in asking.faults.items()},
                "number": asking.number,
                "again": asking.again_at is not None,
                "trouble": asking.trouble.zh if asking.trouble else "",
            },
            status,
        )


@dataclass
class Letterbox:
    """A server of the API with a form. ``key`` opens what is written to it."""

    world: World
    client: httpx.Client
    url: str
    key: InboxKey
    directory: Path
    refs: dict[str, str] = field(default_factory=dict)

    def write(self, words: str = "有一处不对。", **more: str) -> httpx.Response:
        """Posts the form as a browser does."""
        return self.client.post("/ask", data={"words": words, "contact": "", "about": "", **more})

    def signed(self, method: str, path: str, by: str, **changes: Any) -> httpx.Response:
        """A signed request; ``created``, ``nonce``, ``url`` or ``as_method`` change what is signed."""
        key: PrivateKey = private_key(by)
        created: datetime = changes.pop("created", self.world.now)
        nonce: str = changes.pop("nonce", os.urandom(16).hex())
        said = SignedMessage(changes.pop("as_method", method), changes.pop("url", self.url + path))
        return self.client.request(method, path, headers=sign_request(said, key, created=created, nonce=nonce))


@contextmanager
def letterbox(directory: Path, core: str, **settings: str) -> Iterator[Letterbox]:
    """A world served by a core in a thread or in a process; ``settings`` go into ledger.toml."""
    world = World(directory)
    key = InboxKey.generate()
    folder = world.ledger.settings.directory
    save_inbox(folder, key.line)
    with (folder / "ledger.toml").open("a", encoding="utf-8") as file:
        file.writelines(f'{name} = "{value}"\n' for name, value in settings.items())
    refs = staff(world)
    world.ledger.settings = load_settings(folder)
    with CORES[core](world) as queue, _serving(world, queue) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Letterbox(world, client, url, key, folder, refs)


@contextmanager
def _serving(world: World, queue: SubmissionQueue) -> Iterator[str]:
    api = create_api(world.ledger, queue, clock=world.clock, random=os.urandom, ask_pages=JsonPages())
    with serving(api) as url:
        yield url


def staff(world: World) -> dict[str, str]:
    """Organisations whose keys publish, supervise, fund, confirm, deliver, accept and plan."""
    town = world.place()
    world.organisation("press", "publish")
    world.organisation("watch", "supervise")
    foundation = world.organisation("foundation", "fund")
    world.organisation("auditor", "confirm")
    builder = world.organisation("builder", "deliver", "accept")
    world.organisation("school", "accept")
    programme = world.programme(town, "dreams")
    project = world.project(world.project_data(programme, town, "dreams"), builder, "builder")
    works = world.works(project, builder, town, "builder")
    gift = world.open("donation.received", world.gift(foundation, 50_000), "foundation")
    suspended = world.enrol("suspended", foundation, "publish")
    world.record("key.suspended", suspended, {}, "admin-1")
    return {"town": town, "foundation": foundation, "project": project, "works": works, "gift": gift}
