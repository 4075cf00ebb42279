"""An empty spreadsheet for event types: headings, what to enter, an example, lists to choose from.

The first sheet explains in plain words; 已有记录 gives short names to records that the ledger has already.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

from ledger.domain.catalogue import KINDS
from ledger.domain.event import OPENS, Event
from yangguang.importing.columns import FREE, SEALED, Column
from yangguang.importing.listing import Listed
from yangguang.importing.reading import OPTIONS
from yangguang.importing.sheets import INSTRUCTIONS, KNOWN, OWN, PARENT, SheetPlan, plans_of

FIRST_ROW, LAST_ROW = 3, 20_000
"""What is filled in, counted from 0, after the headings, the notes and the example."""
MOST_INLINE = 250
"""Excel takes a list of choices of at most 255 characters in the validation itself."""
WIDEST, NARROWEST = 44, 14
FORMATS = {"fen": "#,##0.00", "day": "yyyy-mm-dd", "count": "0", "value": "0.###"}
EXAMPLES = {
    "fen": "1234.50",
    "day": "2023-05-14",
    "count": "30",
    "flag": "是",
    "value": "12.5",
    "person": "学生-01",
    "photo": "IMG_1.jpg=新操场",
}
NAMES = {"organisation": "联心协会", "place": "三排镇", "programme": "本方案"}
LINES = (
    "这份表格用来把过去的事一次记进阳光账本。每张工作表记一种事，每行记一件。",
    "一、第一行是栏目，不要改名；可以调换次序，可以删去不用的选填栏。带*的必须填。",
    "二、以※开头的行是说明和例子，导入时跳过，可以留着。从下一行开始填。",
    "三、“本行编号”由您自己编（如 D-001），同一张工作表里不能重复，填好以后不要再改：程序靠它认出哪些行已经记过。",
    "四、要指别的行（如这笔钱出自哪笔捐赠），填那一行的编号，那一行要排在前面（工作表从左到右，行从上到下）。",
    "五、要指账本里已有的机构、地点、项目，填“已有记录”里的名称；那里没有的先加一行：名称和记录编号。",
    "六、金额以元为单位，最多两位小数。日期写成2023-05-14。",
    "七、公开的文字里不能有身份证号码、手机号码、银行卡号、电子邮箱。名单是封存的，不公开。",
    "八、名单在单独的工作表里，一人一行，用“所属行编号”对上主表。“本人编号”相同就是同一个人；同意书要先记。",
    "九、照片和表格放在同一个文件夹，填文件名；几张就分几行或用；隔开。写成 IMG_1.jpg=新操场 可以加说明。",
    "十、不要合并单元格，不要隐藏行或列，不要引用别的文件。",
    "填好后先试一遍：yangguang import 文件.xlsx --dry-run --to 账本网址",
    "没有问题再记：yangguang import 文件.xlsx --key 密钥.pem --to 账本网址",
    "中途断了，再运行同样的命令就接着记，不会重复。旁边的 .import.jsonl 文件记着签过什么，不要删，也不要外传。",
    "",
    "Each sheet is one kind of event, each row one event. Rows that begin with ※ are passed over.",
    "Give every row a number of your own and never change it. Try --dry-run first; after a break run the same again.",
)


def write_template(path: Path, types: Sequence[type[Event]], known: Sequence[Listed] = ()) -> None:
    """Writes the spreadsheet; ``known`` are records of the ledger, those of a kind together. Raises OSError."""
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        template = _Template(book, known)
        template.instructions()
        template.known_records()
        for cls in types:
            for plan in plans_of(cls):
                template.sheet(plan)
        template.options()


class _Template:
    def __init__(self, book: Any, known: Sequence[Listed]) -> None:
        self._book = book
        self._known = known
        self._lists: list[tuple[str, ...]] = []
        self._heading = book.add_format({"bold": True, "bg_color": "#F3E9DC", "text_wrap": True, "valign": "top"})
        self._note = book.add_format(
            {"font_color": "#6B6258", "italic": True, "text_wrap": True, "valign": "top", "num_format": "@"}
        )
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {name: book.add_format({"num_format": text}) for name, text in FORMATS.items()}
        self._text = book.add_format({"num_format": "@"})

    def instructions(self) -> None:
        sheet = self._book.add_worksheet(INSTRUCTIONS)
        sheet.set_column(0, 0, 100)
        for at, line in enumerate(LINES):
            sheet.write_string(at, 0, line, self._plain)

    def known_records(self) -> None:
        sheet = self._book.add_worksheet(KNOWN)
        sheet.set_column(0, 1, WIDEST, self._text)
        sheet.freeze_panes(1, 0)
        for at, heading in enumerate(("名称", "记录编号")):
            sheet.write_string(0, at, heading, self._heading)
        sheet.write_string(1, 0, "※例 联心协会", self._note)
        sheet.write_string(1, 1, "organisation/01890000-0000-7000-8000-000000000000", self._note)
        for row, item in enumerate(self._known, start=FIRST_ROW - 1):
            sheet.write_string(row, 0, item.name, self._text)
            sheet.write_string(row, 1, item.reference, self._text)

    def sheet(self, plan: SheetPlan) -> None:
        sheet = self._book.add_worksheet(plan.name)
        sheet.freeze_panes(1, 1)
        for at, column in enumerate(plan.columns):
            heading = f"{column.label.zh}*" if column.required else column.label.zh
            width = min(max(NARROWEST, 2 * len(heading) + 2), WIDEST)
            sheet.set_column(at, at, width, self._formats.get(column.kind.name, self._text))
            sheet.write_string(0, at, heading, self._heading)
            mark = "※" if at == 0 else ""
            sheet.write_string(1, at, f"{mark}{note_of(column)}", self._note)
            sheet.write_string(2, at, f"{'※例 ' if at == 0 else ''}{example_of(column, plan.cls)}", self._note)
            self._validate(sheet, at, column)

    def _validate(self, sheet: Any, at: int, column: Column) -> None:
        if column.kind.name == "reference" and not column.many:
            self._suggest(sheet, at, column)
        labels = ("是", "否") if column.kind.name == "flag" else tuple(label.zh for _, label in column.kind.choices)
        if not labels or column.many:
            return
        source: Any = list(labels)
        if len(",".join(labels)) > MOST_INLINE or any("," in label for label in labels):
            self._lists.append(labels)
            name = xl_col_to_name(len(self._lists) - 1)
            source = f"='{OPTIONS}'!${name}$1:${name}${len(labels)}"
        rule = {
            "validate": "list",
            "source": source,
            "error_title": "请从列表中选",
            "error_message": "这里只能选列表里的一项。",
        }
        sheet.data_validation(FIRST_ROW, at, LAST_ROW, at, rule)

    def _suggest(self, sheet: Any, at: int, column: Column) -> None:
        """A list of the records there are, beside which any row's number may be written."""
        rows = [row for row, item in enumerate(self._known, start=FIRST_ROW) if item.kind in column.kind.of]
        if rows:
            source = f"='{KNOWN}'!$A${rows[0]}:$A${rows[-1]}"
            rule = {"validate": "list", "source": source, "show_error": False}
            sheet.data_validation(FIRST_ROW, at, LAST_ROW, at, rule)

    def options(self) -> None:
        if not self._lists:
            return
        sheet = self._book.add_worksheet(OPTIONS)
        sheet.hide()
        for at, labels in enumerate(self._lists):
            for row, label in enumerate(labels):
                sheet.write_string(row, at, label)


