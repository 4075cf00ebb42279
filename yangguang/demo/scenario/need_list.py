"""The needs of the demonstration as a table: 140 reported, 120 verified, 96 matched, 90 met, and why the rest were not.

One lot is the same need at several places; each place's is a record of its own.
"""

from dataclasses import dataclass

from yangguang.demo.steps import Ref

Where = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Lot:
    """A need and its fate; empty texts are steps that were never taken.

    ``unit`` is a code of ``need.reported``, or child or family where it is a batch of people. ``tried`` is a project
    that took it up and then did not carry it out, or "" where nobody did, when, until when, and why. ``gone`` is when
    and why it was withdrawn; ``first`` the day a school's was put first; ``begun`` says that the project names it.
    """

    what: str
    what_en: str
    category: str
    unit: str
    where: Where
    reported: str
    verified: str = ""
    project: str = ""
    matched: str = ""
    met_by: str = ""
    met: str = ""
    tried: tuple[str, str, str, str] | None = None
    gone: tuple[str, str] | None = None
    first: str = ""
    begun: bool = False


def villages(*counts: int) -> Where:
    """The five villages in order, with a count each."""
    return tuple(zip(("sanpai", "youling", "nangang", "va", "vb"), counts, strict=True))


S1 = ("school-s1", "2022-06-15", "renovation/w1", "2023-03-15")
S2 = ("school-s2", "2023-03-15", "renovation/w2", "2024-01-04")
S3 = ("school-s3", "2023-07-05", "renovation/w3", "2024-04-10")
S4 = ("school-s4", "2023-08-16", "renovation/w4", "2024-02-28")
SCHOOLS = (
    Lot("教室照明不足", "too little light in classrooms", "facilities", "room", (("s1", 9),), "2022-04-18",
        "2022-04-22", *S1, first="2022-05-06", begun=True),
    Lot("黑板老旧反光", "old blackboards that glare", "facilities", "room", (("s1", 9),), "2022-04-18", "2022-04-22",
        *S1, begun=True),
    Lot("教室窗户变形漏风", "draughty windows", "facilities", "room", (("s1", 9),), "2022-04-18", "2022-04-22",
        *S1, begun=True),
    Lot("教室墙面脱落", "peeling classroom walls", "facilities", "room", (("s1", 9),), "2022-04-18", "2022-04-22", *S1),
    Lot("饮水点不足", "too few drinking points", "facilities", "site", (("s1", 2),), "2022-04-19", "2022-04-22", *S1),
    Lot("实验台破损", "broken laboratory benches", "facilities", "room", (("s2", 3),), "2022-04-19", "2022-04-27", *S2,
        first="2022-05-06", begun=True),
    Lot("实验室水电老化", "old wiring and pipes in laboratories", "facilities", "room", (("s2", 5),), "2022-04-19",
        "2022-04-27", *S2, begun=True),
    Lot("功能室窗户关不严", "windows that do not close", "facilities", "room", (("s2", 2),), "2022-04-20", "2022-04-27",
        *S2),
    Lot("实验室通风不足", "poor ventilation in laboratories", "facilities", "room", (("s2", 3),), "2022-04-20",
        "2022-04-27", *S2),
    Lot("没有教学用电脑", "no computers for teaching", "equipment", "set", (("s3", 28),), "2023-03-13", "2023-03-22",
        *S3, begun=True),
    Lot("缺少电脑桌椅", "no computer desks", "equipment", "set", (("s3", 40),), "2023-03-13", "2023-03-22", *S3),
    Lot("计算机教室没有网络和供电", "no network or power for a computer room", "facilities", "site", (("s3", 1),),
        "2023-03-14", "2023-03-22", *S3),
    Lot("缺少书架", "no bookshelves", "equipment", "set", (("s4", 16),), "2023-03-16", "2023-03-24", *S4, begun=True),
    Lot("缺少阅览桌椅", "no reading desks", "equipment", "set", (("s4", 24),), "2023-03-16", "2023-03-24", *S4),
    Lot("没有课外书可借", "no books to borrow", "equipment", "volume", (("s4", 600),), "2022-05-11", "2022-05-26", *S4,
        tried=("bus", "2022-07-28", "2023-01-18", "cancelled")),
    Lot("宿舍没有热水", "no hot water in the dormitory", "facilities", "room", (("s5", 18),), "2023-03-20",
        "2023-03-29", "school-s5", "2024-05-15", begun=True),
    Lot("宿舍走廊照明不足", "dark dormitory corridors", "facilities", "site", (("s5", 4),), "2023-03-20", "2023-03-29",
        "school-s5", "2024-05-15"),
)  # fmt: skip

