"""A small ledger behind HTTP, its core in a thread or in a process of its own, for commands to record in."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.api.app import create_api
from tests.faults.serving import serving
from tests.ledger.api.conftest import CORES
from tests.ledger.world import World, private_key


class Uploads:
    """An application whose uploads can be made to fail on the way, as networks do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failing = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "PUT" and self.failing.is_set():
            await PlainTextResponse("no way through", 502)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@dataclass
class Served:
    """``foundation`` may record gifts, with the key file ``key``."""

    world: World
    url: str
    uploads: Uploads
    foundation: str
    key: Path

    def gift(self, **more: Any) -> dict[str, Any]:
        """The content of a file for ``yangguang record donation.received``."""
        data = self.world.gift(self.foundation, 100)
        return {"occurred_on": self.world.today.isoformat(), "data": data, **more}

    def write(self, path: Path, **more: Any) -> Path:
        """A gift's content, written to a file."""
        path.write_text(json.dumps(self.gift(**more)), encoding="utf-8")
        return path

    def name_files(self, files: Sequence[tuple[bytes, str]]) -> list[str]:
        """Records one gift that names all files (bytes, media type) as evidence; their digests."""
        digests = [hashlib.sha256(data).hexdigest() for data, _ in files]
        values = [
            {"sha256": digest, "media_type": media_type, "bytes": len(data), "caption": "示例照片"}
            for digest, (data, media_type) in zip(digests, files, strict=True)
        ]
        free = [("evidence", value) for value in values]
        self.world.open("donation.received", self.world.gift(self.foundation, 100), "foundation", free=free)
        return digests


@contextmanager
def served_ledger(core: str, directory: Path) -> Iterator[Served]:
    """``core`` is ``thread`` or ``process``."""
    world = World(directory)
    foundation = world.organisation("foundation", "fund")
    key = directory / "foundation.pem"
    private_key("foundation").save(key)
    with CORES[core](world) as queue:
        uploads = Uploads(create_api(world.ledger, queue, clock=world.clock, random=world.random))
        with serving(uploads) as url:
            yield Served(world, url, uploads, foundation, key)
