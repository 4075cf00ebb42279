"""Tables of money, and of what was paid for: awards and works."""

from ledger.domain.renovation import CATEGORIES
from public_site.open_data import columns as c
from public_site.open_data import rows
from public_site.open_data.declaring import ORGANISATION, PEOPLE, PROJECT, selected, states, table
from public_site.presenters import words

CATEGORY_WORDS = {name: found[0] for name, found in CATEGORIES.items()}
MONEY = (
    table(
        "donations",
        ("捐赠", "Donations"),
        "每笔捐赠，只承诺还没有收到的也在内；个人捐赠者不写名字。",
        (
            c.text("donor_kind", "捐赠者类别（代码）", "Kind of donor (code)"),
            c.thing("donor", "捐赠机构", "Donor"),
            c.thing("recipient", "受赠机构", "Recipient"),
            c.code("form", "形式", "Form", words.FORMS),
            c.code("state", "状态", "State", states("donation")),
            c.fen("pledged_fen", "承诺", "Pledged"),
            c.fen("received_fen", "收到或折价", "Received or valued"),
            c.fen("unallocated_fen", "尚未分配", "Unallocated"),
            c.integer("hours", "志愿服务小时", "Hours"),
            c.text("restricted_plan", "限定计划（代码）", "Restricted to plan"),
            c.thing("restricted_project", "限定项目", "Restricted to project"),
            c.day("received_on", "收到日期", "Received on"),
            c.integer("confirmed_entry", "核对流水的账目", "Confirming entry"),
        ),
        selected(
            "SELECT idx, donation, donor_kind, donor, recipient, form, state, pledged_fen, fen, unallocated_fen, hours,"
            " restricted_plan, restricted_project, received_on, confirmed_idx FROM gifts ORDER BY idx"
        ),
    ),
    table(
        "allocations",
        ("分配和支付", "Movements of money"),
        "每笔捐赠的每一次收到、分配、支付和退回。",
        (
            c.text("movement", "做了什么（代码）", "Movement (code)"),
            c.code("form", "形式", "Form", words.FORMS),
            c.day("on", "日期", "On"),
            c.thing("donation", "捐赠", "Donation"),
            PROJECT,
            c.thing("payment", "付款", "Payment"),
            c.fen("amount_fen", "金额", "Amount"),
        ),
        selected(
            "SELECT idx, '', what, form, on_day, donation, project, payment, fen FROM moves ORDER BY idx, position"
        ),
    ),
    table(
        "payments",
        ("付款", "Payments"),
        "每笔付款；付给受助人的只有总数。",
        (
            PROJECT,
            c.thing("paid_for", "付款用途", "Paid for"),
            c.thing("payee", "收款机构", "Payee"),
            c.day("on", "日期", "On"),
            c.fen("amount_fen", "金额", "Amount"),
            c.integer("reversed_entry", "退回的账目", "Reversing entry"),
        ),
        selected("SELECT idx, payment, project, paid_for, payee, on_day, fen, reversed_idx FROM payments ORDER BY idx"),
    ),
    table(
        "awards",
        ("奖学金", "Awards"),
        "每一批奖学金，只有整批的人数和金额。",
        (
            PROJECT,
            c.code("state", "状态", "State", states("award")),
            c.text("term", "学期", "Term"),
            c.thing("schools", "学校", "Schools"),
            c.day("notice_from", "公示开始", "Notice from"),
            c.day("notice_to", "公示结束", "Notice to"),
            *PEOPLE,
            c.fen("amount_each_fen", "每人", "Each"),
            c.fen("total_fen", "总额", "Total"),
            c.fen("paid_fen", "已支付", "Paid"),
        ),
        rows.awards_rows,
    ),
    table(
        "renovations",
        ("微改造工程", "Works"),
        "每一批工程，从摸底到验收。",
        (
            PROJECT,
            c.code("category", "类别", "Category", CATEGORY_WORDS),
            c.code("state", "状态", "State", states("renovation")),
            ORGANISATION,
            c.thing("places", "地点", "Places"),
            c.integer("units", "计划处数", "Units planned"),
            c.integer("units_done", "完成处数", "Units done"),
            c.thing("accepted_by", "验收机构", "Accepted by"),
            c.integer("accepted_entry", "验收的账目", "Accepting entry"),
            *PEOPLE,
            c.fen("budget_fen", "预算", "Budget"),
            c.fen("cost_fen", "造价", "Cost"),
            c.fen("paid_fen", "已支付", "Paid"),
        ),
        rows.renovations_rows,
    ),
)
