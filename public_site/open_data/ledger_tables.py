"""Tables of the ledger itself, who takes part, where, and what is due."""

from projections.audit_trail import LABELS
from public_site.open_data import columns as c
from public_site.open_data import rows
from public_site.open_data.declaring import selected, states, table
from public_site.presenters import words

STANDINGS = {"": "有效", "voided": "已作废", "lapsed": "已失效"}
LEDGER = (
    table(
        "entries",
        ("账目", "Entries"),
        "账本里的每一条，按编号。",
        (
            c.text("event_id", "内容指纹", "Event id"),
            c.thing("of_record", "所属记录", "Record"),
            c.code("type", "事情", "Event type", lambda value: LABELS[value].zh if value in LABELS else value),
            c.moment("recorded_at", "记入时间", "Recorded at"),
            c.day("occurred_on", "发生日期", "Occurred on"),
            c.integer("lateness_days", "迟记天数", "Days late"),
            c.thing("organisation", "签署机构", "Signed by"),
            c.text("sentence_zh", "说明", "Sentence in Chinese"),
            c.text("sentence_en", "英文说明", "Sentence"),
            c.fen("money_fen", "金额", "Money"),
            c.integer("amends", "更正第几条", "Amends entry"),
            c.code("standing", "现在的效力", "Standing", STANDINGS),
        ),
        selected(
            "SELECT idx, '', event_id, record, type, recorded_at, occurred_on, lateness_days, organisation, zh, en,"
            " money_fen, amends, standing FROM entries ORDER BY idx"
        ),
    ),
    table(
        "organisations",
        ("参加机构", "Organisations"),
        "每个登记的机构现在的样子。",
        (
            c.text("name", "名称", "Name"),
            c.text("aliases", "别名", "Aliases"),
            c.text("credit_code", "统一社会信用代码", "Unified social credit code"),
            c.text("kind", "类型（代码）", "Kind (code)"),
            c.text("roles", "角色（代码）", "Roles (codes)"),
            c.code("state", "状态", "State", states("organisation")),
            c.text("undertook", "承诺的行为规范版本", "Conduct rules undertaken"),
            c.day("undertook_on", "承诺日期", "Undertaken on"),
            c.text("screening", "查询结果（代码）", "Screening (code)"),
            c.day("screened_on", "查询日期", "Screened on"),
        ),
        rows.organisations_rows,
    ),
    table(
        "regions",
        ("地区账本", "Regional ledgers"),
        "每本登记的地区账本，和最近记入的总指纹。",
        (
            c.thing("region", "账本", "Ledger"),
            c.text("origin", "账本地址名", "Origin"),
            c.thing("organisation", "负责机构", "Organisation"),
            c.thing("place", "地点", "Place"),
            c.text("address", "网址", "Address"),
            c.integer("head_entry", "总指纹在第几条", "Entry of the head"),
            c.integer("tree_size", "条数", "Entries"),
            c.text("root", "总指纹", "Root hash"),
            c.moment("recorded_at", "记入时间", "Recorded at"),
        ),
        selected(
            "SELECT regions.idx, '', region, origin, organisation, place, address, heads.idx, tree_size, root,"
            " recorded_at FROM regions LEFT JOIN heads USING (region) ORDER BY regions.idx"
        ),
    ),
    table(
        "places",
        ("地点", "Places"),
        "每个登记的地点，和在那里做的事。",
        (
            c.text("name", "名称", "Name"),
            c.text("code", "代码", "Code"),
            c.code("level", "级别", "Level", words.LEVELS),
            c.thing("parent", "上级", "Within"),
            c.text("aliases", "别名", "Aliases"),
            c.boolean("priority", "重点", "Priority"),
            c.integer("activities", "活动次数", "Activities"),
            c.integer("works", "验收的工程", "Accepted works"),
            c.fen("paid_fen", "付款", "Paid"),
            c.integer("activities_within", "连下级的活动", "Activities within"),
            c.fen("paid_within_fen", "连下级的付款", "Paid within"),
        ),
        rows.places_rows,
    ),
    table(
        "duties",
        ("到期事项", "Duties"),
        "每件应当按期公开的事：期限、何时公开。",
        (
            c.text("rule", "规则（代码）", "Rule (code)"),
            c.thing("about", "关于", "About"),
            c.day("from", "起算日", "Counted from"),
            c.day("due_on", "期限", "Due on"),
            c.day("met_on", "做到日期", "Met on"),
            c.day("public_on", "公开日期", "Public on"),
            c.integer("met_entry", "做到的账目", "Meeting entry"),
        ),
        selected(
            "SELECT json_extract(entries, '$[0]'), '', rule, subject, on_day, due_on, met_on, public_on, met_idx"
            " FROM duties ORDER BY due_on, duty"
        ),
    ),
    table(
        "scores",
        ("公开程度评分", "Disclosure scores"),
        "每个项目和机构按40项标准的得分。",
        (
            c.thing("of_record", "项目或机构", "Project or organisation"),
            c.integer("points", "分", "Points of 100"),
            c.text("grade", "级", "Grade"),
            c.integer("applicable", "适用的分", "Points that apply"),
            c.integer("where", "在哪里", "Where"),
            c.integer("what", "什么项目", "What"),
            c.integer("whom", "帮了谁", "Whom"),
            c.integer("how_much", "帮了多少", "How much"),
            c.integer("effect", "效果", "Effect"),
        ),
        rows.scores_rows,
    ),
)
