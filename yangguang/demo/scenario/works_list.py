"""The batches of works as a table: homes and furniture in batches of at least ten families, and works in schools."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """What the inspectors found, when, and how it was put right."""

    found_on: str
    defect: str
    fixed_on: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Works:
    """One batch. Money in yuan; ``where`` is the place of the families, empty for works in schools.

    ``accepted_again``: the cost was corrected after the first acceptance, which lapsed.
    """

    code: str
    project: str
    category: str
    title: str
    title_en: str
    executor: str
    places: tuple[str, ...]
    scope: tuple[str, ...]
    units: int
    budget: str
    approved: str
    started: str
    milestones: tuple[tuple[str, str], ...] = ()
    completed: str = ""
    items: tuple[tuple[str, int, str], ...] = ()
    cost: str = ""
    accepted: str = ""
    accepted_again: str = ""
    inspector: str = "inspect"
    where: str = ""
    defect: Defect | None = None
    late: int = 0


HOME_SCOPE = ("学习区隔断和墙面", "照明和插座", "书桌书架安装")
HOMES = (
    Works(
        "h1", "home-2022", "home", "居家改造第一批", "Home renovations, batch 1", "n6", ("va",), HOME_SCOPE, 12,
        "120,000",
        "2022-07-18", "2022-07-25", (("2022-08-26", "12户水电和墙面完成"),), "2022-09-13",
        (("学习区", 12, "处"), ("护眼照明", 24, "套"), ("书架", 12, "组")), "118,640", "2022-09-21", where="va", late=2,
    ),
    Works(
        "h2", "home-2022", "home", "居家改造第二批", "Home renovations, batch 2", "n6", ("sanpai",), HOME_SCOPE, 14,
        "140,000",
        "2022-09-19", "2022-09-26", (("2022-11-04", "14户墙面完成"),), "2022-12-06",
        (("学习区", 14, "处"), ("护眼照明", 28, "套"), ("书架", 14, "组")), "139,280.50", "2022-12-16",
        where="sanpai", late=3,
    ),
    Works(
        "h3", "home-2023", "home", "居家改造第三批", "Home renovations, batch 3", "n6", ("youling",), HOME_SCOPE, 10,
        "100,000",
        "2023-04-17", "2023-04-24", (("2023-07-05", "10户墙面和照明完成"),), "2023-08-15",
        (("学习区", 10, "处"), ("护眼照明", 20, "套"), ("防潮地面", 10, "间")), "98,960", "2023-08-24",
        where="youling", late=1,
    ),
    Works(
        "h4", "home-2023", "home", "居家改造第四批", "Home renovations, batch 4", "n6", ("nangang", "vb"), HOME_SCOPE,
        16,
        "165,000", "2023-09-05", "2023-09-11", (("2023-10-20", "水电改造完成"),), "2023-11-17",
        (("学习区", 16, "处"), ("护眼照明", 32, "套"), ("防潮地面", 16, "间")), "168,432", "2023-12-01", where="town",
        late=4,
    ),
    Works(
        "h5", "home-2024", "home", "居家改造第五批", "Home renovations, batch 5", "n6", ("sanpai", "youling", "va"),
        HOME_SCOPE,
        16, "158,000", "2024-04-22", "2024-05-06", (("2024-06-28", "因雨水停工两周"), ("2024-08-30", "墙面和照明完成")),
        "2024-10-11", (("学习区", 16, "处"), ("护眼照明", 32, "套"), ("书架", 16, "组")), "161,205", "2024-10-25",
        where="town", late=6,
    ),
)  # fmt: skip
FURNITURE = (
    Works(
        "d1", "desk-2022", "furniture", "家具更换（2022年）", "Furniture, 2022", "n7", ("town",),
        ("书桌", "单人床", "衣柜"), 30,
        "62,000", "2022-08-04", "2022-08-15", (), "2022-11-08",
        (("书桌", 30, "张"), ("单人床", 18, "张"), ("衣柜", 22, "个")), "58,740", "2022-11-22", where="town", late=5,
    ),
    Works(
        "d2", "desk-2023", "furniture", "家具更换（2023年）", "Furniture, 2023", "n7", ("town",),
        ("书桌", "座椅", "衣柜"), 34,
        "71,000", "2023-07-13", "2023-07-24", (("2023-09-14", "测量和定制完成"),), "2023-10-19",
        (("书桌", 34, "张"), ("座椅", 34, "把"), ("衣柜", 30, "个")), "69,462", "2023-11-02", where="town",
    ),
    Works(
        "d3", "desk-2024", "furniture", "家具更换（2024年）", "Furniture, 2024", "n7", ("town",), ("书桌", "单人床"),
        38,
        "79,000", "2024-06-20", "2024-07-01", (("2024-08-16", "第一车家具送达"),), "2024-09-26",
        (("书桌", 38, "张"), ("单人床", 38, "张")), "78,584", "2024-10-17", where="town", late=1,
    ),
)  # fmt: skip
SCHOOLS = (
    Works(
        "w1", "school-s1", "school", "示例小学甲教室翻新", "Classrooms, Primary School A", "n12", ("s1",),
        ("教室照明和黑板", "窗户和墙面", "饮水点"), 9, "318,000", "2022-08-11", "2022-08-22",
        (("2022-10-14", "窗户更换完成"), ("2022-12-09", "9间教室照明完成")), "2023-02-24",
        (("教室翻新", 9, "间"), ("护眼黑板灯", 18, "套"), ("饮水点", 2, "处")), "309,876.40", "2023-03-10",
        inspector="s1", late=2,
    ),
    Works(
        "w2", "school-s2", "school", "示例中学乙实验室和功能室", "Laboratories, Middle School B", "n12", ("s2",),
        ("实验台和水电", "窗户", "通风"), 5, "246,000", "2023-05-18", "2023-06-05",
        (("2023-08-11", "旧台面拆除，水电预埋完成"), ("2023-10-27", "实验台安装完成")), "2023-11-24",
        (("实验室", 3, "间"), ("功能室", 2, "间")), "251,330", "2023-12-28", inspector="s2",
        defect=Defect("2023-12-04", "两间功能室窗扣松动，关不严", "2023-12-18", "更换14副窗扣并加固窗框"), late=3,
    ),
    Works(
        "w3", "school-s3", "equipment", "示例小学乙计算机教室", "Computer room, Primary School B", "n11", ("s3",),
        ("电脑桌椅", "网络和供电", "电脑"), 40, "128,000", "2023-09-14", "2023-10-09",
        (("2023-12-22", "网络和供电验收合格"),), "2024-03-05",
        (("台式电脑", 28, "台"), ("电脑桌椅", 40, "套")), "121,450", "2024-03-19", "2024-04-03", "s3", late=1,
    ),
    Works(
        "w4", "school-s4", "equipment", "示例小学丙图书角", "Reading corner, Primary School C", "n17", ("s4",),
        ("书架", "阅览桌椅"), 24, "46,000", "2023-10-12", "2023-11-06", (), "2024-01-26",
        (("书架", 16, "组"), ("阅览桌椅", 24, "套")), "44,918.60", "2024-02-23", inspector="s4", late=7,
    ),
    Works(
        "w5", "school-s5", "school", "示例中学甲宿舍热水和照明", "Dormitory, Middle School A", "n12", ("s5",),
        ("空气源热水", "照明"), 18, "172,000", "2024-08-15", "2024-09-02",
        (("2024-11-20", "18间宿舍照明完成"), ("2025-02-24", "热水设备到货，等待安装")), late=4,
    ),
)  # fmt: skip
WORKS = (*HOMES, *FURNITURE, *SCHOOLS)
SURVEYS = (
    ("h1", "2022-07-06", "逐户看过学习位置、照明和墙面。"),
    ("w1", "2022-08-03", "9间教室照度不足，窗户变形。"),
    ("h3", "2023-04-04", "三户地面返潮，建议加防潮层。"),
    ("w2", "2023-05-08", "实验台水电老化。"),
    ("w5", "2024-08-05", "宿舍没有热水，走廊照明不足。"),
)
"""Works, day, what was seen before anything was approved."""
FOLLOW_UPS = (
    ("h1", "2023-03-22", "good", "12户都在使用学习区。"),
    ("d1", "2023-05-17", "good", "家具完好。"),
    ("h2", "2023-06-14", "good", "照明和书架完好。"),
    ("w1", "2023-09-19", "repair", "一处饮水点滤芯堵塞，已约定更换。"),
    ("w1", "2023-10-10", "good", "滤芯已更换，出水正常。"),
    ("w2", "2024-06-19", "good", "返修后的窗扣没有再松动。"),
    ("h4", "2024-06-26", "good", "防潮层有效，雨季没有返潮。"),
    ("w4", "2024-09-24", "unused", "两组书架因教室调整暂时闲置，学校已安排搬到阅览室。"),
    ("d3", "2025-02-26", "good", "家具完好。"),
)
"""Works, day, what was found, words."""
