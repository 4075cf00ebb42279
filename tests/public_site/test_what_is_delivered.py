"""Pages of teams, companionship, trainings and services: whole batches, honest bars, no name, links from everywhere."""

import re
from pathlib import Path

import pytest

from ledger.domain.entry import day_of, parse_entry
from ledger.tlog.merkle import leaf_hash
from projections.source import LogFolderSource
from tests.projections.amended_log import amended_log
from tests.projections.book import Book
from tests.public_site.served import Served, publish_book, serve, words_of

LISTS = ("/companionships", "/trainings", "/services", "/teams")


def link_to(site: Served, start: str, text: str) -> str:
    """The first link from a page whose text has ``text``."""
    for href, shown in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>([^<]*)</a>', site.get(start).text):
        if text in shown:
            return str(href)
    raise AssertionError(f"{start} has no link {text}")


def drawn(site: Served, path: str) -> str:
    """What a reader sees on a page, the labels inside its drawings included."""
    return words_of(re.sub(r"(</?)(svg|title)", r"\1g", site.get(path).text))


def as_it_was(site: Served, folder: Path, day: str) -> Served:
    """The same ledger with the entries that were recorded until the end of a day."""
    source, book = LogFolderSource(site.log), Book()
    for raw in source.read(0, source.size()):
        if day_of(parse_entry(raw).recorded_at).isoformat() <= day:
            book.entries.append(raw)
            book.tree.append(leaf_hash(raw))
    publish_book(book, folder / "log")
    return serve(folder, folder / "log")


@pytest.mark.parametrize("path", LISTS)
def test_list_says_what_it_counts_and_leads_to_each_record(demo: Served, path: str) -> None:
    page = demo.get(path).text
    records = set(re.findall(rf'href="({path}/[0-9a-f-]+)"', page))
    assert len(records) >= 2
    assert all(demo.get(record).status_code == 200 for record in records)
    assert f'href="{path}"' in demo.get("/what").text
    assert "测试用名" not in page


@pytest.mark.parametrize("path", LISTS)
def test_list_of_a_new_ledger_says_what_is_not_there_yet(empty: Served, path: str) -> None:
    assert "还没有" in words_of(empty.get(path).text)


def test_companionship_shows_each_period_as_a_whole_batch_and_no_names(demo: Served) -> None:
    page = demo.get(link_to(demo, "/companionships", "周末陪伴")).text
    said = words_of(page)
    assert "陪伴94次，597人次参加" in said
    assert "2023年7月至8月" in said, "the month that was held for the next one"
    assert "不记谈了什么" in said
    assert "测试用名" not in page
    counts = [int(found) for found in re.findall(r'data-label="人次"><a class="n" href="[^"]+">(\d+)</a>', page)]
    assert len(counts) == 28
    assert min(counts) >= 10


def test_paired_children_are_counted_apart_from_those_whose_pairing_ended(demo: Served) -> None:
    said = words_of(demo.get(link_to(demo, "/companionships", "学龄儿童结对")).text)
    assert "结对75 对5条账目" in said
    assert "结束结对20 对" in said
    assert "毕业、转学或搬离" in said


def test_obligation_is_met_late_in_the_year_and_says_so(demo: Served) -> None:
    for path in ("/effect", "/what", "/trainings", link_to(demo, "/trainings", "2024年第三场")):
        assert "要求2场，已办3场，其中2场在下半年" in words_of(re.sub(r"</?(svg|title)", "<g", demo.get(path).text)), (
            path
        )
    said = words_of(demo.get("/what").text)
    assert "要求1支，已有1支" in said
    assert "要求1至2所，已完成2所" in said
    assert said.count("要求1批，已送1批") == 3


