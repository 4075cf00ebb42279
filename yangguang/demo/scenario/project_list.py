"""The projects of the demonstration as a table: who, what, where, how much, when."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """One project. Empty texts are steps that were never taken; ``budget`` in yuan; ``late`` days of recording."""

    code: str
    mode: str
    title: str
    title_en: str
    plan: str
    places: tuple[str, ...]
    budget: str
    starts_on: str
    ends_on: str
    opened: str
    executor: str = ""
    joined: str = ""
    approved: str = ""
    started: str = ""
    completed: str = ""
    also: str = ""
    late: int = 0


VILLAGES = ("sanpai", "youling", "nangang", "va", "vb")
TOWN = ("town",)

HOMES = (
    Project(
        "home-2022", "listed", "困境儿童居家学习环境改造（2022年）", "Homes to study in, 2022", "tongmeng",
        ("sanpai", "va"), "262,000", "2022-07-01", "2022-12-31", "2022-05-16", "n6", "",
        "2022-06-20", "2022-07-11", "2022-12-28", late=3,
    ),
    Project(
        "home-2023", "listed", "困境儿童居家学习环境改造（2023年）", "Homes to study in, 2023", "tongmeng",
        ("youling", "nangang", "vb"), "274,000", "2023-04-01", "2023-12-31", "2023-02-20", "n6", "n12",
        "2023-03-15", "2023-04-10", "2023-12-27", late=6,
    ),
    Project(
        "home-2024", "listed", "困境儿童居家学习环境改造（2024年）", "Homes to study in, 2024", "tongmeng",
        ("sanpai", "youling", "va"), "158,000", "2024-04-01", "2024-11-30", "2024-02-26", "n6", "",
        "2024-03-18", "2024-04-15", "2024-11-29",
    ),
    Project(
        "desk-2022", "listed", "书桌和床柜更换（2022年）", "Desks, beds and cupboards, 2022", "tongmeng",
        TOWN, "62,000", "2022-08-01", "2022-11-30", "2022-06-06", "n7", "",
        "2022-07-04", "2022-08-01", "2022-12-05", late=2,
    ),
    Project(
        "desk-2023", "listed", "书桌和床柜更换（2023年）", "Desks, beds and cupboards, 2023", "tongmeng",
        TOWN, "71,000", "2023-07-01", "2023-11-30", "2023-05-08", "n7", "",
        "2023-06-05", "2023-07-10", "2023-11-30",
    ),
    Project(
        "desk-2024", "listed", "书桌和床柜更换（2024年）", "Desks, beds and cupboards, 2024", "tongmeng",
        TOWN, "79,000", "2024-06-01", "2024-10-31", "2024-04-22", "n7", "",
        "2024-05-20", "2024-06-17", "2024-10-31", late=12,
    ),
    Project(
        "award", "proposed", "优秀学生奖学金", "Scholarships for excellent pupils", "tongmeng",
        ("s1", "s2", "s3", "s4", "s5"), "170,000", "2022-09-01", "2024-11-30", "2022-07-18", "n8", "",
        "2022-08-22", "2022-09-05", "2024-12-16", late=4,
    ),
)  # fmt: skip
SCHOOLS = (
    Project(
        "school-s1", "listed", "示例小学甲老旧教学设施更新（优先）", "New teaching facilities, Primary School A",
        "shengji",
        ("s1",), "318,000", "2022-08-01", "2023-03-31", "2022-06-13", "n12", "",
        "2022-07-18", "2022-08-08", "2023-04-03", "tongmeng",
    ),
    Project(
        "school-s2", "listed", "示例中学乙老旧教学设施更新（优先）", "New teaching facilities, Middle School B",
        "shengji",
        ("s2",), "246,000", "2023-05-01", "2023-12-31", "2023-03-13", "n12", "n6",
        "2023-04-17", "2023-05-15", "2024-01-12", "tongmeng", late=5,
    ),
    Project(
        "school-s3", "listed", "示例小学乙计算机教室", "Computer room, Primary School B", "shengji",
        ("s3",), "128,000", "2023-09-01", "2024-03-31", "2023-07-03", "n11", "",
        "2023-08-07", "2023-09-11", "2024-04-08",
    ),
    Project(
        "school-s4", "listed", "示例小学丙图书角和阅览桌椅", "Reading corner, Primary School C", "shengji",
        ("s4",), "46,000", "2023-10-01", "2024-02-29", "2023-08-14", "n17", "",
        "2023-09-11", "2023-10-09", "2024-03-11", late=8,
    ),
    Project(
        "school-s5", "listed", "示例中学甲宿舍热水和照明", "Hot water and light in the dormitory, Middle School A",
        "shengji",
        ("s5",), "172,000", "2024-08-01", "2024-12-31", "2024-05-13", "n12", "",
        "2024-06-24", "2024-08-12",
    ),
    Project(
        "sport", "proposed", "课间活动场地和体育器材", "Playground and sports equipment", "shengji",
        ("s3", "s4"), "58,000", "2023-06-01", "2023-12-31", "2023-04-10", "n20", "",
        "2023-05-22",
    ),
    Project(
        "bus", "listed", "流动图书车", "Library bus", "shengji",
        TOWN, "95,000", "2022-10-01", "2023-06-30", "2022-07-25",
    ),
    Project(
        "reading", "listed", "阅读推广（2024年秋）", "Reading promotion, autumn 2024", "shengji",
        ("s1", "s3"), "35,000", "2024-10-01", "2024-12-31", "2024-09-02",
    ),
)  # fmt: skip
COMPANIONS = (
    Project(
        "team", "listed", "对口帮扶三排镇志愿服务队", "Volunteer team for Sanpai", "tongban",
        TOWN, "48,000", "2022-06-01", "2024-11-30", "2022-04-25", "n13", "",
        "2022-05-23", "2022-06-06", "2024-12-10", late=9,
    ),
    Project(
        "counsel", "offered", "心理辅导陪伴", "Counselling", "tongban",
        ("s1", "s2"), "66,000", "2022-09-01", "2024-11-30", "2022-07-11", "n19", "",
        "2022-08-15", "2022-09-13", "2024-11-28",
    ),
    Project(
        "pairs", "proposed", "学龄儿童结对关爱", "Paired companions", "tongban",
        TOWN, "39,600", "2023-03-01", "2024-11-30", "2023-01-09", "n5", "",
        "2023-02-13", "2023-03-13", "2024-12-03", late=1,
    ),
    Project(
        "eyes", "proposed", "学生视力筛查", "Eye tests for pupils", "tongban",
        ("s1", "s2", "s5"), "27,000", "2023-10-01", "2023-12-31", "2023-09-04", "n18",
    ),
    Project(
        "art", "proposed", "乡村美育课", "Art classes", "tongban",
        ("s3", "s4"), "22,400", "2024-03-01", "2024-12-31", "2024-01-15", "n23", "",
        "2024-02-19", "2024-03-11",
    ),
    Project(
        "camp", "proposed", "广州研学夏令营", "Summer camp in Guangzhou", "tongban",
        TOWN, "64,000", "2023-07-10", "2023-08-20", "2023-04-24", "n20",
    ),
    Project(
        "visit", "listed", "学校探访", "School visits", "tongban",
        ("s1", "s2", "s3", "s4", "s5"), "12,000", "2022-09-01", "2024-11-30", "2022-07-04", "n13", "n5",
        "2022-08-08", "2022-08-29", "2024-12-09", late=2,
    ),
    Project(
        "growth", "listed", "青年线上成长咨询", "Growth advice online", "tongban",
        TOWN, "9,600", "2023-10-01", "2024-10-31", "2023-08-07", "n19", "",
        "2023-09-11", "2023-10-09", "2024-11-11",
    ),
    Project(
        "story", "listed", "阅读陪伴", "Reading together", "tongban",
        ("s3",), "8,400", "2023-11-01", "2024-06-30", "2023-09-11", "n17", "",
        "2023-10-09", "2023-11-01", "2024-07-02", late=3,
    ),
    Project(
        "teachers", "listed", "教师心理支持", "Support for teachers", "tongban",
        ("s2",), "6,000", "2023-11-01", "2024-10-31", "2023-09-18", "n19", "",
        "2023-10-16", "2023-11-06", "2024-11-13",
    ),
    Project(
        "parents", "listed", "家长课堂", "Classes for parents", "tongban",
        TOWN, "7,500", "2023-09-01", "2024-10-31", "2023-07-10", "n5", "",
        "2023-08-14", "2023-09-04", "2024-11-05", late=1,
    ),
    Project(
        "music", "proposed", "合唱陪伴", "A choir at school", "tongban",
        ("s4",), "8,800", "2024-04-01", "2024-10-31", "2024-01-22", "n23", "",
        "2024-03-04", "2024-04-08", "2024-11-12",
    ),
)  # fmt: skip
JOBS = (
    Project(
        "training", "listed", "集中职业培训", "Central vocational training", "zhiban",
        TOWN, "118,000", "2022-07-01", "2024-11-30", "2022-05-23", "n9", "n21",
        "2022-06-27", "2022-07-18", "2024-12-18", late=7,
    ),
    Project(
        "chef", "offered", "粤菜师傅乡村培训", "Cantonese cooks' training", "zhiban",
        TOWN, "52,000", "2022-11-01", "2024-06-30", "2022-09-19", "n10", "",
        "2022-10-17", "2022-11-07", "2024-07-08",
    ),
    Project(
        "domestic", "offered", "南粤家政入门培训", "Domestic work training", "zhiban",
        TOWN, "38,000", "2023-03-01", "2024-05-31", "2023-01-16", "n14", "",
        "2023-02-20", "2023-03-20", "2024-06-11", late=14,
    ),
    Project(
        "intern", "proposed", "实习岗位推荐和面试培训", "Internships and interview training", "zhiban",
        TOWN, "33,500", "2023-05-01", "2024-11-30", "2023-03-20", "n21", "n9",
        "2023-04-24", "2023-05-22", "2024-11-26",
    ),
    Project(
        "law", "offered", "青年劳动权益课", "Young workers' rights", "zhiban",
        TOWN, "16,800", "2023-06-01", "2024-10-31", "2023-04-17", "n16", "",
        "2023-05-15", "2023-06-12", "2024-11-04", late=16,
    ),
    Project(
        "career", "listed", "职业生涯规划课", "Career planning", "zhiban",
        ("s2", "s5"), "9,000", "2023-03-01", "2024-05-31", "2023-01-16", "n21", "",
        "2023-02-20", "2023-03-13", "2024-06-12", late=2,
    ),
    Project(
        "lathe", "listed", "数控机床体验课", "A day at the lathe", "zhiban",
        TOWN, "45,000", "2024-10-01", "2024-12-31", "2024-08-19",
    ),
    Project(
        "logistics", "proposed", "物流仓储见习课", "Warehouse work, a short course", "zhiban",
        TOWN, "6,800", "2023-09-01", "2024-01-31", "2023-06-19", "n15", "",
        "2023-07-24", "2023-09-04", "2024-01-29",
    ),
    Project(
        "technician", "offered", "广东技工电工入门", "Electricians' course", "zhiban",
        TOWN, "14,000", "2023-08-01", "2024-08-31", "2023-06-12", "n11", "",
        "2023-07-17", "2023-08-07", "2024-09-04", late=4,
    ),
    Project(
        "nutrition", "offered", "学校食堂营养餐指导", "Better meals in school canteens", "tongban",
        ("s1", "s2", "s3"), "9,900", "2023-09-01", "2024-09-30", "2023-07-17", "n10", "",
        "2023-08-21", "2023-09-11", "2024-10-09",
    ),
    Project(
        "nursing", "offered", "南粤家政家庭护理课", "Home nursing course", "zhiban",
        TOWN, "11,200", "2024-03-01", "2024-10-31", "2024-01-15", "n14", "",
        "2024-02-19", "2024-03-11", "2024-11-06", late=5,
    ),
)  # fmt: skip
PROJECTS = (*HOMES, *SCHOOLS, *COMPANIONS, *JOBS)

CANCELLED = {
    "bus": ("2023-01-16", "unclaimed", "认领机构撤回后两个多月没有机构再认领，并入学校图书角一并考虑。"),
    "eyes": ("2023-10-16", "duplicate", "当地卫生部门同期已安排视力筛查，不再重复。"),
    "sport": ("2023-10-30", "funds", "筹款不足预算的三成，先保证两所优先学校的工程。"),
}
DECLINED = {"camp": ("2023-05-22", "outside", "方案限于三排镇内的教育帮扶，外出研学不在范围内。")}
WITHDRAWN_CLAIMS = {"bus": ("n10", "2022-09-19", "2022-10-31")}
"""Who claimed it, when, and when it withdrew."""
MILESTONES: dict[str, tuple[tuple[str, str], ...]] = {
    "home-2022": (("2022-09-15", "第一批12户完工"),),
    "home-2023": (("2023-08-18", "第三批10户完工"), ("2023-11-20", "第四批16户完工")),
    "home-2024": (("2024-10-14", "第五批16户完工"),),
    "award": (("2022-12-05", "第一轮发放24人"), ("2023-12-12", "前三轮合计发放91人次")),
    "school-s1": (("2022-11-10", "6间教室照明和黑板更换完成"),),
    "school-s2": (("2023-09-20", "实验室台面和水电改造完成"),),
    "school-s5": (("2024-11-22", "照明完成，热水设备到货推迟到2025年"),),
    "team": (("2022-07-20", "志愿服务队成立"), ("2023-06-30", "2023年上半年探访两所学校")),
    "counsel": (("2023-06-28", "2022至2023学年辅导安排完成"),),
    "pairs": (("2023-12-15", "第一年结对安排完成"),),
    "art": (("2024-12-20", "课程过半，延到2025年6月结束"),),
    "training": (
        ("2022-12-20", "2022年已办2场"),
        ("2023-12-18", "2023年已办3场"),
        ("2024-10-30", "2024年只办了1场，余下安排在11月补办"),
        ("2024-11-28", "2024年补办2场，全年3场"),
    ),
    "chef": (("2023-05-24", "第一期培训结业"),),
    "intern": (("2024-06-20", "联系到的实习岗位少于计划"),),
    "visit": (("2023-06-30", "第一学年探访示例小学甲等三所学校"), ("2024-06-28", "五所学校都已探访")),
    "technician": (("2023-11-27", "第一期结业"),),
}
SUMMARIES = {
    "home-2022": "两批居家改造都通过验收，花费略低于预算。",
    "school-s2": "验收时发现窗扣松动，返修后通过；材料涨价，花费略高于预算，差额由追加分配解决。",
    "training": "2024年的场次前松后紧，年底才补齐，这一点在指标里如实反映。",
    "domestic": "第二期报名人数不足，只办了一期，结余经捐赠方同意转给实习岗位推荐。",
}
