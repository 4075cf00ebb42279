"""PUT /api/evidence/{sha256} keeps a file that an admitted event names; GET /evidence/{sha256} gives it to anyone."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.api.body import read_body
from ledger.core.contract import OpenLedger
from ledger.errors import NotFoundError
from ledger.sealing.picture import MAX_BYTES

SHA256 = re.compile(r"[0-9a-f]{64}")
UPLOAD_SECONDS = 60
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class EvidenceEndpoint:
    """Files by the digest that an evidence disclosure names; the digest is the permission to send one."""

    def __init__(self, ledger: OpenLedger) -> None:
        self._ledger = ledger

    async def put(self, request: Request) -> Response:
        """Keeps the body. A file sent again is kept once."""
        sha256 = _digest(request)
        data = await read_body(request, deadline=UPLOAD_SECONDS, most=MAX_BYTES)
        await run_in_threadpool(self._ledger.keep_evidence, sha256, data)
        return found({"sha256": sha256, "bytes": len(data)})

    async def get(self, request: Request) -> Response:
        """The file, until its disclosure is withdrawn."""
        media_type, data = await run_in_threadpool(self._ledger.evidence, _digest(request))
        return Response(data, media_type=media_type, headers=HEADERS)


def _digest(request: Request) -> str:
    text: str = request.path_params["sha256"]
    if not SHA256.fullmatch(text):
        raise NotFoundError("文件指纹应是64位小写十六进制。", "A file's digest is 64 lowercase hex digits.")
    return text
