"""The fictional organisations as a table: what they are, what they do here, and from when. All names are 示例."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Member:
    """A fictional organisation. ``capability`` and ``post`` are those of its staff key."""

    code: str
    name: str
    name_en: str
    kind: str
    roles: tuple[str, ...]
    capability: str
    post: str
    joined: date


FIRST = date(2022, 4, 6)
SECOND = date(2022, 9, 5)
THIRD = date(2023, 3, 6)
MEMBERS = (
    Member("n1", "示例一号协会", "Example No. 1 Association", "association", ("support", "donor"), "plan", "统筹",
        FIRST),
    Member("n2", "示例二号商会", "Example No. 2 Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member("n3", "示例三号基金会", "Example No. 3 Foundation", "foundation", ("executor",), "fund", "出纳", FIRST),
    Member("n4", "示例四号商会", "Example No. 4 Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member("n5", "示例五号社工中心", "Example No. 5 Social Work Centre", "service", ("executor",), "deliver", "项目",
        FIRST),
    Member("n6", "示例六号装饰协会", "Example No. 6 Interior Works Association", "association", ("executor", "donor"),
        "deliver", "项目", FIRST),
    Member("n7", "示例七号家具商会", "Example No. 7 Furniture Chamber", "chamber", ("executor", "donor"), "deliver",
        "项目", FIRST),
    Member("n8", "示例八号教育促进会", "Example No. 8 Education Association", "association", ("executor",), "deliver",
        "奖学金", FIRST),
    Member("n9", "示例九号培训协会", "Example No. 9 Training Association", "association", ("executor",), "deliver",
        "培训", FIRST),
    Member("n10", "示例十号餐饮协会", "Example No. 10 Catering Association", "association", ("executor", "donor"),
        "deliver", "培训", FIRST),
    Member("n11", "示例十一号电子商会", "Example No. 11 Electronics Chamber", "chamber", ("executor", "donor"),
        "deliver", "项目", SECOND),
    Member("n12", "示例十二号建筑协会", "Example No. 12 Building Association", "association", ("executor", "donor"),
        "deliver", "工程", FIRST),
    Member("n13", "示例十三号志愿服务协会", "Example No. 13 Volunteers' Association", "association", ("executor",),
        "deliver", "志愿者", FIRST),
    Member("n14", "示例十四号家政协会", "Example No. 14 Domestic Work Association", "association", ("executor",),
        "deliver", "培训", SECOND),
    Member("n15", "示例十五号物流商会", "Example No. 15 Logistics Chamber", "chamber", ("donor",), "deliver", "经办",
        FIRST),
    Member("n16", "示例十六号法律服务中心", "Example No. 16 Law Centre", "service", ("executor",), "deliver", "项目",
        SECOND),
    Member("n17", "示例十七号阅读协会", "Example No. 17 Reading Association", "association", ("executor", "donor"),
        "deliver", "项目", SECOND),
    Member("n18", "示例十八号医药商会", "Example No. 18 Medicine Chamber", "chamber", ("donor",), "deliver", "经办",
        FIRST),
    Member("n19", "示例十九号心理服务中心", "Example No. 19 Counselling Centre", "service", ("executor",), "deliver",
        "项目", FIRST),
    Member("n20", "示例二十号体育协会", "Example No. 20 Sports Association", "association", ("donor",), "deliver",
        "项目", THIRD),
    Member("n21", "示例二十一号人才协会", "Example No. 21 Careers Association", "association", ("executor", "donor"),
        "deliver", "项目", FIRST),
    Member("n22", "示例二十二号评估中心", "Example No. 22 Evaluators", "service", ("support",), "plan", "评估", FIRST),
    Member("n23", "示例二十三号艺术协会", "Example No. 23 Arts Association", "association", ("executor",), "deliver",
        "项目", THIRD),
    Member("n24", "示例二十四号商会", "Example No. 24 Chamber", "chamber", ("donor",), "deliver", "经办", THIRD),
    Member("audit", "示例会计师事务所", "Example Accounting Firm", "auditor", ("auditor",), "confirm", "核对流水",
        FIRST),
    Member("inspect", "示例验收工作组", "Example Inspection Team", "team", ("team",), "accept", "验收", FIRST),
    Member("hr", "示例人力资源服务部门", "Example Human Resources Office", "authority", ("authority",), "accept",
        "培训协助", FIRST),
    Member("s1", "示例小学甲", "Example Primary School A", "school", ("school",), "accept", "验收", FIRST),
    Member("s2", "示例中学乙", "Example Middle School B", "school", ("school",), "accept", "验收", FIRST),
    Member("s3", "示例小学乙", "Example Primary School B", "school", ("school",), "accept", "验收", THIRD),
    Member("s4", "示例小学丙", "Example Primary School C", "school", ("school",), "accept", "验收", THIRD),
    Member("s5", "示例中学甲", "Example Middle School A", "school", ("school",), "accept", "验收", THIRD),
)  # fmt: skip
