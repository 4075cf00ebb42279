"""GET /api/docs and /api/openapi.json: what the interface can do, readable without internet.

The pages come from the installed package swagger-ui-bundle; nothing is fetched from anywhere else, and the
content security policy says so.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from swagger_ui_bundle import swagger_ui_path

from ledger.api.answers import found
from ledger.api.openapi import openapi_document
from ledger.api.refusals import NoSuchPathError

OURS = Path(__file__).parent / "static"
THEIRS = Path(swagger_ui_path)
FILES = {
    "docs.js": (OURS, "text/javascript; charset=utf-8"),
    "docs.css": (OURS, "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": (THEIRS, "text/javascript; charset=utf-8"),
    "swagger-ui.css": (THEIRS, "text/css; charset=utf-8"),
    "favicon-32x32.png": (THEIRS, "image/png"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class DocsEndpoint:
    """``origin`` is the ledger's, named in the document."""

    def __init__(self, origin: str) -> None:
        self._document = openapi_document(origin)

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI 3.1 document."""
        return found(self._document)

    async def page(self, request: Request) -> Response:
        """The page that shows the document."""
        text = await run_in_threadpool((OURS / "docs.html").read_bytes)
        return Response(text, 200, {"Content-Security-Policy": POLICY}, "text/html; charset=utf-8")

    async def file(self, request: Request) -> Response:
        """A file that the page needs, and no other."""
        name = request.path_params["name"]
        if name not in FILES:
            raise NoSuchPathError
        folder, media_type = FILES[name]
        content = await run_in_threadpool((folder / name).read_bytes)
        return Response(content, 200, {"Cache-Control": "public, max-age=3600"}, media_type)
