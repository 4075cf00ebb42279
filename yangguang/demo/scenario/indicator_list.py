"""The fourteen indicators: baseline, target, what was measured each half-year, and why three were missed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. ``measured`` holds (day, value, why it was missed); empty where not yet measured."""

    code: str
    about: str
    plan: str
    title: str
    title_en: str
    unit: str
    method: str
    baseline: tuple[str, str]
    target: tuple[str, str]
    measured: tuple[tuple[str, str, str], ...] = ()
    better: str = "higher"


def series(*measurements: str) -> tuple[tuple[str, str, str], ...]:
    """``measured`` from texts of day, value and, where it was missed, why; with spaces between."""
    found = []
    for text in measurements:
        on, value, why = f"{text} ".split(" ")[:3]
        found.append((on, value, why))
    return tuple(found)


OUTCOMES = {
    **dict.fromkeys(("i01", "i02", "i03", "i04", "i08"), (1,)),
    **dict.fromkeys(("i09", "i10"), (1, 3)),
    **dict.fromkeys(("i05", "i06", "i07", "i11", "i12", "i13", "i14"), (3,)),
}
"""Which of the programme's three outcomes an indicator bears on. None was set for the second."""
BY_RECORDS = "按账本里已验收的工程数清点"
INDICATORS = (
    Indicator(
        "i01", "sanpai", "tongmeng", "居家改造户数", "Homes renovated", "户", BY_RECORDS,
        ("0", "2022-04-30"), ("60", "2024-11-30"),
        series("2023-01-10 26", "2023-07-05 26", "2024-01-10 52", "2024-07-03 52", "2024-12-11 68"),
    ),
    Indicator(
        "i02", "sanpai", "tongmeng", "更换家具户数", "Families with new furniture", "户", BY_RECORDS,
        ("0", "2022-04-30"), ("90", "2024-11-30"),
        series("2023-01-10 30", "2023-07-05 30", "2024-01-10 64", "2024-07-03 64", "2024-12-11 102"),
    ),
    Indicator(
        "i03", "award", "tongmeng", "奖学金发放人次", "Scholarships granted", "人次", "各轮发放批次相加",
        ("0", "2022-08-31"), ("140", "2024-11-30"),
        series("2023-01-10 24", "2023-07-05 55", "2024-01-10 91", "2024-07-03 103", "2024-12-11 143"),
    ),
    Indicator(
        "i04", "home-2022", "tongmeng", "改造后有固定学习座位的家庭比例", "Homes with a fixed place to study", "%",
        "入户回访，按批统计", ("21.4", "2022-07-15"), ("95", "2023-06-30"),
        series("2023-01-11 84.6", "2023-06-28 100", "2024-01-11 100", "2024-07-04 96.2", "2024-12-12 96.2"),
    ),
    Indicator(
        "i05", "school-s1", "shengji", "教室桌面照度达标率", "Desks with enough light", "%", "照度计抽测，每间9点",
        ("37.5", "2022-07-20"), ("100", "2023-04-30"),
        series(
            "2023-01-11 83.3", "2023-04-19 100", "2024-01-11 100",
            "2024-07-04 98.8 两支灯管损坏，已请学校更换。", "2024-12-12 100",
        ),
    ),
    Indicator(
        "i06", "school-s2", "shengji", "实验课开出率", "Experiments taught as scheduled", "%",
        "教务课表与实验室登记核对",
        ("48", "2023-04-28"), ("90", "2024-06-30"),
        series(
            "2024-01-11 61.2",
            "2024-07-03 83.5 窗扣返修使两间功能室晚一个月启用，春季学期只补上一部分。",
            "2024-12-12 87.4 秋季学期仍有一间功能室缺耗材，部分实验改为演示。",
        ),
    ),
    Indicator(
        "i07", "sanpai", "shengji", "完成验收的学校工程", "School works accepted", "所", BY_RECORDS,
        ("0", "2022-04-30"), ("5", "2024-11-30"),
        series(
            "2023-01-10 0", "2023-07-05 1", "2024-01-10 2", "2024-07-03 4",
            "2024-12-11 4 示例中学甲的热水设备到货推迟，工程未完工。",
        ),
    ),
    Indicator(
        "i08", "team", "tongban", "志愿服务时数", "Volunteer hours", "小时", "志愿服务登记时数相加",
        ("0", "2022-05-31"), ("1000", "2024-11-30"),
        series("2023-01-11 312", "2023-07-05 506", "2024-01-12 732", "2024-07-04 958", "2024-12-11 1187"),
    ),
    Indicator(
        "i09", "counsel", "tongban", "教师认为陪伴有帮助的比例", "Teachers who find it helpful", "%",
        "不记名问卷，两校教师",
        ("52", "2022-09-20"), ("75", "2024-06-30"),
        series("2023-01-11 58.6", "2023-06-29 66.7", "2024-01-11 74.2", "2024-06-27 81.3", "2024-12-12 82.1"),
    ),
    Indicator(
        "i10", "pairs", "tongban", "结对满一年仍保持联系的比例", "Pairs still in touch after a year", "%", "结对登记表",
        ("0", "2023-03-31"), ("80", "2025-06-30"),
    ),
    Indicator(
        "i11", "training", "zhiban", "集中职业培训场次", "Central trainings held", "场", "签到表和培训登记核对",
        ("0", "2022-06-30"), ("6", "2024-12-31"),
        series("2023-01-10 2", "2023-07-05 3", "2024-01-10 5", "2024-07-03 6", "2024-12-19 8"),
    ),
    Indicator(
        "i12", "intern", "zhiban", "实习岗位推荐数", "Internships offered", "个", "接收单位回函",
        ("0", "2023-05-15"), ("40", "2024-11-30"),
        series(
            "2023-07-05 12", "2024-01-10 12", "2024-07-03 27",
            "2024-12-11 27 接收单位集中在广州，食宿无着落的岗位没有计入。",
        ),
    ),
    Indicator(
        "i13", "chef", "zhiban", "结业后三个月在岗比例", "In work three months after the course", "%",
        "电话回访，按班统计",
        ("35", "2022-10-31"), ("60", "2024-10-31"),
        series("2023-08-30 52.4", "2024-01-11 57.1", "2024-07-04 57.9", "2024-10-24 64.2"),
    ),
    Indicator(
        "i14", "school-s5", "shengji", "宿舍热水供应时段", "Hours of hot water a day", "小时", "学校后勤记录",
        ("0.5", "2024-06-28"), ("3", "2025-05-31"),
    ),
)  # fmt: skip