HOMES = ("家中没有固定的学习位置", "no fixed place to study at home", "study_room", "family")
DESKS = ("家中缺少书桌和床柜", "no desk, bed or cupboard at home", "furniture", "family")
GRANTS = ("困境优秀学生需要奖学金", "excellent pupils in hardship who need scholarships", "scholarship", "child")
FAMILIES = (
    Lot(*HOMES, (("va", 12),), "2022-04-26", "2022-05-11", "home-2022", "2022-05-19", "renovation/h1", "2022-09-27"),
    Lot(*HOMES, (("sanpai", 14),), "2022-04-27", "2022-05-11", "home-2022", "2022-05-19", "renovation/h2",
        "2022-12-22"),
    Lot(*HOMES, (("youling", 10),), "2022-11-10", "2022-11-29", "home-2023", "2023-02-22", "renovation/h3",
        "2023-08-30"),
    Lot(*HOMES, (("town", 16),), "2022-11-16", "2022-12-08", "home-2023", "2023-02-22", "renovation/h4", "2023-12-07"),
    Lot(*HOMES, (("town", 16),), "2023-11-14", "2023-12-05", "home-2024", "2024-02-28", "renovation/h5", "2024-10-31"),
    Lot(*DESKS, (("sanpai", 10), ("youling", 10), ("va", 10)), "2022-04-25", "2022-05-17", "desk-2022", "2022-06-08",
        "renovation/d1", "2022-11-28"),
    Lot(*DESKS, (("sanpai", 12), ("nangang", 11), ("vb", 11)), "2023-02-15", "2023-03-09", "desk-2023", "2023-05-10",
        "renovation/d2", "2023-11-08"),
    Lot(*DESKS, (("youling", 12), ("nangang", 13), ("va", 13)), "2024-01-16", "2024-02-20", "desk-2024", "2024-04-24",
        "renovation/d3", "2024-10-23"),
    Lot(*GRANTS, (("town", 24),), "2022-06-16", "2022-07-05", "award", "2022-07-20", "award/a1", "2022-11-28"),
    Lot(*GRANTS, (("town", 31),), "2023-02-21", "2023-03-02", "award", "2023-03-07", "award/a2", "2023-05-29"),
    Lot(*GRANTS, (("town", 36),), "2023-09-05", "2023-09-12", "award", "2023-09-14", "award/a3", "2023-11-28"),
    Lot(*GRANTS, (("town", 12),), "2024-03-01", "2024-03-08", "award", "2024-03-12", "award/a4", "2024-05-28"),
    Lot(*GRANTS, (("town", 40),), "2024-09-04", "2024-09-11", "award", "2024-09-13", "award/a5", "2024-11-01"),
)  # fmt: skip

