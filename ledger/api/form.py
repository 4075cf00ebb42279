"""A posted form (application/x-www-form-urlencoded), read strictly: known fields, each at most once, whole UTF-8."""

import re
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from ledger.api.body import read_body
from ledger.api.refusals import UnsupportedMediaTypeError
from ledger.errors import InvalidFieldError

FORM_TYPE = re.compile(r"application/x-www-form-urlencoded\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
MAX_FORM = 64 * 1024
HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


async def read_form(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    """What was filled in, by field; an absent field is "".

    Raises TooLargeError, SlowBodyError, UnsupportedMediaTypeError, and InvalidFieldError for whatever no browser sends.
    """
    if not FORM_TYPE.fullmatch(request.headers.get("content-type", "").strip()):
        raise UnsupportedMediaTypeError("application/x-www-form-urlencoded")
    body = await read_body(request, most=MAX_FORM)
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise _odd() from None
    filled: dict[str, str] = {}
    for pair in filter(None, text.split("&")):
        name, equals, value = pair.partition("=")
        if not equals or name not in names or name in filled:
            raise _odd()
        filled[name] = _decoded(value)
    return {name: filled.get(name, "") for name in names}


def _decoded(value: str) -> str:
    if HALF_ESCAPE.search(value):
        raise _odd()
    try:
        return unquote_to_bytes(value.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise _odd() from None


def _odd() -> InvalidFieldError:
    return InvalidFieldError(
        "表单的内容不是本站的表单会发出的样子。请打开表单，重新填写。",
        "This is not what the form of this site sends. Open the form and fill it in again.",
    )
