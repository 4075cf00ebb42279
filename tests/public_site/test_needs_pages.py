"""What the pages of needs say: the funnel, what nobody has met first, the thread, and where else needs are shown."""

import re
from pathlib import Path

import pytest

from tests.projections.amended_log import amended_log
from tests.public_site.served import Served, publish_book, serve, words_of
from tests.public_site.test_pages_say import path_to

ROW = re.compile(r'<tr><th scope="row"><a href="/needs/([^"]+)">([^<]+)</a></th>(.*?)</tr>', re.DOTALL)


def rows(site: Served, path: str) -> list[tuple[str, list[str]]]:
    """Name and cells of every need that a page lists, over all its pages."""
    found: list[tuple[str, list[str]]] = []
    number = 1
    while True:
        page = site.get(f"{path}{'&' if '?' in path else '?'}page={number}").text
        for _, name, cells in ROW.findall(page):
            found.append((name, [words_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)]))
        if 'rel="next"' not in page:
            return found
        number += 1


def test_the_funnel_is_said_and_each_of_its_figures_leads_to_as_many_entries(demo: Served) -> None:
    page = demo.get("/needs").text
    assert "报告140项 → 核实120项 → 对接96项 → 满足90项" in words_of(page)
    for name, value in (("reported", 140), ("verified", 120), ("matched", 96), ("met", 90)):
        assert f'<a class="n" href="/audit?figure=needs.{name}">{value}</a>' in page
        assert f"由下面{value}条账目算出" in words_of(demo.get(f"/audit?figure=needs.{name}").text)


def test_every_need_is_listed_once_and_what_nobody_has_met_comes_first(demo: Served) -> None:
    found = rows(demo, "/needs")
    assert len(found) == len(set(map(str, found))) == 140
    states = [cells[2] for _, cells in found]
    untaken = [index for index, state in enumerate(states) if state in ("待核实", "待对接", "对接的项目已取消")]
    assert untaken == list(range(26))
    waits = [int(cells[4].replace(",", "")) for _, cells in found[:26]]
    assert waits == sorted(waits, reverse=True)
    assert set(states[26:32]) == {"已对接"}
    assert set(states[32:122]) == {"已满足"}


@pytest.mark.parametrize(
    ("query", "state", "count"),
    [("state=waiting", None, 32), ("state=met", "已满足", 90), ("state=withdrawn", "已撤回", 18),
     ("state=matched", "已对接", 6), ("category=scholarship", None, 5), ("state=nothing", None, 0)],
)  # fmt: skip
def test_the_list_is_filtered_by_a_form(demo: Served, query: str, state: str | None, count: int) -> None:
    found = rows(demo, f"/needs?{query}")
    assert len(found) == count
    assert state is None or {cells[2] for _, cells in found} == {state}
    said = words_of(demo.get(f"/needs?{query}").text)
    assert f"符合条件的有{count}项" in said


def test_needs_of_a_place_are_found_with_those_below_it(demo: Served) -> None:
    town = path_to(demo, "/where", "三排镇").rpartition("/")[2]
    village = path_to(demo, "/where", "南岗").rpartition("/")[2]
    assert len(rows(demo, f"/needs?place=place/{town}")) == 140
    assert {name.partition("：")[0] for name, _ in rows(demo, f"/needs?place=place/{village}")} == {"南岗"}


def test_numbers_and_states_of_an_address_that_make_no_sense_are_no_error(demo: Served) -> None:
    for query in ("page=-1", "page=x", "page=999", "place=%25", "state=%27", "year=x"):
        assert demo.get(f"/needs?{query}").status_code == 200