WEEKENDS = ("team", "2022-05-31", "companionship/weekends")
VISITS = "companionship/visits"
PAIRS = ("pairs", "2023-01-11", "companionship/pairs")
INTERN = ("intern", "2023-03-23", "training/o1")
COMPANY = (
    Lot("周末和假期没有人陪伴儿童", "nobody to be with children at weekends", "companionship", "session",
        villages(24, 20, 18, 16, 12), "2022-04-26", "2022-05-24", *WEEKENDS, "2022-11-15"),
    Lot("暑假缺少集中看护", "no place to be in the summer holidays", "companionship", "session", (("town", 30),),
        "2022-05-09", "2022-05-20", *WEEKENDS, "2023-09-12"),
    Lot("没有人来了解学校的困难", "nobody comes to ask what the school lacks", "companionship", "session",
        (("s1", 8), ("s2", 8)), "2022-06-08", "2022-06-23", "visit", "2022-07-06", VISITS, "2022-12-20"),
    Lot("没有人来了解学校的困难", "nobody comes to ask what the school lacks", "companionship", "session",
        (("s3", 6), ("s4", 6), ("s5", 6)), "2023-03-15", "2023-03-30", "visit", "2023-04-06", VISITS, "2023-12-20"),
    Lot("学生缺少心理辅导课", "no counselling for pupils", "companionship", "session", (("s1", 20), ("s2", 24)),
        "2022-06-07", "2022-06-23", "counsel", "2022-07-13", "companionship/counsel", "2023-01-12"),
    Lot("教师压力大，缺少支持", "teachers under strain", "companionship", "session", (("s2", 6),), "2023-06-15",
        "2023-07-06", "teachers", "2023-09-20", "companionship/teachers", "2024-01-18"),
    Lot("儿童希望结对陪伴", "children who wish for a companion", "companionship", "child", (("sanpai", 14),),
        "2022-10-12", "2022-11-08", *PAIRS, "2023-04-27"),
    Lot("儿童希望结对陪伴", "children who wish for a companion", "companionship", "child", (("youling", 12),),
        "2022-10-13", "2022-11-08", *PAIRS, "2023-06-21"),
    Lot("儿童希望结对陪伴", "children who wish for a companion", "companionship", "child", (("nangang", 10),),
        "2022-10-14", "2022-11-09", *PAIRS, "2023-10-26"),
    Lot("儿童希望结对陪伴", "children who wish for a companion", "companionship", "child", (("town", 16),),
        "2022-10-17", "2022-11-09", *PAIRS, "2024-03-28"),
    Lot("放学后没有人看护", "nobody to look after children after school", "companionship", "session",
        (("nangang", 20),), "2022-10-13", "2022-11-09", *PAIRS, "2023-07-12"),
    Lot("青年缺少成长咨询", "nobody for the young to ask for advice", "companionship", "session",
        (("s2", 8), ("s5", 8)), "2023-06-01", "2023-06-20", "growth", "2023-08-09", "companionship/growth",
        "2023-12-12"),
    Lot("缺少阅读陪伴", "nobody to read with", "companionship", "session", (("s3", 16),), "2023-05-11", "2023-06-02",
        "story", "2023-09-13", "companionship/story", "2023-12-13"),
    Lot("没有音乐课", "no music lessons", "companionship", "session", (("s4", 18),), "2023-09-18", "2023-10-10",
        "music", "2024-01-24", "companionship/music", "2024-05-15"),
    Lot("没有美术课", "no art lessons", "companionship", "session", (("s3", 32), ("s4", 32)), "2023-09-18",
        "2023-10-10", "art", "2024-01-17"),
    Lot("缺少阅读指导", "no guidance in reading", "companionship", "session", (("s1", 12),), "2024-05-21",
        "2024-06-05", "reading", "2024-09-04"),
)  # fmt: skip
LESSONS = (
    Lot("青年缺少务工技能培训", "no training for work in town", "training", "session", villages(2, 2, 1, 1, 1),
        "2022-04-28", "2022-05-25", "training", "2022-06-02", "training/t1", "2022-10-12"),
    Lot("希望学习电商和农产品销售", "to learn selling farm goods online", "training", "session",
        (("sanpai", 1), ("youling", 1), ("va", 1)), "2022-05-05", "2022-05-27", "training", "2022-06-02",
        "training/t3", "2023-05-10"),
    Lot("希望学习餐饮技能", "to learn cooking for a living", "training", "session",
        (("sanpai", 1), ("youling", 1), ("va", 1)), "2022-05-10", "2022-06-14", "chef", "2022-09-21", "service/chef",
        "2023-06-07"),
    Lot("希望学习家政", "to learn domestic work", "training", "session", (("sanpai", 1), ("nangang", 1), ("vb", 1)),
        "2022-10-18", "2022-11-16", "domestic", "2023-01-18", "service/domestic", "2023-08-15"),
    Lot("青年不了解劳动合同和工伤", "contracts and injuries at work not understood", "training", "session",
        (("youling", 1), ("nangang", 1), ("va", 1)), "2023-01-06", "2023-02-10", "law", "2023-04-20", "service/law",
        "2023-10-11"),
    Lot("希望学习电工", "to learn an electrician's work", "training", "session", (("sanpai", 1), ("vb", 1)),
        "2023-02-13", "2023-03-08", "technician", "2023-06-14", "service/technician", "2023-12-07"),
    Lot("希望学习家庭护理", "to learn nursing at home", "training", "session", (("youling", 1), ("va", 1)),
        "2023-11-08", "2023-11-29", "nursing", "2024-01-17", "service/nursing", "2024-07-03"),
    Lot("食堂不会配营养餐", "canteens that cannot plan a healthy meal", "training", "session", (("s1", 1), ("s2", 1)),
        "2023-05-17", "2023-06-06", "nutrition", "2023-07-19", "service/nutrition", "2023-11-08"),
    Lot("希望学习仓储物流", "to learn warehouse work", "training", "session", (("youling", 1),), "2023-04-12",
        "2023-05-05", "logistics", "2023-06-21", "training/l1", "2023-12-06"),
    Lot("家长希望有家庭教育课", "parents who want to learn", "training", "session", (("s1", 2), ("s2", 2)),
        "2023-05-16", "2023-06-06", "parents", "2023-07-12", "training/p1", "2023-10-24"),
    Lot("青年找不到实习岗位", "no internships to be found", "job", "post", (("sanpai", 5), ("youling", 4), ("va", 3)),
        "2023-01-04", "2023-02-09", *INTERN, "2023-09-13"),
    Lot("毕业生需要面试培训", "leavers who need interview training", "job", "session", (("s2", 2), ("s5", 2)),
        "2023-03-08", "2023-03-17", *INTERN, "2023-07-07"),
    Lot("学生不知道毕业后做什么", "pupils who do not know what comes after school", "job", "session", (("s2", 2),),
        "2022-12-13", "2023-01-05", "career", "2023-01-18", "training/k1", "2023-05-05"),
    Lot("学生不知道毕业后做什么", "pupils who do not know what comes after school", "job", "session", (("s5", 2),),
        "2023-03-21", "2023-04-04", "career", "2023-04-12", "training/k2", "2023-11-08"),
    Lot("希望学习数控机床", "to learn to work a lathe", "training", "session", (("vb", 1),), "2024-05-22", "2024-06-18",
        "lathe", "2024-08-21"),
)  # fmt: skip

