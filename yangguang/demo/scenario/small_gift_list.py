"""The many small donations: money of members and individuals by a seeded rule, goods and hours of service as tables."""

from collections.abc import Callable
from datetime import date, timedelta

from yangguang.demo.scenario.gift_list import Cash, Goods
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.steps import seeded, working_day

FIRST, EVERY = date(2022, 5, 5), timedelta(days=15, hours=12)
GIFTS_OF_MONEY = 62
AMOUNTS = (
    "300", "500", "600", "660", "800", "1,000", "1,000", "1,200",
    "1,500", "1,688", "2,000", "2,400", "2,600", "3,000", "3,200", "4,800",
)  # fmt: skip
"""Yuan. Individuals give one of the first eight."""
GIVING = ("n1", "n6", "n7", "n10", "n11", "n15", "n17", "n21", "n24")
"""Members that give money in small sums; the largest donors give large ones."""

GOODS = (
    ("2022-05-30", "n18", "儿童口罩", 3000, "只", "0.68", "team", "2022-06-06"),
    ("2022-07-06", "n7", "搬运推车", 10, "辆", "260.00", "desk-2022", "2022-07-12"),
    ("2022-08-17", "n10", "学生牛奶", 400, "箱", "42.00", "visit", "2022-08-31"),
    ("2022-09-26", "n6", "内墙涂料", 46, "桶", "255.00", "home-2022", "2022-10-10"),
    ("2022-10-17", "n12", "铝合金窗", 36, "樘", "420.00", "school-s1", "2022-10-24"),
    ("2022-11-24", "n7", "床上用品", 60, "套", "158.00", "home-2022", "2022-11-30"),
    ("2023-02-27", "n11", "投影仪", 2, "台", "2,980.00", "training", "2023-03-06"),
    ("2023-03-14", "n10", "厨具套装", 24, "套", "236.00", "chef", "2023-03-20"),
    ("2023-04-19", "n6", "清洁实训用品", 30, "套", "128.00", "domestic", "2023-04-24"),
    ("2023-05-30", "n17", "书包文具", 150, "套", "86.00", "pairs", "2023-06-05"),
    ("2023-06-20", "n12", "实验桌凳", 40, "套", "298.00", "school-s2", "2023-06-26"),
    ("2023-08-16", "n11", "电工工具", 25, "套", "168.00", "technician", "2023-08-21"),
    ("2023-09-14", "n12", "安全帽和反光背心", 40, "套", "58.00", "logistics", "2023-09-20"),
    ("2023-09-27", "n10", "留样冰箱", 3, "台", "2,380.00", "nutrition", "2023-10-10"),
    ("2023-10-24", "n17", "绘本", 420, "册", "26.00", "story", "2023-10-30"),
    ("2023-11-21", "n7", "棉被", 70, "床", "138.00", "home-2023", "2023-11-27"),
    ("2023-12-13", "n18", "护眼台灯", 45, "盏", "126.00", "visit", "2023-12-19"),
    ("2024-03-14", "n17", "画材", 90, "套", "64.00", "art", "2024-03-19"),
    ("2024-04-17", "n11", "电钢琴", 2, "台", "3,280.00", "music", "2024-04-22"),
    ("2024-05-08", "n18", "护理模型", 6, "具", "860.00", "nursing", "2024-05-13"),
    ("2024-06-04", "n11", "桌垫和台灯", 60, "套", "96.00", "home-2024", "2024-06-12"),
    ("2024-07-23", "n6", "防潮地板", 180, "平方米", "62.00", "home-2024", "2024-07-29"),
    ("2024-09-11", "n10", "学生餐具", 80, "套", "118.00", "visit", "2024-09-18"),
    ("2024-11-06", "n12", "热水管材", 240, "米", "34.50", "school-s5", "2024-11-12"),
)
"""Day, donor, what, how many, unit, yuan each, project, allocated on."""
SERVICE = (
    ("2022-07-29", "n6", "设计和量房", 64, "90.00", "home-2022", "2022-08-05"),
    ("2022-09-29", "n6", "工程监理", 96, "85.00", "school-s1", "2022-10-10"),
    ("2022-10-31", "person", "培训授课", 72, "110.00", "training", "2022-11-07"),
    ("2022-12-14", "n19", "心理辅导", 64, "120.00", "counsel", "2022-12-20"),
    ("2022-12-21", "n10", "厨艺授课", 60, "95.00", "chef", "2022-12-28"),
    ("2023-04-24", "person", "培训授课", 80, "110.00", "training", "2023-05-04"),
    ("2023-05-31", "person", "家政授课", 70, "80.00", "domestic", "2023-06-07"),
    ("2023-06-30", "n6", "设计和量房", 72, "90.00", "home-2023", "2023-07-07"),
    ("2023-07-31", "n6", "工程监理", 110, "85.00", "school-s2", "2023-08-08"),
    ("2023-09-27", "person", "网络布线", 58, "75.00", "school-s3", "2023-10-09"),
    ("2023-10-27", "n21", "生涯规划授课", 66, "100.00", "career", "2023-11-02"),
    ("2023-11-20", "person", "培训授课", 84, "110.00", "training", "2023-11-27"),
    ("2023-11-27", "person", "仓储带教", 120, "48.00", "logistics", "2023-12-04"),
    ("2023-12-13", "n19", "心理辅导", 88, "120.00", "counsel", "2023-12-20"),
    ("2023-12-27", "person", "家长课堂授课", 56, "100.00", "parents", "2024-01-03"),
    ("2024-03-27", "person", "阅读陪伴", 110, "45.00", "story", "2024-04-02"),
    ("2024-04-29", "person", "电工授课", 76, "90.00", "technician", "2024-05-07"),
    ("2024-05-29", "n16", "法律课授课", 62, "150.00", "law", "2024-06-05"),
    ("2024-06-26", "person", "美育授课", 80, "90.00", "art", "2024-07-03"),
    ("2024-06-28", "n10", "营养餐指导", 70, "85.00", "nutrition", "2024-07-05"),
    ("2024-07-31", "n6", "设计和量房", 66, "90.00", "home-2024", "2024-08-07"),
    ("2024-09-27", "person", "合唱排练", 84, "85.00", "music", "2024-10-09"),
    ("2024-10-30", "person", "护理课授课", 72, "90.00", "nursing", "2024-11-05"),
    ("2024-11-20", "n19", "心理辅导", 96, "120.00", "counsel", "2024-11-26"),
)
"""Day, donor, what, hours, yuan an hour, project, allocated on."""


