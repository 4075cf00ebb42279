"""What the plan itself says, as our own structured facts: nothing here is invented for the demonstration.

    聚力助学 童向未来 · 2022-04 to 2024-12 · three phases · four plans · six kinds of service · three ways to take part

Where the plan contradicts itself, the body text governs the annex table and the other wording is an alias.
"""

from dataclasses import dataclass
from datetime import date

TITLE = "聚力助学 童向未来"
TITLE_EN = "Together for Schooling, Children towards the Future"
TITLE_ALIASES = ("聚力助学，童向未来", "聚力助学兴教，筑梦儿童未来")
FULL_TITLE = "广州市社会组织对口支援清远市连南瑶族自治县三排镇教育帮扶方案"
BASIS = (
    "习近平总书记关于乡村振兴的重要指示精神",
    "省乡村振兴驻镇帮镇扶村工作部署",
    "《广州市对口帮扶地区乡村振兴驻镇帮镇扶村工作方案》",
    "《广州市2022年度对口帮扶清远民族地区高质量发展工作要点》",
)
STARTS_ON = date(2022, 4, 1)
ENDS_ON = date(2024, 12, 31)


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation that the plan names, with the part it gives it. ``kind`` and ``role`` are codes of the ledger."""

    code: str
    name: str
    name_en: str
    kind: str
    role: str
    part: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A place that the plan names. ``code`` is the public administrative division code."""

    code: str
    name: str
    name_en: str
    level: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A period of the programme, both ends included. Phases may overlap: June 2022 belongs to two."""

    code: str
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """One of the four plans. ``unspecified``: the plan's text gives it no numbers.

    ``works`` are the categories of works that count under it. The body text gives school works to 升级计划; the annex
    table names them under 童梦计划 too, which is a tag.
    """

    code: str
    title: str
    title_en: str
    services: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    unspecified: bool = False
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its name in both languages."""

    code: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something the plan says must happen so often. ``per`` is year or whole; ``most`` None is no upper bound."""

    code: str
    title: str
    plan: str
    per: str
    floor: int
    most: int | None = None
    note: str | None = None


BODIES = (
    Body(
        "a1",
        "广州市社会组织管理局",
        "Guangzhou Social Organisation Administration",
        "authority",
        "guide",
        "guide",
        ("广州市社会组织管理局办公室",),
    ),
    Body(
        "a2",
        "广州市社会组织联合会",
        "Guangzhou Federation of Social Organisations",
        "federation",
        "lead",
        "lead",
        ("广州社会组织联合会", "市社会组织联合会"),
    ),
    Body(
        "a3",
        "广州社联困境儿童关爱中心",
        "Guangzhou Shelian Care Centre for Children in Hardship",
        "service",
        "support",
        "support",
    ),
    Body(
        "a5",
        "连南瑶族自治县三排镇镇政府",
        "Sanpai Town Government",
        "town",
        "town",
        "counterpart",
        ("三排镇镇政府", "镇政府"),
    ),
    Body(
        "a6",
        "广州市驻清远市连南瑶族自治县三排镇驻镇帮扶工作队",
        "Guangzhou Work Team stationed in Sanpai Town",
        "team",
        "team",
        "counterpart",
        ("驻三排镇乡村振兴工作队", "市驻连南瑶族自治县三排镇帮镇扶村工作队"),
    ),
)
COUNTY = Area("441826", "连南瑶族自治县", "Liannan Yao Autonomous County", "county", ("清远市连南瑶族自治县",))
TOWN = Area("441826105", "三排镇", "Sanpai Town", "town", ("连南瑶族自治县三排镇",))
PHASES = (
    Phase("preparation", "项目筹备阶段", date(2022, 4, 1), date(2022, 6, 30)),
    Phase("implementation", "项目实施阶段", date(2022, 6, 1), date(2024, 11, 30)),
    Phase("summary", "项目总结阶段", date(2024, 12, 1), date(2024, 12, 31)),
)
SERVICE_TYPES = (
    Code("facilities", "教学设施环境改善", "Better teaching facilities"),
    Code("study_room", "学习环境改造", "Renovated places to study"),
    Code("scholarship", "优秀学生奖学金激励", "Scholarships for excellent pupils"),
    Code("companionship", "成长陪伴", "Companionship"),
    Code("training", "职业培训", "Vocational training"),
    Code("job", "就业推荐", "Job recommendation"),
)
PLANS = (
    Plan(
        "tongmeng",
        "童梦计划",
        "Children's Dreams Plan",
        ("居家学习和生活环境的硬件改造", "每年筹集适合学习和生活所需的家具", "优秀学生奖学金", "优先改善老旧教学设施"),
        works=("home", "furniture"),
    ),
    Plan(
        "tongban",
        "童伴计划",
        "Companions Plan",
        ("组建志愿服务队", "探访学校", "结对关爱", "成长咨询和心理辅导"),
    ),
    Plan(
        "zhiban",
        "职伴计划",
        "Job Companions Plan",
        ("集中职业培训", "实习岗位推荐", "面试培训", "职业生涯规划"),
        ("职梦计划",),
    ),
    Plan(
        "shengji",
        "升级计划",
        "School Upgrade Plan",
        ("部分中小学校基础设施和软硬件条件改善",),
        (),
        unspecified=True,
        works=("school", "equipment"),
    ),
)
OBLIGATIONS = (
    Obligation("training", "集中职业培训", "zhiban", "year", 2, note="方案没有说明2022年不足一年是否也应办2场。"),
    Obligation("furniture", "更换适合学习和生活所需的家具", "tongmeng", "year", 1),
    Obligation("volunteer_team", "组建对口帮扶三排镇志愿服务队", "tongban", "whole", 1, 1),
    Obligation("priority_school", "优先改善老旧教学设施的中小学", "shengji", "whole", 1, 2),
)
OUTCOMES = (
    (
        "聚焦清远市三排镇困境儿童的现实需求，统筹协调专业力量和资源优势，搭建服务协作平台，"
        "进一步助力实现巩固拓展脱贫攻坚成果同乡村振兴有效衔接"
    ),
    "形成广州市社会组织帮扶三排镇乡村振兴的特色项目和合作模式",
    "改善三排镇青年成长成才的环境，提升社会融入和就业率，生活幸福感",
)
MODES = (
    Code("listed", "认领项目", "claim"),
    Code("proposed", "自设项目", "self-set"),
    Code("offered", "服务帮扶", "service"),
)
QUESTIONS = ("在哪里帮扶", "帮扶什么项目", "帮了谁", "帮了多少", "项目帮扶效果怎么样")
YOUTH_FROM_AGE = 16
