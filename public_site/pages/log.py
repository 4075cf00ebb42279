"""/log/…: the published log, byte for byte (C2SP tlog-tiles), and a proof for each entry (C2SP tlog-proof).

Anyone may read it from anywhere. Only the one spelling of each path that the formats know is answered.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from ledger.errors import MalformedError, NotFoundError
from ledger.tlog.tile import parse_path
from public_site.published_log import PublishedLog

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
IMMUTABLE = "public, max-age=604800, immutable"
FRESH = "no-cache"
PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof", re.ASCII)
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def answer(log: PublishedLog, request: Request) -> Response:
    """The file at the request's path; 404 for any other spelling, without cache headers."""
    try:
        path = _spelled(request)
        body, media_type, cache = _content(log, path)
    except (NotFoundError, MalformedError) as error:
        return Response(f"404\n{error.zh}\n{error.en}\n", 404, dict(OPEN), TEXT)
    headers = {**OPEN, "Cache-Control": cache}
    if path.startswith("proof/"):
        headers["Content-Disposition"] = f'attachment; filename="{path.removeprefix("proof/")}"'
    return Response(body, 200, headers, media_type)


def _spelled(request: Request) -> str:
    """The path under /log/ as it was sent. A percent-encoded spelling is another path, and there is none such."""
    path = str(request.scope["path"])
    raw = request.scope.get("raw_path")
    if raw is not None and raw.partition(b"?")[0] != path.encode():
        raise NotFoundError("没有这个文件。", "There is no such file.")
    return path.removeprefix("/log/")


def _content(log: PublishedLog, path: str) -> tuple[bytes, str, str]:
    if path in ("checkpoint", "vkey"):
        return log.file(path), TEXT, FRESH
    if match := PROOF.fullmatch(path):
        return log.proof(int(match[1])), TEXT, FRESH
    return log.tile(parse_path(path)), BYTES, IMMUTABLE
