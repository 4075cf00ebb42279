"""Problems and public questions of the demonstration as two tables. Everybody and everything in them is invented."""

from dataclasses import dataclass

from yangguang.demo.steps import Ref, organisation, place, project


@dataclass(frozen=True, slots=True)
class Problem:
    """``days`` until the first answer, ``solved`` days after it; None where that never came. ``to`` has it passed on.

    ``again``: raised again so many days after the last step, why, and the days until the second answer, if any.
    """

    code: str
    about: Ref
    category: str
    by: str
    on: str
    text: str
    days: int | None = None
    reply: str = ""
    outcome: str = "arranged"
    answered_by: str = "n1:plan"
    to: tuple[str, ...] = ()
    solved: int | None = None
    how: str = "fixed"
    again: tuple[int, str, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """``about`` a record or the path of a page. ``end`` is how it closed: an outcome, or ``refused:`` and a reason.

    ``contact``: somebody left a way to be reached, which is sealed.
    """

    code: str
    about: Ref | str
    category: str
    on: str
    text: str
    days: int | None = None
    reply: str = ""
    end: str = "explained"
    channel: str = "site"
    contact: bool = False


PROBLEMS = (
    Problem(
        "p01", project("home-2022"), "progress", "n6:deliver", "2022-08-01",
        "雨天运料车进不了示例村甲，第一批改造要推迟约一周。", 8, "与村里商定改走机耕路，材料分两次运。",
        answered_by="inspect:accept", to=("n1", "inspect"), solved=13,
    ),
    Problem(
        "p02", project("award"), "coordination", "n8:deliver", "2022-09-15",
        "两所学校的学年综合评定口径不一样，名单不好排。", 6, "统一按两校都有的三项评定，口径随公示公布。", solved=21,
    ),
    Problem(
        "p03", project("school-s1"), "quality", "s1:accept", "2022-09-26",
        "新换的灯有几盏频闪，老师反映看黑板不舒服。", 4, "整批退换，换成无频闪的型号。",
        answered_by="n12:deliver", to=("n12",), solved=17,
    ),
    Problem(
        "p04", project("bus"), "funds", "n10:deliver", "2022-10-24",
        "车辆保险和司机费用不在预算里，承接不下来。", 7, "同意撤回认领，项目重新公布。", "explained",
    ),
    Problem(
        "p05", project("desk-2022"), "needs", "n7:deliver", "2022-09-14",
        "部分家庭房间太小，放不下1.2米的书桌。", 9, "改订0.9米的小桌，数量不变。", solved=26,
    ),
    Problem(
        "p06", project("training"), "coordination", "n9:deliver", "2022-11-07",
        "原定场地被占用，第二场没有地方办。", 3, "改在示例中学乙的多功能厅。", to=("n1", "s2"), solved=11,
        how="arranged",
    ),
    Problem(
        "p07", project("team"), "needs", "n13:deliver", "2023-02-20",
        "周末探访与学生补课冲突，到场的孩子少。", 15, "改为周五下午，由学校统一安排。", solved=24,
    ),
    Problem(
        "p08", project("home-2023"), "progress", "n6:deliver", "2023-05-09",
        "油岭村一处需要先加固屋顶，超出改造范围。", 13, "列入危房另行处理，本批用候补的一户替换。",
        "explained", answered_by="n22:plan", to=("n1", "n22"),
    ),
    Problem(
        "p09", project("school-s2"), "safety", "s2:accept", "2023-06-07",
        "施工通道与学生上学的路交叉，有安全隐患。", 1, "当天加装围挡，上下学时段停工。",
        answered_by="n12:deliver", to=("n12", "n6"), solved=1,
    ),
    Problem(
        "p10", project("chef"), "needs", "n10:deliver", "2023-06-12",
        "学员反映只学粤菜用处不大，希望加快餐和卫生知识。", 16, "第二期课程加了两个单元。", solved=35,
    ),
    Problem(
        "p11", project("counsel"), "coordination", "n19:deliver", "2023-09-11",
        "辅导室与图书室共用，谈话不能保密。", 10, "学校腾出一间独立的小办公室。",
        answered_by="s1:accept", to=("s1",), solved=20, again=(44, "again", 12),
    ),
    Problem(
        "p12", project("sport"), "funds", "n20:deliver", "2023-09-25",
        "筹到的钱不到预算的三成，开不了工。", 17, "上会讨论后取消，先保证两所优先学校。", "explained",
    ),
    Problem(
        "p13", project("domestic"), "needs", "n14:deliver", "2023-10-10",
        "第二期只有6人报名，开不了班。", 21, "不再办第二期，结余经捐赠方同意另用。", "explained", solved=30,
        how="arranged",
    ),
    Problem(
        "p14", project("school-s3"), "quality", "s3:accept", "2024-04-16",
        "两台电脑开机蓝屏。", 8, "更换内存条，其余机器一并检查。", answered_by="n11:deliver", to=("n11",), solved=6,
    ),
    Problem(
        "p15", project("art"), "progress", "n23:deliver", "2024-05-13",
        "专业老师每周只能来一次，课程进度比计划慢。", 14, "同意延长到2025年6月，课时总数不变。", "explained",
    ),
    Problem(
        "p16", project("training"), "progress", "n22:plan", "2024-07-02",
        "今年过半，集中职业培训的场次还没有排满。", 20, "承接机构排出了下半年的日期。",
        answered_by="n9:deliver", to=("n9", "n21"), solved=126, how="arranged",
    ),
    Problem(
        "p17", project("desk-2024"), "quality", "inspect:accept", "2024-08-19",
        "抽查时发现有的床板有毛刺。", 2, "全部打磨后再送。", answered_by="n7:deliver", to=("n7",), solved=9,
    ),
    Problem(
        "p18", project("intern"), "needs", "n21:deliver", "2024-06-25",
        "联系到的实习岗位多在广州，家长不放心。", 23, "增加县内岗位，去广州的由老师带队。", solved=40,
        how="arranged",
    ),
    Problem(
        "p19", project("school-s5"), "progress", "s5:accept", "2024-12-09",
        "天冷了，热水设备还没有装。", 9, "厂家答应1月中旬到货，先送来电热水器应急。",
        answered_by="n12:deliver", to=("n12", "n1"), again=(52, "undone", None),
    ),
    Problem(
        "p20", project("pairs"), "other", "n5:deliver", "2024-03-12",
        "结对记录的表格太复杂，志愿者填不全。", 7, "表格减到一页，只记日期、方式和次数。", solved=14,
    ),
    Problem(
        "p21", organisation("n7"), "coordination", "s4:accept", "2024-10-14",
        "送货没有提前打电话，学校没有人接收。", 3, "以后提前两天约定时间，送货单写明联系人岗位。",
        answered_by="n7:deliver", to=("n7",), solved=1,
    ),
    Problem(
        "p22", project("school-s5"), "quality", "inspect:accept", "2025-03-17",
        "走廊照明的两只灯具固定不牢。", to=("n12",),
    ),
)  # fmt: skip
QUESTIONS = (
    Question(
        "q01", project("home-2022"), "progress", "2022-07-19", "我们村也有这样的家庭，怎么申请改造？", 9,
        "由村里汇总后报需求，名单不公布；第二批正在摸底。", "explained", "phone", contact=True,
    ),
    Question(
        "q02", "/how-much", "use", "2022-08-16", "管理费从捐款里出吗？占多少？", 13,
        "收到的捐款全部用于项目，没有提取管理费；付款账目里可以逐笔查到。",
    ),
    Question(
        "q03", Ref("donation", "c01"), "use", "2022-10-17", "这笔6万元用到哪里去了？", 4,
        "已分配给居家改造，付款和验收都在捐赠页面上。", contact=True,
    ),
    Question(
        "q04", project("school-s1"), "service", "2022-11-14", "施工的声音影响上课。", 2,
        "已改在下午放学后和周末施工。", "passed_on", "phone",
    ),
    Question(
        "q05", "/whom", "other", "2022-12-12", "为什么不公布受助孩子的名单？", 7,
        "孩子的身份依法不能公开，账本只公布整批的人次。", "withheld",
    ),
    Question(
        "q06", Ref("award", "a1"), "other", "2022-12-19", "没有评上的学生怎么知道原因？", 10,
        "可以向所在学校查询本人的评定，账本不收这类个人信息。", "elsewhere", "letter",
    ),
    Question(
        "q07", place("nangang"), "error", "2023-02-14", "南岗应该写南岗村吧？", 14,
        "账本用的是公开文件里的名称，没有写错。", "refused:source",
    ),
    Question(
        "q08", project("bus"), "progress", "2023-03-06", "流动图书车怎么取消了？", 8,
        "认领机构撤回后没有机构再认领，已并入学校图书角考虑。",
    ),
    Question(
        "q09", "/how-much", "use", "2023-04-20", "还没分配的钱放在哪里？有利息吗？", 19,
        "在收款机构的专户；利息并入同一专户，随年度报告公布。",
    ),
    Question(
        "q10", Ref("donation", "c26"), "use", "2023-06-28", "为什么退回了5,000元？", 5,
        "捐赠方多汇了一笔，书面要求退回多汇的部分。",
    ),
    Question(
        "q11", project("camp"), "progress", "2023-06-13", "夏令营为什么没有批准？孩子们很想去。", 8,
        "方案限于三排镇内的教育帮扶，外出研学不在范围内。",
    ),
    Question(
        "q12", Ref("donation", "c33"), "error", "2023-09-05",
        "我们单位捐的不是这个数，页面上把两个数字写反了。", 2, "核对银行回单，确实写反了，正在更正。", "correcting",
        contact=True,
    ),
    Question(
        "q13", Ref("renovation", "w1"), "service", "2023-09-14", "学校饮水点出水很小。", 6,
        "滤芯堵塞，已约定更换，回访时再查。", "passed_on",
    ),
    Question(
        "q14", "/effect", "other", "2023-10-25", "“学习区达标”是怎么量的？", 12, "测量方法写在每个指标的页面里。",
    ),
    Question(
        "q15", organisation("n20"), "conduct", "2023-12-05", "这家协会证书到期了还在参与吗？", 3,
        "11月起已暂停，换发新证前不能记账也不能实施。", channel="phone", contact=True,
    ),
    Question(
        "q16", Ref("renovation", "h4"), "error", "2024-01-15", "第四批的户数好像不对。", 11,
        "与验收单核对过，账目没有错。", "refused:source", "letter",
    ),
    Question(
        "q17", "/where", "error", "2024-03-21", "地图上怎么没有我们小组？", 18,
        "账本的地点只到村和学校，不记小组和住址。", "refused:absent",
    ),
    Question(
        "q18", project("training"), "progress", "2024-06-11", "今年的培训什么时候开班？", 31,
        "下半年的日期已排出，报名由镇上的服务点受理。", "passed_on", "phone", contact=True,
    ),
    Question(
        "q19", Ref("award", "a4"), "conduct", "2024-06-03", "有人说名额是内定的。", 38,
        "核对了公示、评定表和会议记录，程序完整；如有具体线索请再告诉我们。", "explained", "letter",
    ),
    Question(
        "q20", project("art"), "progress", "2024-09-12", "美育课还会继续吗？", 6, "会，延长到2025年6月。",
    ),
    Question(
        "q21", "/whom", "privacy", "2024-10-23", "请确认网上查不到我孩子的信息。", 5,
        "账本里没有任何孩子的姓名、学校班级和住址，也查不出某一个人。", "explained", "phone", contact=True,
    ),
    Question(
        "q22", Ref("programme", "sanpai"), "use", "2025-01-15", "项目结束了，剩下的钱怎么办？", 26,
        "结余用于宗旨相近的助学项目，三个月内公布去向。",
    ),
    Question("q23", project("school-s5"), "progress", "2025-03-11", "学校的热水到底什么时候能用上？", channel="phone"),
)  # fmt: skip