def test_the_sums_by_place_and_by_category_are_the_total(demo: Served) -> None:
    page = demo.get("/needs").text
    for anchor in ("places", "categories"):
        table = page.split(f'<section id="{anchor}">')[1].split("</table>")[0]
        body, foot = table.split("<tfoot>")
        numbers = [
            [int(words_of(cell)) for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', row)]
            for row in re.findall(r"<tr>(.*?)</tr>", body.split("<tbody>")[1], re.DOTALL)
        ]
        total = [int(words_of(cell)) for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', foot)]
        assert [sum(column) for column in zip(*numbers, strict=True)] == total == [140, 26, 6, 90, 18]


def test_a_need_that_nobody_took_up_says_for_how_long_it_has_waited(demo: Served) -> None:
    page = demo.get(path_to(demo, "/needs", "没有儿童活动室")).text
    said = words_of(page)
    assert re.search(r"还没有项目承接，已经等了1,0\d\d天", said)
    names = re.findall(r"<h3>([^<]+)<span class=\"hide\">([^<]+)</span></h3>", page)
    assert [name for name, _ in names] == ["需求", "项目", "捐赠", "工程、奖学金或服务", "验收", "效果"]
    assert ("项目", "应有而没有") in names
    assert "没有对接成功，原因：资金不足" in said


def test_the_thread_of_a_met_need_leads_from_report_to_acceptance_and_effect(demo: Served) -> None:
    page = demo.get(path_to(demo, "/needs?state=met&category=facilities", "教室照明不足")).text
    said = words_of(page)
    for step in ("示例小学甲报告：示例小学甲教室照明不足，9间", "列为优先", "由“示例小学甲老旧教学设施更新（优先）”",
                 "分配给", "完工", "示例小学甲验收", "照度达标率", "等了331天后满足"):  # fmt: skip
        assert step in said, step
    marks = re.findall(r'<li class="(ok|part|missing|none)"><div class="st">', page)
    assert marks == ["ok"] * 6


def test_a_need_of_people_shows_its_batch_and_never_who_they_are(demo: Served) -> None:
    page = demo.get(path_to(demo, "/needs?state=met&category=study_room", "学习位置")).text
    assert "户次" in page
    assert "名单已封存，行数与公布的人数一致" in page
    assert "测试用名" not in page


def test_project_page_links_the_needs_it_answers(demo: Served) -> None:
    page = demo.get(path_to(demo, "/what", "示例中学甲宿舍热水和照明")).text
    assert "2项，0项已满足" in page
    assert path_to(demo, "/needs?state=matched", "宿舍没有热水") in page
    done = words_of(demo.get(path_to(demo, "/what", "居家学习环境改造（2022年）")).text)
    assert "家中没有固定的学习位置，家庭12户次，已满足" in done


def test_works_and_rounds_name_the_needs_they_met(demo: Served) -> None:
    works = demo.get(path_to(demo, "/projects" + path_to(demo, "/what", "示例小学甲老旧")[9:], "教室翻新")).text
    assert "满足的需求" in works
    assert "教室照明不足" in works
    assert "满足的需求" in demo.get(path_to(demo, "/whom", "奖学金第一轮")).text


def test_needs_not_met_stand_on_home_and_on_whom_and_at_their_place(demo: Served) -> None:
    assert re.search(
        r"没有满足的需求</dt><dd><a href=\"/audit\?figure=needs.waiting\"><span class=\"n\">32", demo.get("/").text
    )
    whom = demo.get("/whom").text.split("还没有满足的需求</h2>")[1]
    assert len(ROW.findall(whom)) == 10
    assert "全部32项没有满足的需求" in words_of(whom)
    place = demo.get("/places/village-nangang").text
    assert "没有儿童活动室" in place
    assert "没有满足的" in words_of(place)


def test_search_finds_needs_by_what_is_lacking_and_by_place(demo: Served) -> None:
    said = words_of(demo.get("/search?q=饮水点").text)
    assert "示例小学甲：饮水点不足" in said
    assert "需求" in said
    assert "南岗：没有儿童活动室" in words_of(demo.get("/search?q=南岗：").text)


def test_a_need_whose_project_was_cancelled_says_so_and_a_voided_one_is_struck(amended: Served) -> None:
    book = amended_log()
    cooks = words_of(amended.get(f"/needs/{book.ref('need', 'cooks')[5:]}").text)
    assert "对接的“服务”已取消，没有别的项目承接" in cooks
    voided = amended.get(f"/needs/{book.ref('need', 'twice')[5:]}").text
    assert "已作废" in voided
    assert "<del>" in voided
    corrected = amended.get(f"/needs/{book.ref('need', 'computers')[5:]}").text
    assert re.search(r'<p class="said"><del>.*?20套.*?</del> <ins>.*?24套', corrected)


def test_a_need_whose_words_attack_is_shown_as_text(tmp_path: Path) -> None:
    book = amended_log()
    data = {"place": book.ref("place", "west"), "category": "equipment", "count": 1, "unit": "set"}
    book.add("need.reported", "evil", {**data, "what": "<script>alert(1)</script>"}, by="lead")
    publish_book(book, tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    for path in ("/needs", f"/needs/{book.ref('need', 'evil')[5:]}", "/whom", "/places/code-west", "/search?q=alert"):
        answer = site.get(path)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "&lt;script&gt;" in answer.text, path


def test_a_new_ledger_says_that_no_need_was_recorded(empty: Served) -> None:
    said = words_of(empty.get("/needs").text)
    assert "还没有记录需求" in said
    assert "没有账目" in said
