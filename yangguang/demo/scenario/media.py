"""Stream: media reports by fictional outlets. Every address is under .example, which no one can own."""

from collections.abc import Iterator

from ledger.domain.media import MediaRecorded
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.steps import Ref, Step, day, project

BY = "n1:publish"
OUTLETS = {
    "daily": ("示例日报", "press"),
    "evening": ("示例晚报", "press"),
    "weekly": ("示例公益周刊", "press"),
    "radio": ("示例人民广播", "broadcast"),
    "tv": ("示例电视台", "broadcast"),
    "app": ("示例新闻客户端", "online"),
    "account": ("示例社会组织公众号", "online"),
}
REPORTS = (
    ("2022-04-12", "account", "教育帮扶方案公布", ""),
    ("2022-06-19", "daily", "帮扶项目在示例小学甲启动", ""),
    ("2022-06-20", "tv", "社会组织组团助学", ""),
    ("2022-08-15", "evening", "首批居家改造开工", "home-2022"),
    ("2022-09-28", "app", "十二户孩子有了学习角", "home-2022"),
    ("2022-11-25", "daily", "奖学金先公示后发放", "award"),
    ("2022-12-09", "radio", "志愿者的第一个冬天", "team"),
    ("2023-01-16", "account", "2022年帮扶情况公布", ""),
    ("2023-03-10", "daily", "六十四家会员单位收到动员", ""),
    ("2023-04-06", "app", "旧教室换了新灯", "school-s1"),
    ("2023-05-26", "weekly", "粤菜师傅第一期结业", "chef"),
    ("2023-06-16", "evening", "谨防假借助学名义收费", ""),
    ("2023-07-12", "radio", "心理辅导进校园一年", "counsel"),
    ("2023-08-28", "app", "新书桌开学前送到", "desk-2023"),
    ("2023-09-22", "tv", "实验室水电改造完成", "school-s2"),
    ("2023-11-08", "evening", "一家参加机构因违规募捐被暂停", ""),
    ("2023-12-04", "daily", "第四批居家改造通过验收", "home-2023"),
    ("2024-01-17", "account", "五个问题的数字同时公布", ""),
    ("2024-03-13", "app", "图书角开到山里", "school-s4"),
    ("2024-04-12", "tv", "计算机教室投入使用", "school-s3"),
    ("2024-05-23", "daily", "第四轮奖学金发放", "award"),
    ("2024-06-21", "weekly", "实习岗位为什么不够", "intern"),
    ("2024-07-10", "radio", "粤菜师傅项目结束", "chef"),
    ("2024-08-16", "app", "宿舍热水工程开工", "school-s5"),
    ("2024-09-20", "evening", "今年培训场次落后", "training"),
    ("2024-10-28", "daily", "第五批居家改造通过验收", "home-2024"),
    ("2024-11-29", "account", "两场培训在11月补办", "training"),
    ("2024-12-23", "tv", "三年帮扶总结会召开", ""),
    ("2025-01-10", "weekly", "没有达到的三项指标", ""),
    ("2025-03-14", "daily", "第三方评估：部分达到目标", ""),
)
"""Day, outlet, title, project: empty where it is about the whole programme."""


def steps() -> Iterator[Step]:
    """One record each, entered a few days after it appeared."""
    for number, (on, outlet, title, about) in enumerate(REPORTS, start=1):
        name, medium = OUTLETS[outlet]
        data = {
            "outlet": name,
            "medium": medium,
            "title": title,
            "published_on": on,
            "link": f"https://{outlet}.example/{on.replace('-', '/')}/{number:02d}.html",
            "about": [project(about) if about else SANPAI],
        }
        yield Step(MediaRecorded, Ref("media", f"r{number:02d}"), day(on), data, BY, late=number % 5)