BUS = ("bus", "2022-07-28", "2023-01-18", "cancelled")
WAITING = (
    Lot("村里没有书可借", "no books to borrow in the village", "equipment", "volume",
        (("sanpai", 500), ("youling", 400), ("va", 300)), "2022-05-12", "2022-06-01", tried=BUS),
    Lot("没有儿童活动室", "no room for children", "facilities", "room", (("youling", 1), ("nangang", 1), ("va", 1)),
        "2022-05-18", "2022-06-21", tried=("", "", "2022-09-08", "funds")),
    Lot("青年找不到实习岗位", "no internships to be found", "job", "post", (("nangang", 7), ("vb", 9)), "2023-01-05",
        "2023-02-09", tried=("", "", "2024-06-27", "capacity")),
    Lot("没有课间活动场地", "no playground", "facilities", "site", (("s3", 1), ("s4", 1)), "2023-03-22", "2023-04-04",
        tried=("sport", "2023-05-25", "2023-11-01", "cancelled")),
    Lot("食堂桌椅不足", "too few tables in the canteen", "equipment", "set", (("s5", 60),), "2023-04-11", "2023-04-26",
        tried=("", "", "2023-07-12", "funds")),
    Lot("缺少青春期卫生课", "no health lessons", "companionship", "session", (("s3", 4), ("s5", 6)), "2023-10-11",
        "2023-10-26", tried=("", "", "2024-01-23", "capacity")),
    Lot("希望学习驾驶", "to learn driving", "training", "session", (("sanpai", 2),), "2023-06-08", "2023-07-06"),
    Lot(*HOMES, (("nangang", 10), ("sanpai", 11)), "2024-03-19", "2024-04-16"),
    Lot(*DESKS, (("vb", 10),), "2024-09-10", "2024-09-27"),
    Lot("图书陈旧", "old books", "equipment", "volume", (("s2", 900),), "2023-12-06"),
    Lot("运动场积水", "a playing field under water", "facilities", "site", (("s5", 1),), "2024-06-12"),
    Lot("多媒体设备损坏", "broken screens in classrooms", "equipment", "set", (("s1", 4), ("s4", 6)), "2024-11-05"),
    Lot("希望学习养老护理", "to learn elderly care", "training", "session", villages(1, 1, 1, 1, 1), "2024-11-12"),
)  # fmt: skip