def test_bar_was_red_on_the_last_day_of_october_and_is_not_red_now(demo: Served, tmp_path: Path) -> None:
    before = as_it_was(demo, tmp_path, "2024-10-31")
    assert "要求2场，已办1场，还差1场" in drawn(before, "/trainings")
    assert "1个时段次数不够：集中职业培训，2024年。" in drawn(before, "/trainings")
    assert ['class="strong late"' in site.get("/trainings").text for site in (before, demo)] == [True, False]
    red = '<strong class="flag red">要求2场，已办1场，还差1场</strong>'
    assert red in before.get("/what").text, "as large as those that were met"
    assert "flag red" not in demo.get("/what").text.partition("<h2>方案要求</h2>")[2]


def test_hours_are_valued_openly_and_not_counted_as_cash(demo: Served) -> None:
    page = demo.get(link_to(demo, "/services", "粤菜师傅培训班")).text
    said = words_of(page)
    assert "市场价；折价不计入现金" in said
    assert "27,720.00" in said, "252 hours at 110 yuan"
    balance = demo.get("/how-much").text
    assert "27,720.00" not in balance
    assert "不与“帮了多少”里捐赠的服务相加" in said


def test_training_that_was_cancelled_says_so_where_those_held_stand(demo: Served) -> None:
    said = words_of(demo.get("/trainings").text)
    assert "1项取消了" in said
    page = words_of(demo.get(link_to(demo, "/trainings", "（2024年春）")).text)
    assert "已取消，没有举办" in page
    assert "报名人数不足" in page


def test_project_organisation_school_and_search_lead_to_what_was_delivered(demo: Served) -> None:
    weekends = link_to(demo, "/companionships", "周末陪伴")
    project = demo.get(link_to(demo, "/what", "对口帮扶三排镇志愿服务队")).text
    assert weekends in project
    assert "1项陪伴、培训或服务" in words_of(project)
    assert "陪伴、培训和服务不办工程验收" in words_of(project)
    assert weekends in demo.get(link_to(demo, "/organisations", "示例十三号")).text
    assert weekends in demo.get("/search?q=周末陪伴").text
    assert weekends in demo.get("/whom").text
    school = words_of(demo.get("/places/school-s1").text)
    assert "在当地的探访15 次" in school
    assert "示例十三号志愿服务协会探访示例小学甲" in school


def test_place_counts_people_group_by_group_from_whole_batches(demo: Served) -> None:
    page = demo.get("/places/441826105").text
    for group in ("儿童", "16岁以上青年", "家庭", "教师", "成人"):
        assert re.search(rf"<dt>{group}</dt>", page), group
    total = re.search(r'<dt>儿童</dt><dd><a href="([^"]+)"><span class="n">([\d,]+)</span>', page)
    assert total
    listed = words_of(demo.get(total[1].replace("&amp;", "&")).text)
    assert f"{total[2]}人次" in listed


def test_second_team_is_not_there_and_the_one_that_is_shows_no_members(demo: Served) -> None:
    page = demo.get("/teams").text
    assert "三排镇青年志愿队" not in page
    team = demo.get(link_to(demo, "/teams", "志愿服务队")).text
    assert "现有41人" in words_of(team)
    assert "测试用名" not in team


def test_corrected_and_voided_deliveries_keep_their_pages(amended: Served) -> None:
    book = amended_log()
    path = f"/companionships/{book.ref('companionship', 'pairs').partition('/')[2]}"
    page = amended.get(path).text
    assert "陪伴11次" in words_of(page)
    assert f'href="/entries/{book.at("companionship.corrected", "pairs")}"' in page
    struck = amended.get(f"/companionships/{book.ref('companionship', 'twice').partition('/')[2]}").text
    assert "已作废，不计入任何数字" in words_of(struck)
    voided = amended.get(f"/trainings/{book.ref('training', 'second').partition('/')[2]}").text
    assert "已作废" in words_of(voided)


def test_delivery_that_is_not_there_is_not_found(demo: Served) -> None:
    for path in LISTS:
        assert demo.get(f"{path}/nothing").status_code == 404
        assert demo.get(f"{path}/01890a5d-ac96-7740-8f5b-1d8b4f9a1c11").status_code == 404
        assert demo.get(f"{path}?page=99").status_code == 200
