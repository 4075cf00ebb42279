"""Stream: what the programme itself did: rules, meetings, calls, information, reviews, and its close."""

from collections.abc import Iterator
from typing import Any

from ledger.domain.programme import (
    ProgrammeClosed,
    ProgrammeEvaluated,
    ProgrammeInformed,
    ProgrammeMet,
    ProgrammeMobilised,
    ProgrammeReviewed,
    ProgrammeRuleAdopted,
)
from yangguang.demo.scenario.disclosures import published_for
from yangguang.demo.scenario.gift_list import RETURNED
from yangguang.demo.scenario.gifts import received
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.scenario.treasury import BILLS
from yangguang.demo.steps import Ref, Step, day, organisation, yuan

BY = "n1:plan"
RULES = (
    ("2022-04-18", "捐赠款物使用和公示办法"),
    ("2022-05-05", "困境儿童信息保护办法"),
    ("2022-06-13", "工程验收和回访办法"),
)
MEETINGS = (
    ("2022-04-21", "coordination", "n1 n3 n5 n6 n8 n9 n12", "通报需求摸底情况，商定先做居家改造和示例小学甲的教室。"),
    ("2022-11-03", "coordination", "n1 n3 n6 n7 n12 n13", "各承接机构报告进度，商定年底前的验收安排。"),
    ("2023-03-30", "coordination", "n1 n3 n6 n11 n12 n17 n24", "商定2023年认领项目和资金缺口。"),
    ("2023-10-26", "coordination", "n1 n3 n12 n20 n22", "筹款未达预算的课间活动场地不再实施。"),
    ("2024-04-18", "coordination", "n1 n3 n6 n7 n9 n21", "提醒集中职业培训今年还没有开办。"),
    ("2024-10-31", "coordination", "n1 n3 n9 n12", "培训余下两场安排在11月；示例中学甲热水设备到货推迟。"),
    ("2023-01-13", "commendation", "n1 n2 n6 n12 n13 n18", "颁发2022年度荣誉证书；一家机构证书到期待换，暂缓颁发。"),
    ("2023-07-28", "commendation", "n1 n7 n20", "专项总结，颁发证书。"),
    ("2024-01-12", "commendation", "n1 n8 n17 n24", "颁发2023年度荣誉证书。"),
    (
        "2024-12-20",
        "summary",
        "n1 n3 n5 n6 n7 n8 n9 n12 n13 n17 n19 n21 n22",
        "逐项对照方案总结，未达标的指标单独说明。",
    ),
)
"""Day, kind, who took part, minutes."""
CALLS = (("2022-04-20", 86, "n2 n4 n6 n7 n12 n15 n18"), ("2023-03-08", 64, "n11 n17 n20 n23 n24"))
"""Day, member units called on, those named."""
INFORMATION = (
    ("2022-05-16", "首批认领项目清单（居家改造、家具、教室）", "n6 n7 n12 n13"),
    ("2022-07-27", "流动图书车征集承接机构", "n10 n15"),
    ("2023-02-21", "2023年居家改造和示例中学乙功能室需求", "n6 n11 n12"),
    ("2023-07-04", "示例小学乙计算机教室认领说明", "n11 n17"),
    ("2024-04-23", "2024年家具更换尺寸和数量", "n7"),
    ("2024-09-03", "阅读推广（2024年秋）征集承接机构", "n17 n23"),
)
REVIEWS = (
    (2022, "2023-06-12", "年度总结应在5月31日前公布，汇总捐赠明细用时较长，迟了12天。"),
    (2023, "2024-06-17", "等待两所学校的验收资料，迟了17天。"),
    (2024, "2025-02-20", "三年累计情况与各项指标一并公布。"),
)
EVALUATION = "居家改造、家具、奖学金和陪伴达到目标；实验课开出率、学校工程数和实习岗位数没有达到。"
CLOSING = "结余继续用于示例中学甲的热水工程、未结束的乡村美育课和宗旨相近的助学项目，用途另行公布。"


def steps() -> Iterator[Step]:
    """All of it, the close last."""
    for on, title in RULES:
        yield Step(ProgrammeRuleAdopted, SANPAI, day(on), {"title": title}, BY)
    for on, units, names in CALLS:
        yield Step(ProgrammeMobilised, SANPAI, day(on), {"units": units, "organisations": _all(names)}, BY)
    for on, title, names in INFORMATION:
        yield Step(ProgrammeInformed, SANPAI, day(on), {"title": title, "organisations": _all(names)}, BY)
    for on, meeting, names, minutes in MEETINGS:
        data = {"meeting": meeting, "organisations": _all(names)}
        yield Step(ProgrammeMet, SANPAI, day(on), data, BY, late=1, free=(("note", minutes),))
    for year, on, note in REVIEWS:
        review: dict[str, Any] = {"year": year, "rests_on": published_for(year, on)}
        yield Step(ProgrammeReviewed, SANPAI, day(on), review, BY, free=(("note", note),))
    yield from _ending()


def surplus() -> int:
    """What is left at the close in fen: all cash received, less returned, less paid."""
    paid = sum(yuan(bill.amount) for bill in BILLS if not bill.bounced_on)
    return received() - yuan(RETURNED[2]) - paid


def _ending() -> Iterator[Step]:
    on = "2025-03-10"
    result = {"evaluator": organisation("n22"), "result": "partly", "rests_on": published_for(None, on)}
    yield Step(ProgrammeEvaluated, SANPAI, day(on), result, BY, free=(("note", EVALUATION),))
    data = {"surplus_fen": surplus(), "surplus_use": "similar"}
    yield Step(ProgrammeClosed, SANPAI, day("2025-03-28"), data, f"{BY}+n3:fund", free=(("note", CLOSING),))


def _all(names: str) -> list[Ref]:
    return [organisation(code) for code in names.split()]