def small_cash() -> tuple[Cash, ...]:
    """Every sixth comes from an individual; members pledge theirs some days before."""
    random = seeded("small gifts")

    def below(limit: int) -> int:
        return int.from_bytes(random(4)) % limit

    return tuple(_cash(number, below) for number in range(GIFTS_OF_MONEY))


def small_goods() -> tuple[Goods, ...]:
    """One line of goods each."""
    return tuple(
        Goods(f"g{number}", on, donor, ((what, count, unit, each),), project, allocated_on, late=number % 3)
        for number, (on, donor, what, count, unit, each, project, allocated_on) in enumerate(GOODS, start=11)
    )


def small_service() -> tuple[Goods, ...]:
    """Hours of professional work; those of the volunteer team are in the first list."""
    return tuple(
        Goods(f"v{number:02d}", on, donor, ((what, hours, "小时", each),), project, allocated_on, late=number % 4)
        for number, (on, donor, what, hours, each, project, allocated_on) in enumerate(SERVICE, start=7)
    )


def _cash(number: int, below: Callable[[int], int]) -> Cash:
    on = working_day(FIRST + EVERY * number, after=below(10))
    code, late = f"k{number + 1:02d}", below(6)
    if number % 6 == 1:
        return Cash(code, on.isoformat(), "person", AMOUNTS[below(8)], late)
    pledged = working_day(on - timedelta(days=20 - below(16)))
    members = [member.code for member in MEMBERS if member.joined < pledged and member.code in GIVING]
    donor, amount = members[below(len(members))], AMOUNTS[below(len(AMOUNTS))]
    return Cash(code, on.isoformat(), donor, amount, late, pledged=pledged.isoformat())
