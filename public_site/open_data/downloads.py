"""Answers with open tables and the feed. A file is made whole before it is sent: its rows are of one moment."""

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from starlette.responses import Response, StreamingResponse

from ledger.errors import NotFoundError
from public_site.open_data.feed import MEDIA_TYPE, feed
from public_site.open_data.files import FORMATS, MARK, About
from public_site.open_data.package import PACKAGE, data_package, file_name
from public_site.open_data.tables import BY_NAME
from public_site.visit import Visit

NAME = re.compile(rf"(?:{MARK})?([a-z]+)\.({'|'.join(FORMATS)})")
IN_MEMORY = 4 * 1024 * 1024
CHUNK = 64 * 1024
HEADERS = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}


def table(visit: Visit) -> Response:
    """/data/{name}: a table in one format, or the description of all. Raises NotFoundError."""
    about = About(visit.status, visit.origin)
    if visit.ids["name"] == PACKAGE:
        return Response(data_package(visit.db, about), 200, HEADERS, "application/json")
    match = NAME.fullmatch(visit.ids["name"])
    if match is None or match[1] not in BY_NAME:
        raise NotFoundError("没有这张数据表。", "There is no such table.")
    media_type, write = FORMATS[match[2]]
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (closed when it was sent)
    write(cast("BinaryIO", file), visit.db, BY_NAME[match[1]], about)
    length = file.tell()
    file.seek(0)
    name = file_name(f"{match[1]}.{match[2]}", about)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(length)}
    return StreamingResponse(_chunks(file), 200, headers, media_type)


def newest(visit: Visit) -> Response:
    """/feed.xml."""
    return Response(feed(visit.db, About(visit.status, visit.origin)), 200, HEADERS, MEDIA_TYPE)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
