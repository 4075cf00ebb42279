"""The frame of every page: banner, masthead, ledger strip, landmarks, and links only to pages that exist."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parents[2] / "public_site" / "templates"
ENV = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
EVIL = "<script>alert(1)</script>"


def _drawn(strip: dict[str, object], hrefs: tuple[str, ...]) -> str:
    drawn: str = vars(ENV.get_template("macros/strip.html").module)["strip"](strip, hrefs)
    return drawn


def site(*, hrefs: tuple[str, ...] = ("/duties",), **changes: object) -> SimpleNamespace:
    badges = [
        {"state": "ok", "word": "更新及时", "sentence": "一句话。"},
        {"state": "wait", "word": "见证不足（2/3）", "sentence": "一句话。"},
    ]
    strip = {"badges": badges, "overdue_count": 2, "entries_count": 1605, "last_index": 1604}
    values = {
        "demonstration": True,
        "lang": "zh",
        "path": "/what",
        "section": "what",
        "strip": _drawn(strip | {"last_on": "3月31日", "witnesses": None}, hrefs),
        "foot": None,
        "english_url": None,
        "qr": None,
        "search": False,
        "nav": [
            {"href": "/", "text": "首页", "current": False},
            {"href": "/what", "text": "什么项目", "current": True},
        ],
        "nav_more": [],
        "index": [{"heading": "账本", "links": [{"href": "/duties", "text": "到期事项"}]}],
    }
    return SimpleNamespace(**values | changes)


PAGE = (
    '{% extends "base.html" %}{% block title %}示例{{ evil }}{% endblock %}{% block body %}<h1>示例</h1>{% endblock %}'
)


def page(**changes: Any) -> str:
    return ENV.from_string(PAGE).render(site=site(**changes), evil=EVIL)


def test_page_opens_with_the_demonstration_banner_and_only_then_the_masthead() -> None:
    shown = page()
    assert shown.index("演示数据") < shown.index('class="band"')
    assert "演示数据" not in page(demonstration=False)


def test_page_has_its_landmarks_language_and_one_stylesheet() -> None:
    shown = page()
    assert '<html lang="zh-Hans-CN">' in shown
    assert '<html lang="en">' in page(lang="en")
    assert shown.count('rel="stylesheet"') == 1
    assert shown.count("<main") == 1
    assert shown.count('aria-current="page"') == 1
    assert "跳到正文" in shown
    assert "<title>示例&lt;script" in shown
    assert "· 阳光账本</title>" in shown


def test_every_icon_a_page_may_use_is_in_its_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="i-([a-z]+)"', page()))
    named = {"ok", "wait", "bad", "unknown", "part", "missing", "check", "cross", "mark"}
    assert named <= drawn


def test_strip_puts_the_worst_state_on_phones_and_links_only_pages_that_exist() -> None:
    shown = page()
    assert '<span class="wide"><span class="badge ok">' in shown
    assert '<span><span class="badge wait">' in shown
    assert '<a href="/duties">逾期未公开2项</a>' in shown
    assert 'href="/verify"' not in shown
    assert "自己核对" in shown


def test_home_shows_the_strip_only_on_phones() -> None:
    assert 'class="strip home"' in page(section="home")
    assert '<aside class="strip"' not in page(strip=None)


def test_search_appears_only_where_there_is_a_search_page() -> None:
    assert "<form" not in page()
    assert page(search=True).count('role="search"') == 2


def test_page_carries_no_script_style_or_outside_address() -> None:
    shown = page(search=True, english_url="/en/what")
    assert not re.findall(r'<script|<style|\sstyle=|(?:href|src|action)="(?!/|#)', shown)


def test_count_of_entries_leads_to_all_entries_or_to_the_last_one() -> None:
    assert '<a class="n" href="/entries/1604">1,605</a>' in page()
    assert '<a class="n" href="/audit">1,605</a>' in page(hrefs=("/audit",))
