"""The sixteen cases as a table: whose, about what, when submitted, reviewed and published, and what they tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One case. ``project`` and ``place`` are empty where it is about none."""

    code: str
    title: str
    title_en: str
    category: str
    organisation: str
    project: str
    place: str
    submitted: str
    reviewed: str
    published: str
    story: str
    channel: str = "site"


@dataclass(frozen=True, slots=True)
class Returned:
    """A first version that the review sent back: its title and text, when it was submitted and returned, and why."""

    title: str
    submitted: str
    returned: str
    concern: str
    note: str
    story: str


CASES = (
    Case(
        "k01", "十二户人家的学习角", "Twelve corners to study in", "practice", "n6", "home-2022", "va",
        "2022-11-18", "2022-11-23", "2022-11-25",
        "先入户量尺寸，再定书桌和灯的位置；每户只动一面墙，施工不超过三天，孩子晚上照常做作业。",
    ),
    Case(
        "k02", "把一间旧教室改亮", "Light for an old classroom", "typical", "n12", "school-s1", "s1",
        "2022-12-23", "2022-12-28", "2023-01-04",
        "改造前桌面照度只有标准的三分之一。换灯以前先测九个点，换完再测同样的九个点，两次的数都记在指标里。",
    ),
    Case(
        "k03", "志愿服务队怎样排班", "How the volunteers keep their rota", "practice", "n13", "team", "town",
        "2022-12-28", "2023-01-05", "2023-01-09",
        "每次探访至少两人同行，每月换一半人；孩子见到的总有一张熟面孔，队员也不至于太累。", "bulletin",
    ),
    Case(
        "k04", "先公示，后发放", "Public notice before the grant", "practice", "n8", "award", "town",
        "2023-02-24", "2023-03-01", "2023-03-03",
        "公示只写人数、标准和学校，不写名字。公示满五个工作日，没有异议才发放。",
    ),
    Case(
        "k05", "周末的山路", "Weekends on the mountain road", "deed", "n13", "team", "town",
        "2023-04-28", "2023-05-05", "2023-05-08",
        "队员连续一年在周末进村。文中的地点和人都作了处理，只写做了什么。",
    ),
    Case(
        "k06", "老师先学会听", "Teachers learn to listen first", "typical", "n19", "counsel", "s2",
        "2023-06-30", "2023-07-06", "2023-07-10",
        "辅导从给老师开的工作坊开始。老师会听了，学生才愿意来。",
    ),
    Case(
        "k07", "一张合身的书桌", "A desk that fits", "practice", "n7", "desk-2023", "town",
        "2023-09-08", "2023-09-13", "2023-09-15",
        "按身高分三档送桌椅，送到以后当场调好高度，半年后回访再调一次。",
    ),
    Case(
        "k08", "一道菜的标准步骤", "One dish, step by step", "typical", "n10", "chef", "town",
        "2023-10-20", "2023-10-25", "2023-10-27",
        "把一道家常菜拆成十七步，每一步有时间和火候。学会一道，再学第二道。",
    ),
    Case(
        "k09", "计算机教室的第一堂课", "First lesson in the computer room", "practice", "n11", "school-s3", "s3",
        "2023-12-22", "2023-12-27", "2024-01-05",
        "设备没有一次装满：先开一个班，用两周，把问题改完再装其余的。",
    ),
    Case(
        "k10", "每笔支出都能查到", "Every payment can be looked up", "practice", "n1", "", "",
        "2024-01-19", "2024-01-24", "2024-01-26",
        "付款以前先写明出自哪几笔捐赠、用于哪项工程。月底核对银行流水的是另一家机构。", "bulletin",
    ),
    Case(
        "k11", "雨天抢修的两天", "Two days of repairs in the rain", "deed", "n12", "school-s2", "s2",
        "2024-03-22", "2024-03-27", "2024-03-29",
        "验收时发现窗扣松动，遇上连日下雨。施工方两天内全部返修，费用由施工方承担。",
    ),
    Case(
        "k12", "每月一封信", "A letter every month", "typical", "n5", "pairs", "town",
        "2024-05-17", "2024-05-22", "2024-05-24",
        "结对的志愿者每月写一封信。后来有家长担心信里的细节会被认出，撤回了同意。",
    ),
    Case(
        "k13", "图书角谁来管", "Who looks after the reading corner", "practice", "n17", "school-s4", "s4",
        "2024-06-28", "2024-07-03", "2024-07-05",
        "图书角由高年级学生轮流管理，借书用一个本子登记。丢了书不罚钱，讲一个故事来抵。",
    ),
    Case(
        "k14", "晚到的两场培训", "Two trainings that came late", "practice", "n9", "training", "town",
        "2024-12-06", "2024-12-11", "2024-12-13",
        "2024年上半年只办了一场，被列为逾期。补办的两场放在农闲，到场人数反而最多。", "meeting",
    ),
    Case(
        "k15", "为什么只找到27个岗位", "Why there were only 27 posts", "typical", "n21", "intern", "town",
        "2024-12-13", "2024-12-18", "2024-12-20",
        "目标是40个。差的13个都卡在食宿：岗位在广州，住处没有着落就不算数。", "meeting",
    ),
    Case(
        "k16", "先问清楚再签字", "Ask before you sign", "practice", "n16", "law", "town",
        "2024-12-27", "2025-01-03", "2025-01-06",
        "劳动权益课从一份真实格式的合同讲起，每个人当场找出三处要问清楚的地方。",
    ),
)  # fmt: skip
FIRST_VERSIONS = {
    "k05": Returned(
        "一年没有缺席的周末",
        "2023-04-21",
        "2023-04-26",
        "identity",
        "写到了村名和孩子的年级，熟悉当地的人可能认出来。",
        "队员连续一年在周末走同一条山路，看望同一户人家。",
    )
}
WITHDRAWN = ("k12", "2024-09-13", "consent", "一位家长撤回了同意，文章整篇撤下。")
