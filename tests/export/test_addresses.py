"""Which file holds which page, and how a page names another: no two share a file, and links work from anywhere."""

import pytest

from yangguang.export.addresses import link, page_file
from yangguang.export.pages import still


def test_addresses_that_differ_lie_in_files_that_differ() -> None:
    addresses = [
        "/", "/audit", "/audit?page=2", "/audit?page=21", "/audit?figure=a.b&of=x", "/audit?figure=a.b%26of%3Dx",
        "/audit?of=x~y", "/audit?of=x/y", "/audit?of=x%2By", "/audit?of=x%2Cy", "/audit?of=x&y=", "/audit/page=2",
        "/what?q=村", "/what?q=!e6", "/places/1?page=2", "/audit?q=" + "a" * 300, "/audit?q=" + "a" * 301,
    ]  # fmt: skip
    found = [page_file(address) for address in addresses]
    assert len(set(found)) == len(found)
    assert all(len(part) < 255 for name in found for part in name.split("/"))
    assert page_file("/audit?figure=balance.received&page=2") == "audit/figure=balance.received,page=2/index.html"
    assert page_file("/ask?about=/needs") == page_file("/ask") == "ask/index.html"
    assert page_file("/audit?what=key&page=1") == page_file("/audit?what=key") == "audit/what=key/index.html"


@pytest.mark.parametrize(
    ("page", "address", "expected"),
    [
        ("index.html", "/", "index.html"),
        ("entries/12/index.html", "/entries/13#proof", "../../entries/13/index.html#proof"),
        ("index.html", "/static/site.css?v=ab", "static/site.css?v=ab"),
        ("a/b/c/index.html", "/log/tile/0/000.p/7", "../../../log/tile/0/000.p/7"),
        ("verify/index.html", "/verify#entry=7", "../verify/index.html#entry=7"),
    ],
)
def test_link_is_relative_to_its_page(page: str, address: str, expected: str) -> None:
    assert link("../" * page.count("/"), address) == expected


def test_page_keeps_everything_but_links_and_forms() -> None:
    page = '<a href="/entries/1">x</a><a href="#top">y</a><form class="filter" action="/audit">z</form><form id="pins">'
    made = still("audit/index.html", page, {})
    assert made.html.startswith('<a href="../entries/1/index.html">x</a><a href="#top">y</a>')
    assert made.html.endswith('<form id="pins">')
    assert made.pages == {"/entries/1", "/data"}
