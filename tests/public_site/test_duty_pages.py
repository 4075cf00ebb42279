"""Duties, scores and corrections as pages: what is late stands first, and every date says by which rule."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from projections.disclosure_score import score_of
from projections.duties.calendar import now
from projections.duties.reading import Asked, counts, duties
from projections.duties.rules import RULES
from projections.rows import Duty
from projections.views import Views
from public_site.presenters import words
from public_site.presenters.duties import anchor, deadline
from tests.public_site.served import Served, words_of


@contextmanager
def views_of(site: Served) -> Iterator[sqlite3.Connection]:
    views = Views(site.views)
    with views.reading() as db:
        yield db
    views.close()


def in_state(site: Served, state: str, *, about: str | None = None) -> tuple[Duty, ...]:
    with views_of(site) as db:
        return duties(db, state, Asked(now(db), about=about))


def test_overdue_duties_stand_first_with_days_organisation_and_rule(demo: Served) -> None:
    page = demo.get("/duties").text
    said = words_of(page)
    assert said.index("逾期未公开（") < said.index("90天内到期（") < said.index("已完成（")
    overdue = in_state(demo, "overdue")
    assert overdue
    for duty in overdue:
        assert words_of(duty.about.zh) in said
        assert f"已逾期{duty.days:,}天" in said
        assert f'href="/duties/rules#{anchor(duty.rule)}"' in page
        assert all(organisation.zh in said for organisation in duty.organisations)


def test_every_page_says_how_much_is_overdue_and_home_says_what(demo: Served, amended: Served) -> None:
    for site in (demo, amended):
        count = len(in_state(site, "overdue"))
        pages = ["/", "/what", "/duties", "/audit", "/entries/0", "/nowhere"]
        for path in pages:
            strip = site.get(path).text.split('<aside class="strip')[1].split("</aside>")[0]
            found = re.search(r"逾期未公开(\d+)项", words_of(strip))
            assert (int(found[1]) if found else 0) == count, path
    home = demo.get("/").text
    box = words_of(home.split('<section class="duebox red">')[1].split("</section>")[0])
    first = in_state(demo, "overdue")[0]
    assert box.startswith(f"逾期未公开{len(in_state(demo, 'overdue'))}项")
    assert f"应在{words.full_day(first.due_on)}前公开，{deadline(first)}" in box
    assert first.organisations[0].zh in box
    assert first.rule.source.zh in box
    assert '<section class="duebox amber">' in home


def test_new_ledger_has_no_duties_no_corrections_and_no_scores_and_says_so(empty: Served) -> None:
    assert "还没有要公开的事项" in words_of(empty.get("/duties").text)
    assert "没有更正，也没有作废" in words_of(empty.get("/corrections").text)
    assert "还没有登记项目，所以没有分数" in words_of(empty.get("/score/projects").text)
    assert "逾期未公开" not in empty.get("/").text


def test_met_duties_say_on_which_day_and_how_late(demo: Served) -> None:
    late = in_state(demo, "late")
    assert late
    with views_of(demo) as db:
        of = late[0].organisations[0].reference
        number = counts(db, of).late.value
    said = words_of(demo.get(f"/organisations/{of.partition('/')[2]}").text)
    assert f"{words.full_day(late[0].met_on or date.min)} 迟{late[0].days}天" in said
    assert f"公开迟了{number} 项" in said


def test_list_of_a_state_is_paginated_without_gap_or_repetition(demo: Served) -> None:
    expected = len(in_state(demo, "met"))
    found: list[str] = []
    number = 1
    while True:
        page = demo.get(f"/duties?state=met&page={number}").text
        found += re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
        if 'rel="next"' not in page:
            break
        number += 1
    assert number > 1
    assert len(found) == expected == len(set(found))


def test_duties_are_filtered_by_organisation_kind_and_state_and_nonsense_is_left_out(demo: Served) -> None:
    duty = in_state(demo, "overdue")[0]
    of = duty.organisations[0].reference
    said = words_of(demo.get(f"/duties?organisation={of}&what={duty.rule.code}&state=overdue").text)
    assert words_of(duty.about.zh) in said
    assert "90天内到期（" not in said
    mine = [each for each in in_state(demo, "overdue") if of in [o.reference for o in each.organisations]]
    assert f"逾期未公开（{len([each for each in mine if each.rule.code == duty.rule.code])}项）" in said
    assert demo.get("/duties?organisation=x&what=y&state=z&page=-1").status_code == 200


def test_every_rule_is_shown_with_its_source_its_validity_and_how_much_of_it_is_law(demo: Served) -> None:
    page = demo.get("/duties/rules").text
    for rule in RULES:
        assert f'id="{anchor(rule)}"' in page
        row = words_of(page.split(f'id="{anchor(rule)}"')[1].split("</tr>")[0].partition(">")[2])
        assert rule.source.zh in row
        assert words.full_day(rule.valid_from) in row
        assert ("公开目标" in row) == (rule.standing != "law")
        ended = rule.valid_to is not None and rule.valid_to < date(2025, 3, 31)
        begun = rule.valid_from <= date(2025, 3, 31)
        assert row.endswith("已失效" if ended else "有效" if begun else "还没有生效")


def test_project_with_something_overdue_says_so_above_its_thread(demo: Served) -> None:
    duty = next(each for each in in_state(demo, "overdue") if each.rule.code == "project_close")
    page = demo.get(f"/projects/{duty.about.reference.partition('/')[2]}").text
    before = words_of(page.split("从需求到效果")[0])
    assert f"{duty.title.zh}： 应在" in before or f"{duty.title.zh}：应在" in before
    assert f"已逾期{duty.days}天" in before


def test_closing_report_stands_in_the_thread_of_its_project(demo: Served) -> None:
    settled = next(each for each in in_state(demo, "met") if each.rule.code == "project_close")
    page = demo.get(f"/projects/{settled.about.reference.partition('/')[2]}").text
    station = words_of(page.split("结余说明")[1].split("</li>")[0])
    assert "的结项报告" in station
    assert f"第{settled.met_index:,}条" in station


@pytest.mark.parametrize("kind", ["project", "organisation"])
def test_score_on_a_page_is_the_one_that_its_criteria_add_up_to(demo: Served, kind: str) -> None:
    with views_of(demo) as db:
        references = [
            row[0] for row in db.execute("SELECT record FROM entries WHERE version = 1 AND kind = ?", (kind,))
        ]
        found = {reference: score_of(db, reference) for reference in references}
    assert {score.grade for score in found.values()} >= {None, "A", "B"}
    for reference, score in list(found.items())[:12]:
        path = f"/{words.PATHS[kind]}/{reference.partition('/')[2]}"
        panel = words_of(demo.get(path).text.split("公开程度</h2>")[1].split("</section>")[0])
        page = demo.get(f"/score?of={reference}").text
        if score.grade:
            assert panel.startswith(f"{score.points} 分（满分100），{score.grade}级")
            assert f"{score.points}分，{score.grade}级" in words_of(page)
        else:
            assert "分（满分" not in panel
        points = [int(n) for n in re.findall(r'data-label="得分（分）"><span class="n">(\d+)</span>', page)]
        assert sum(points) == sum(got for _, got, _ in score.parts)
        assert len(points) == sum(item.wanted > 0 for item in score.items)


def test_criteria_are_all_listed_and_what_is_missing_leads_to_its_entries(demo: Served) -> None:
    said = words_of(demo.get("/score").text)
    assert all(f"{number}. " in said for number in range(1, 41))
    with views_of(demo) as db:
        project = db.execute("SELECT project FROM projects WHERE state = 'completed' ORDER BY idx").fetchone()[0]
        missing = [item for item in score_of(db, project).items if item.missing]
    page = demo.get(f"/score?of={project}").text
    assert missing
    for item in missing:
        row = page.split(f"{item.number}. {item.title.zh}")[1].split("</tr>")[0]
        assert f'href="/entries/{item.missing[0]}"' in row


def test_score_of_anything_else_is_not_found(demo: Served) -> None:
    assert demo.get("/score?of=donation/x").status_code == 404
    assert demo.get("/score?of=project/018001b2-7be0-77ab-b472-148762d60455").status_code == 404


def test_corrections_are_counted_by_reason_and_each_says_old_new_why_who_and_how_long(demo: Served) -> None:
    page = demo.get("/corrections").text
    said = words_of(page)
    assert "有12处更正和作废，其中作废1处" in said
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    counted = [int(n) for n in re.findall(r'data-label="次数（处）"><a class="n"[^>]*>(\d+)</a>', table)]
    assert sum(counted) == 12
    swapped = said.split("，收到捐赠：金额：")[1]
    assert swapped.startswith("原为68,000.00 元 更正为86,000.00 元")
    assert "原因：录入时写错。由示例三号基金会更正，错误的值在账上17天。" in swapped
    void = next(item for item in page.split("<li>") if "重复记录。" in item)
    assert re.search(r"<del>[^<]*58,000\.00[^<]*</del> <ins>已作废。</ins>", void)


def test_foot_of_a_record_counts_its_own_corrections_and_leads_to_them(demo: Served) -> None:
    with views_of(demo) as db:
        corrected = db.execute(
            "SELECT target.record FROM entries JOIN entries AS target ON target.idx = entries.amends"
            " WHERE entries.type = 'renovation.corrected' ORDER BY entries.idx LIMIT 1"
        ).fetchone()[0]
        project = db.execute("SELECT project FROM works WHERE renovation = ?", (corrected,)).fetchone()[0]
        untouched = db.execute("SELECT place FROM places ORDER BY idx LIMIT 1").fetchone()[0]
    foot = demo.get(f"/renovations/{corrected.partition('/')[2]}").text.split('<footer class="foot">')[1]
    assert "与本页这项记录有关的账目中有1处更正和作废" in words_of(foot)
    assert f'href="/corrections?record={corrected}"' in foot
    listed = words_of(demo.get(f"/corrections?record={corrected}").text)
    assert "逐条（1处）" in listed
    foot = words_of(demo.get(f"/projects/{project.partition('/')[2]}").text.split('<footer class="foot">')[1])
    count = re.search(r"有关的账目中有(\d+)处", foot)
    assert count
    assert int(count[1]) >= 1
    assert f"逐条（{count[1]}处）" in words_of(demo.get(f"/corrections?record={project}").text)
    foot = words_of(demo.get(f"/places/{untouched.partition('/')[2]}").text.split('<footer class="foot">')[1])
    assert "与本页这项记录有关的账目中没有更正" in foot
    assert "全部账目中有12处更正和作废" in words_of(demo.get("/what").text)
