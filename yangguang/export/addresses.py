"""Which file of an export holds what an address of the site shows, and how one page names another.

    /                                        index.html
    /entries/12                              entries/12/index.html
    /audit?figure=place.paid&of=place/0188…  audit/figure=place.paid,of=place+0188…/index.html
    /static/site.css?v=1a2b3c4d5e6f          static/site.css?v=1a2b3c4d5e6f
    /ask?about=/needs                        ask/index.html
    /log/tile/0/000  /data/donations.csv     the same

Two addresses share a file only where they mean the same: names keep letters, digits, ``.~_-``, a slash becomes ``+``,
anything else ``!`` and its bytes in hex. Links name files in full, so that they work from a disk too.
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode

INDEX = "index.html"
AS_THEY_ARE = ("/log/", "/static/", "/data/", "/evidence/")
"""What these hold are files already."""
FILES = re.compile(r"/feed\.xml|/witnessed/(?:checkpoint|policy)|/(?:log|static|data|evidence)/.+")
ONE_PAGE = ("/ask", "/search")
"""Whatever is asked of them, nobody answers."""
FIRST = ("page", "1")
LONGEST = 180


def is_file(path: str) -> bool:
    """Whether an address, without its query, is a file of the site and no page."""
    return FILES.fullmatch(path) is not None


def plain(address: str) -> str:
    """The shortest address of the same page: a list's first page is the list, and nothing is asked of the form."""
    path, _, query = address.partition("?")
    pairs = [] if path in ONE_PAGE else parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair != FIRST]
    return f"{path}?{urlencode(kept, safe='/~')}" if kept else path


@lru_cache(maxsize=65536)
def page_file(address: str) -> str:
    """The file that holds the page at an address."""
    path, _, query = plain(address).partition("?")
    parts = [_named(unquote(part)) for part in path.split("/") if part]
    if pairs := parse_qsl(query, keep_blank_values=True):
        parts.append(_short(",".join(f"{_named(name)}={_named(value)}" for name, value in pairs)))
    return "/".join([*parts, INDEX])


def link(up: str, address: str) -> str:
    """How a page names an address of the site, fragment and all; ``up`` leads from it to the top, as ``../../``."""
    rest, _, fragment = address.partition("#")
    return up + _target(rest) + (f"#{fragment}" if fragment else "")


@lru_cache(maxsize=65536)
def _target(address: str) -> str:
    """Most pages name the same few dozens of addresses."""
    path, _, query = address.partition("?")
    if is_file(path):
        return quote(path.removeprefix("/"), safe="/~") + (f"?{query}" if query else "")
    return quote(page_file(address), safe="/~=,+!")


def _named(text: str) -> str:
    return "".join(_letter(character) for character in text)


def _letter(character: str) -> str:
    if character.isascii() and (character.isalnum() or character in ".~_-"):
        return character
    return "+" if character == "/" else "".join(f"!{byte:02x}" for byte in character.encode())


def _short(name: str) -> str:
    """File systems take 255 bytes; a name that was cut ends in the digest of the whole."""
    if len(name) <= LONGEST:
        return name
    return f"{name[:LONGEST]}~{hashlib.sha256(name.encode()).hexdigest()[:24]}"