def note_of(column: Column) -> str:
    """What to enter, in one line."""
    said = [] if column.required else ["可不填"]
    said += {FREE: ["可撤下"], SEALED: ["封存，不公开"]}.get(column.place, [])
    said += [column.help.zh] if column.help.zh else []
    return "；".join([*said, *_how(column)])


def _how(column: Column) -> list[str]:
    kind = column.kind
    if kind.name == "choice":
        options = "、".join(label.zh for _, label in kind.choices)
        return [f"可填几项，用、隔开：{options}" if column.many else "从列表中选一项"]
    if kind.name == "reference":
        wanted = "、".join(KINDS[name].zh for name in kind.of)
        several = "，几项用、隔开" if column.many else ""
        return [f"{wanted}：前面某行的编号、“已有记录”里的名称或记录编号{several}".removeprefix("：")]
    return {
        "fen": ["以元为单位，最多两位小数"],
        "day": ["日期，如2023-05-14"],
        "count": ["整数"],
        "flag": ["填“是”或“否”"],
        "value": ["数字，最多3位小数"],
        "person": ["您给这个人编的号；同一个人处处用同一个号，不填就当作只出现一次"],
        "photo": ["照片文件名，和表格放在一起；几张用；隔开"],
    }.get(kind.name, ["几项用；隔开，或一项一行"] if column.many else [])


def example_of(column: Column, cls: type[Event]) -> str:
    """An example of what to enter; nothing for words that everybody writes their own way."""
    if column.path in (OWN.path, PARENT.path) and not column.place:
        return _number(cls)
    if column.kind.choices:
        labels = [label.zh for _, label in column.kind.choices]
        return "、".join(labels[:2]) if column.many else labels[0]
    if column.kind.name == "reference":
        if not column.place and not column.required:
            return ""
        return NAMES.get(column.kind.of[0], f"{column.kind.of[0][0].upper()}-001") if column.kind.of else "D-001"
    return EXAMPLES.get(column.kind.name, "")


def _number(cls: type[Event]) -> str:
    """``D-001`` for what begins a donation, ``DC-001`` for its confirmation."""
    kind, _, verb = cls.TYPE.partition(".")
    return f"{kind[0]}{'' if OPENS in cls.AFTER else verb[0]}-001".upper()
