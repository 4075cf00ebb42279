"""Long lists in pages of 50 rows or another number: which rows, and the links to the pages before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from public_site.visit import PAGE_ROWS, Visit

NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list: ``offset`` of its first row; ``pager`` is None where one page holds all."""

    offset: int
    pager: dict[str, str | None] | None


def slice_of(visit: Visit, path: str, count: int, rows: int = PAGE_ROWS, *, chosen: Mapping[str, str] = NONE) -> Slice:
    """The page that the query asks for; the last one where it asks for more than there are."""
    pages = max(1, -(-count // rows))
    at = min(visit.number("page"), pages)
    pager = None
    if pages > 1:
        pager = {
            "previous": _address(path, chosen, at - 1) if at > 1 else None,
            "next": _address(path, chosen, at + 1) if at < pages else None,
            "text": f"第{at}页，共{pages}页",
        }
    return Slice((at - 1) * rows, pager)


def _address(path: str, chosen: Mapping[str, str], page: int) -> str:
    return f"{path}?{urlencode({**chosen, 'page': page}, safe='/')}"
