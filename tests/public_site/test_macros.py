"""Every macro rendered with sample values: words are escaped, figures linked, no state claimed that was not given."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[2] / "public_site" / "templates"
ENV = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
EVIL = '<script>alert("1")</script>'
FIGURE = {
    "label": "收到现金（元）",
    "number": "2,468,500.00",
    "unit": "",
    "href": "/audit?a=1&b=2",
    "source": "138条账目",
}


def module(name: str) -> Any:
    return ENV.get_template(f"macros/{name}.html").module


UI = module("ui")
PROOF = module("proof")


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", markup)).strip()


def beads(count: int, current: int) -> list[dict[str, object]]:
    return [
        {"label": "付款", "index": 1000 + i, "href": f"/entries/{1000 + i}", "date": "5月6日", "current": i == current}
        for i in range(count)
    ]


def call(macro: str, body: str) -> str:
    """A call block around `body`; both macro files are imported."""
    head = '{% import "macros/ui.html" as ui %}{% import "macros/proof.html" as proof %}'
    return ENV.from_string(f"{head}{{% call {macro} %}}{body}{{% endcall %}}").render(evil=EVIL)


ESCAPING: dict[str, Callable[[], str]] = {
    "badge": lambda: UI.badge("ok", EVIL),
    "figure": lambda: UI.figure(EVIL, EVIL, EVIL, EVIL, EVIL),
    "figures": lambda: UI.figures([FIGURE | {"label": EVIL}]),
    "question_row": lambda: UI.question_row("/where", EVIL, EVIL, [FIGURE]),
    "balance": lambda: UI.balance([{"label": EVIL, "number": EVIL, "href": EVIL}], True),
    "number_link": lambda: UI.number_link(EVIL, EVIL),
    "entry_links": lambda: UI.entry_links([{"index": 1, "word": EVIL}]),
    "table": lambda: UI.table(EVIL, [{"text": EVIL}, {"text": EVIL}], [[EVIL, {"text": EVIL, "href": EVIL}]]),
    "thread": lambda: UI.thread(
        [{"name": EVIL, "note": EVIL, "mark": "ok", "events": [{"sentence": EVIL, "date": EVIL, "entries": [1]}]}]
    ),
    "log_list": lambda: UI.log_list(
        [{"index": 1, "sentence": EVIL, "flags": [{"text": EVIL, "tone": "red"}], "kind": EVIL, "organisation": EVIL}]
    ),
    "recent": lambda: UI.recent([{"sentence": EVIL}]),
    "day_heading": lambda: UI.day_heading(EVIL),
    "filter_form": lambda: UI.filter_form(
        EVIL,
        [{"name": "q", "label": EVIL, "type": "text", "value": EVIL, "options": []}],
        [{"text": EVIL, "href": EVIL}],
        EVIL,
    ),
    "pager": lambda: UI.pager(EVIL, EVIL, EVIL),
    "facts": lambda: UI.facts([{"label": EVIL, "value": EVIL, "href": EVIL}]),
    "note": lambda: UI.note("red", EVIL, EVIL, title=EVIL),
    "empty": lambda: UI.empty(EVIL),
    "check_line": lambda: UI.check_line("ok", EVIL, EVIL),
    "crumbs": lambda: UI.crumbs([{"href": EVIL, "text": EVIL}], EVIL),
    "correction": lambda: UI.correction(EVIL, EVIL),
    "due_box": lambda: UI.due_box("red", [{"title": EVIL, "href": EVIL, "sentence": EVIL, "organisation": EVIL}]),
    "panel": lambda: call("ui.panel(evil)", "{{ evil }}"),
    "ledger_panel": lambda: UI.ledger_panel({"badges": [{"state": "ok", "word": EVIL, "sentence": EVIL}]}),
    "sealed_note": lambda: UI.sealed_note(EVIL),
    "downloads": lambda: UI.downloads([{"text": EVIL, "href": EVIL}]),
    "score": lambda: UI.score(1, EVIL, [{"label": EVIL, "got": 1, "of": 2}], [EVIL], EVIL),
    "indicator_table": lambda: UI.indicator_table(
        [{"name": EVIL, "baseline": EVIL, "target": EVIL, "actual": EVIL, "result": {"state": "ok", "word": EVIL}}]
    ),
    "chain": lambda: PROOF.chain([{"label": EVIL, "index": 1, "href": EVIL, "date": EVIL}]),
    "chk": lambda: call("proof.chk(evil, 5)", "{{ evil }}"),
    "steps": lambda: PROOF.steps(
        [{"state": "ok", "title": EVIL, "sentence": EVIL, "summary": EVIL, "details": [{"label": EVIL, "value": EVIL}]}]
    ),
    "ways": lambda: PROOF.ways(proof_href=EVIL, proof_text=EVIL, command=EVIL, browser_href=EVIL),
    "fingerprint": lambda: PROOF.fingerprint(EVIL[:10]),
    "raw": lambda: PROOF.raw(EVIL, 1),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_a_script_written_into_a_sentence_is_shown_as_text(name: str) -> None:
    shown = ESCAPING[name]()
    assert "&lt;script" in shown
    assert "<script" not in shown
    assert '"1"' not in shown


@pytest.mark.parametrize("name", ESCAPING)
def test_no_macro_writes_style_attributes_or_empty_links(name: str) -> None:
    assert not re.findall(r'\sstyle=|href=""|href="None"|<p[^>]*>[^<]*<(?:details|div|dl)', ESCAPING[name]())


def test_state_is_unchecked_unless_a_known_state_comes_with_its_word() -> None:
    for state, word in [("unknown", ""), ("ok", ""), ("fine", "")]:
        assert words_of(UI.badge(state, word)) == "未检查"
        assert 'class="badge unknown"' in UI.badge(state, word)
    assert 'class="badge unknown"' in UI.badge("fine", "账目完整")


def test_figure_is_one_link_over_number_and_source() -> None:
    shown = UI.figure("学校", "5", "所", "/where?a=1&b=2", "5条账目")
    assert shown.count("<a ") == 1
    assert 'href="/where?a=1&amp;b=2"' in shown
    assert words_of(shown) == "学校5 所5条账目"
    assert "class=" not in shown.split(">")[0]


def test_figure_longer_than_twelve_characters_is_set_smaller() -> None:
    assert '<div class="long"' in UI.figure("收到", "12,468,500.00", "", "/a", "1条账目")
    assert '<div class="long"' not in UI.figure("收到", "2,468,500.00", "", "/a", "1条账目")
    assert '<div class="red"' in UI.figure("尚未测量", "3", "项", "/a", "逾期12天", red=True)


def test_balance_reads_as_a_sum_and_says_whether_it_agrees() -> None:
    terms = [{"label": name, "number": "1.00", "href": "/a"} for name in ("收到", "已支付", "尚未分配")]
    assert words_of(UI.balance(terms, verdict=True)).startswith("收到1.00 ＝已支付1.00 ＋尚未分配1.00 相符")
    assert "不相符" in UI.balance(terms, verdict=False)
    assert "未检查" in UI.balance(terms, verdict=None)


def test_entry_numbers_have_commas_in_words_and_none_in_addresses() -> None:
    assert words_of(UI.entry_link(1210)) == "第1,210条"
    assert 'href="/entries/1210"' in UI.entry_link(1210)
    assert 'href="/en/entries/1210"' in UI.entry_link(1210, "en")
    assert words_of(UI.entry_link(0)) == "第0条"


def test_every_entry_stays_reachable_when_there_are_many() -> None:
    shown = UI.entry_links([1, 2, 3, 4, 5])
    assert shown.count('href="/entries/') == 5
    assert "另有2条" in words_of(shown)
    assert "<details" not in UI.entry_links([1, 2, 3])
    assert "全部5条" in words_of(UI.entry_links([1, 2, 3, 4, 5], href="/audit?x=1"))


def test_table_has_scopes_labels_and_bars_sized_by_attributes() -> None:
    columns = [{"text": "计划", "numeric": False}, {"text": "已支付（元）", "numeric": True}]
    bar = {"bar": [{"percent": 62.3, "plan": "c1"}, {"percent": 7.7, "plan": "c0"}]}
    shown = UI.table(
        "各计划", columns, [["童梦计划", {"text": "9.00", "href": "/a"}, bar]], total=["合计", "9.00"], bars=True
    )
    assert shown.count('scope="col"') == 2
    assert shown.count('scope="row"') == 2
    assert 'data-label="已支付（元）"' in shown
    assert '<a class="n" href="/a">9.00</a>' in shown
    assert '<rect class="c0" x="62.30%" width="7.70%"' in shown
    assert shown.count('class="hb"') == 1
    assert "<tfoot>" in shown


def test_missing_station_of_a_thread_is_shown_with_its_word() -> None:
    stations = [
        {"name": "验收", "note": "", "mark": "none", "events": []},
        {"name": "结余说明", "note": "逾期12天", "mark": "missing", "events": []},
    ]
    shown = UI.thread(stations)
    assert shown.count("<li class=") == 2
    assert "结余说明应有而没有" in words_of(shown)
    assert "尚未发生" in shown


def test_log_row_carries_its_flags_but_no_mark_of_its_own() -> None:
    flags = [{"text": "已由第831条更正", "tone": "red", "href": "/entries/831"}]
    shown = UI.log_row(
        {"index": 812, "sentence": "捐赠", "flags": flags, "kind": "收到捐赠", "organisation": "示例三号基金会"}
    )
    assert 'class="flag red"' in shown
    assert 'href="/entries/831"' in shown
    assert "badge" not in shown


def test_filter_shows_four_fields_and_unfolds_the_rest_when_one_is_in_use() -> None:
    fields = [{"name": f"f{i}", "label": f"条件{i}", "type": "text", "value": "", "options": []} for i in range(6)]
    folded = UI.filter_form("/audit", fields, [], None)
    assert "<details><summary>更多条件：条件4、条件5" in folded
    fields[5]["value"] = "三排"
    assert "<details open>" in UI.filter_form("/audit", fields, [], "/audit")
    select = {"name": "k", "label": "事情", "type": "select", "value": "b", "options": [{"value": "b", "text": "捐赠"}]}
    assert '<option value="b" selected>' in UI.filter_form("/audit", [select], [], "/audit")


def test_correction_keeps_the_old_value_and_names_both() -> None:
    shown = UI.correction("30,000.00 元", "27,000.00 元")
    assert words_of(shown) == "原为30,000.00 元 更正为27,000.00 元"
    assert "<del>" in shown
    assert "<ins>" in shown


def test_sentences_already_made_safe_keep_their_links() -> None:
    assert '<a href="/x">9</a>' in UI.note("amber", Markup('<a href="/x">9</a>'))


def test_due_box_counts_what_is_late_and_is_absent_when_nothing_is() -> None:
    duty = {"title": "结余用途说明", "href": "/duties", "sentence": "已逾期12天。", "organisation": "示例二号商会"}
    assert words_of(UI.due_box("red", [duty, duty])).startswith("逾期未公开2项")
    assert words_of(UI.due_box("amber", [duty])).startswith("即将到期1项")
    assert UI.due_box("red", []) == ""


def test_page_foot_says_what_it_covers_and_how_many_corrections() -> None:
    foot = {
        "covered": "第0条至第1,604条",
        "as_of": "2025年3月31日18:02",
        "corrections_count": 12,
        "page_url": "https://a.example/x",
        "actions": [{"href": "/r", "text": "报告本页错误"}],
    }
    assert "本页由第0条至第1,604条账目算出，数据截至2025年3月31日18:02。本页数字受12处更正影响。" in words_of(
        UI.page_foot(foot)
    )
    assert "本页数字没有更正。" in UI.page_foot(foot | {"corrections_count": 0})


@pytest.mark.parametrize("current", range(12))
def test_long_chain_keeps_first_two_neighbours_and_last_and_counts_the_rest(current: int) -> None:
    shown = words_of(PROOF.chain(beads(12, current)))
    kept = {0, 1, 11} | {i for i in (current - 1, current, current + 1) if 0 <= i < 12}
    assert {i for i in range(12) if f"第{1000 + i:,}条" in shown} == kept
    assert sum(int(n) for n in re.findall(r"中间(\d+)条", shown)) == 12 - len(kept)


def test_chain_of_seven_is_shown_whole_with_the_current_entry_marked() -> None:
    shown = PROOF.chain(beads(7, 3))
    assert shown.count("付款") == 7
    assert "中间" not in shown
    assert shown.count('aria-current="step"') == 1
    assert "第1,003条，本条" in words_of(shown)


def test_failed_check_comes_first_unfolded_and_in_words() -> None:
    checks = [
        {
            "state": state,
            "title": title,
            "sentence": "一句话。",
            "summary": "看",
            "details": [{"label": "指纹", "value": "ab"}],
        }
        for state, title in (("ok", "签名是真的"), ("bad", "前后相连"), ("strange", "有人见证"))
    ]
    shown = PROOF.steps(checks)
    assert shown.index("前后相连") < shown.index("签名是真的")
    assert "前后相连不相符" in words_of(shown)
    assert "有人见证未检查" in words_of(shown)
    assert shown.count("<details open>") == 1


def test_ways_leave_out_a_page_that_does_not_exist() -> None:
    shown = PROOF.ways(proof_href="/p", proof_text="证明文件", command="yangguang verify")
    assert "在浏览器里核对" not in shown
    assert "用手机" not in shown
    assert "yangguang verify" in shown
    full = PROOF.ways(
        browser_href="/verify", qr=Markup("<svg></svg>"), page_text="对照。", proof_href="/p", proof_text="a"
    )
    assert "打开核对页" in full
    assert "<svg></svg>" in full


def test_short_fingerprint_is_the_first_eight_and_last_four() -> None:
    assert words_of(PROOF.fingerprint("9f3c21a7" + "0" * 52 + "0be4")) == "9f3c 21a7 … 0be4"


def test_signed_text_is_folded_and_counted_in_bytes() -> None:
    shown = words_of(PROOF.raw('{"a":1}', 1612))
    assert shown.startswith("展开原文（JSON，1,612字节）")