EYES = ("eyes", "2023-09-07", "2023-10-18", "cancelled")
CAMP = ("camp", "2023-04-26", "2023-05-24", "cancelled")
WITHDRAWN = (
    Lot("学生需要视力筛查", "pupils who need eye tests", "companionship", "session", (("s1", 1), ("s2", 1), ("s5", 1)),
        "2023-06-14", "2023-07-05", tried=EYES, gone=("2023-10-25", "elsewhere")),
    Lot("希望外出研学", "a study trip", "companionship", "session", (("s2", 1), ("s5", 1)), "2023-03-28", "2023-04-13",
        tried=CAMP, gone=("2023-06-07", "outside")),
    Lot("村道没有路灯", "no lamps on the village road", "facilities", "site", (("va", 12), ("vb", 9)), "2022-05-19",
        "2022-06-10", gone=("2022-06-24", "outside")),
    Lot("教室灯光暗", "dark classrooms", "facilities", "room", (("s1", 6),), "2022-05-16",
        gone=("2022-05-23", "duplicate")),
    Lot("需要务工培训", "training for work", "training", "session", (("sanpai", 1), ("youling", 1)), "2022-06-09",
        gone=("2022-06-22", "duplicate")),
    Lot("需要周末陪伴", "company at weekends", "companionship", "session", (("va", 8),), "2023-02-08",
        gone=("2023-02-20", "duplicate")),
    Lot("需要书架", "bookshelves", "equipment", "set", (("s4", 10),), "2023-09-20", gone=("2023-10-09", "duplicate")),
    Lot("课桌椅不足", "too few desks", "equipment", "set", (("s1", 40), ("s3", 60)), "2023-09-13",
        gone=("2023-09-26", "elsewhere")),
    Lot("围墙有裂缝", "cracks in the wall", "facilities", "site", (("s2", 1),), "2022-12-07",
        gone=("2022-12-21", "unfounded")),
    Lot("需要招工信息", "news of vacancies", "job", "post", (("youling", 20),), "2023-08-09",
        gone=("2023-09-06", "gone")),
    Lot("停车场不够用", "too small a car park", "facilities", "site", (("town", 1),), "2024-04-10",
        gone=("2024-04-18", "outside")),
    Lot("打印机损坏", "a broken printer", "equipment", "piece", (("s3", 1),), "2024-10-15",
        gone=("2024-10-29", "elsewhere")),
)  # fmt: skip
LOTS = (*SCHOOLS, *FAMILIES, *COMPANY, *LESSONS, *WAITING, *WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Need:
    """One record: a lot at one of its places. ``position`` is that place's within the lot."""

    code: str
    lot: Lot
    place: str
    count: int
    position: int

    @property
    def ref(self) -> Ref:
        """Its record in the scenario."""
        return Ref("need", self.code)


def _needs() -> tuple[Need, ...]:
    at = [(lot, place, count, position) for lot in LOTS for position, (place, count) in enumerate(lot.where)]
    return tuple(Need(f"n{number:03d}", *each) for number, each in enumerate(at, start=1))


NEEDS = _needs()


def begun_for(project: str) -> list[Ref]:
    """The needs that a project names when it begins."""
    return [need.ref for need in NEEDS if need.lot.project == project and need.lot.begun]
