"""Headers on every answer, methods, HEAD, and pages for errors that say what to do."""

import re
from types import SimpleNamespace

import httpx
import pytest
from fastapi import HTTPException

from projections.views import Views
from public_site import app as site_app
from public_site import rendering
from public_site.app import Site, SiteApp, create_site
from public_site.drawn import Drawn
from public_site.published_log import PublishedLog
from public_site.visit import Page
from tests.public_site.served import ORIGIN, Served, words_of

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CHECKING = f"{POLICY}; script-src 'self'; connect-src 'self'"
EVERYWHERE = {"content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
ROUTES = [
    ("/", 200),
    ("/where", 200),
    ("/entries/0", 200),
    ("/verify", 200),
    ("/static/verifier/note.js", 200),
    ("/static/verifier", 404),
    ("/audit", 200),
    ("/audit?from=nonsense", 400),
    ("/static/site.css", 200),
    ("/static/../app.py", 404),
    ("/log/checkpoint", 200),
    ("/log/nothing", 404),
    ("/nowhere", 404),
    ("/projects/nothing", 404),
    ("/entries/99999999", 404),
]


@pytest.mark.parametrize(("path", "status"), ROUTES)
def test_every_answer_carries_the_security_headers(empty: Served, path: str, status: int) -> None:
    answer = empty.get(path)
    assert answer.status_code == status
    checking = path == "/verify" or path.startswith("/entries/")
    expected = EVERYWHERE | ({"content-security-policy": CHECKING} if checking else {})
    assert {name: answer.headers[name] for name in expected} == expected
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    wanted = "cross-origin" if path.startswith("/log/") else "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == wanted
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/where", "/entries/x", "/entries", "/verify/x", "/log/checkpoint", "/static/site.css"]
)
def test_no_other_answer_may_run_a_script(empty: Served, path: str) -> None:
    assert empty.get(path).headers["content-security-policy"] == POLICY


def test_modules_are_asked_for_again_so_that_no_old_one_meets_a_new_one(empty: Served) -> None:
    first = empty.get("/static/verifier/note.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    again = empty.get("/static/verifier/note.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    linked = re.findall(r'<script type="module" src="([^"]*)"></script>', empty.get("/verify").text)
    assert len(linked) == 1
    assert "immutable" in empty.get(linked[0]).headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/log/checkpoint", "/static/site.css", "/nowhere"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_site_is_only_for_reading(empty: Served, path: str, method: str) -> None:
    answer = empty.get(path, method=method)
    assert answer.status_code == (404 if path == "/nowhere" else 405)
    assert "content-security-policy" in answer.headers
    if answer.status_code == 405:
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert "只能读取" in answer.text


@pytest.mark.parametrize("path", ["/", "/entries/0", "/log/checkpoint", "/log/vkey", "/static/site.css", "/nowhere"])
def test_head_is_the_answer_without_its_body(empty: Served, path: str) -> None:
    full, head = empty.get(path), empty.get(path, method="HEAD")
    assert head.content == b""
    assert head.status_code == full.status_code
    assert dict(head.headers) == dict(full.headers)


def test_missing_page_says_what_was_looked_for_and_where_to_go(empty: Served) -> None:
    answer = empty.get("/projects/0188b6de-0000-7000-8000-000000000000")
    assert answer.status_code == 404
    said = words_of(answer.text)
    assert "没有找到" in said
    assert "/projects/0188b6de" in said
    assert 'href="/search"' in answer.text


def test_address_is_shown_as_text_in_the_page_that_cannot_find_it(empty: Served) -> None:
    answer = empty.get("/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_site_without_read_models_says_so_and_promises_nothing(spoilt: Served) -> None:
    spoilt.views.unlink()
    answer = create_and_get(spoilt)
    assert answer.status_code == 503
    assert "网页数据还没有生成" in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert "演示数据" not in answer.text
    assert "账目完整" not in answer.text


def create_and_get(served: Served) -> httpx.Response:
    fresh = create_site(served.views, served.log, origin_url=ORIGIN)
    return Served(fresh, served.views, served.log).get("/")


def test_read_models_with_nothing_in_them_are_not_a_ledger(spoilt: Served) -> None:
    spoilt.views.write_bytes(b"")
    assert create_and_get(spoilt).status_code == 503


def test_our_own_mistake_is_a_page_too_with_its_headers(
    empty: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    render = rendering.render

    def fail(page: Page, site: SimpleNamespace) -> Drawn:
        if page.status == 200:
            raise ZeroDivisionError("secret detail")
        return render(page, site)

    monkeypatch.setattr(site_app, "render", fail)
    answer = empty.get("/?broken")  # a page that is not in memory
    assert answer.status_code == 500
    assert "这一页出错了" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert "a page failed: /" in caplog.text


def test_static_files_are_cached_and_checked_by_their_digest(empty: Served) -> None:
    first = empty.get("/static/site.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    linked = re.findall(r'href="(/static/site.css[^"]*)"', empty.get("/").text)[0]
    assert "immutable" in empty.get(linked).headers["cache-control"]
    assert "immutable" not in empty.get("/static/site.css?v=old").headers["cache-control"]
    again = empty.get("/static/site.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert empty.get("/static/mark.svg").headers["content-type"] == "image/svg+xml"


def test_pages_are_asked_for_again_and_errors_not_cached(empty: Served) -> None:
    assert empty.get("/").headers["cache-control"] == "no-cache"
    assert "cache-control" not in empty.get("/nowhere").headers


def test_api_beside_the_site_keeps_its_own_errors_and_headers(empty: Served) -> None:
    app = SiteApp(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/api/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    Site(Views(empty.views), PublishedLog(empty.log), ORIGIN, None).add_to(app)
    both = Served(app, empty.views, empty.log)
    answer = both.get("/api/teapot")
    assert (answer.status_code, answer.json()) == (418, {"detail": "short and stout"})
    assert "content-security-policy" not in answer.headers
    assert both.get("/api/nothing").headers["content-type"] == "application/json"
    assert "没有找到" in both.get("/apiary").text
    assert both.get("/").status_code == 200
