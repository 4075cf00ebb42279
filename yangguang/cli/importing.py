"""``yangguang import``: many events at once from a spreadsheet, with a word on each row that was not recorded."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.errors import InvalidFieldError
from yangguang.cli.console import FINDING, err, out, progress_bar, refusals, say, say_json
from yangguang.cli.evidence import FOLDER, KeptPhoto, send_files, send_photos
from yangguang.cli.submitting import RECEIPTS, To, Vkey, keep_receipt, private_keys
from yangguang.client import Client
from yangguang.importing.fates import ALREADY, READY, RECORDED, REFUSED, Fate
from yangguang.importing.journal import journal_of
from yangguang.importing.listing import listed
from yangguang.importing.recording import cannot_write
from yangguang.importing.report import WORDS, to_json, write_report
from yangguang.importing.rows import Problem
from yangguang.importing.running import Order, Outcome, perform, rehearse
from yangguang.importing.sheets import importable, importable_class, sheet_name
from yangguang.importing.template import write_template

MOST_SHOWN = 50


Keys = Annotated[list[Path] | None, typer.Option("--key", help="签署用的密钥文件，可重复 / key file, repeatable")]
Template = Annotated[
    list[str] | None, typer.Option(metavar="TYPE", help="做一份空白模板，可重复；list 列出全部 / a template")
]
Known = Annotated[
    bool, typer.Option("--known", help="模板里列出账本已有的机构、地点、项目 / list the records that the ledger has")
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="有错的行跳过，其余照记 / record the rest where a row is refused")
]
EventType = Annotated[
    str | None, typer.Option("--type", help="CSV里每行是什么，如 donation.received / what a CSV's rows are")
]


def import_(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="XLSX或CSV / the spreadsheet")] = None,
    template: Template = None,
    known: Known = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="模板存为 / write the template here")] = None,
    key: Keys = None,
    to: To = "http://127.0.0.1:8000",
    vkey: Vkey = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不签署、不记账 / check only")] = False,
    keep_going: KeepGoing = False,
    sheet: Annotated[list[str] | None, typer.Option(help="只记这张工作表，可重复 / only this sheet")] = None,
    event_type: EventType = None,
    by_date: Annotated[bool, typer.Option("--by-date", help="按发生日期的先后记 / in the order of the dates")] = False,
    report: Annotated[Path | None, typer.Option(help="逐行结果存为XLSX或CSV / write a report per row")] = None,
    receipts: Annotated[Path, typer.Option(help="回执存放处 / where receipts are kept")] = RECEIPTS,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON / print JSON")] = False,
) -> None:
    """从表格一次记许多件事：先做模板，填好，试一遍，再记。

    yangguang import --template donation.received --known --to https://账本网址 -o 捐赠.xlsx

    yangguang import 捐赠.xlsx --dry-run --to https://账本网址

    yangguang import 捐赠.xlsx --key 基金会.pem --to https://账本网址 --report 结果.xlsx

    有一处错，默认一行也不记；--keep-going 跳过有错的行。中途断了，再运行同样的命令就接着记，不会重复：旁边的
    捐赠.xlsx.import.jsonl 记着每一行签过什么，请和表格放在一起，不要删，也不要外传。已经记入的行，之后在表里
    改动不算数，要用更正来记。要不同密钥的工作表，用 --sheet 分开导入。

    Many events from a spreadsheet: make a template, fill it in, try it with --dry-run, then record. Run the same
    command again after a break: nothing is recorded twice. Exit 0: all recorded; 1: some rows were not; 2: wrong usage.
    """
    with refusals():
        if template:
            _make_template(template, output, Client(to) if known else None)
            return
        file = _file(file, report, need_key=not dry_run and not key)
        order = Order(file, event_type, tuple(sheet or ()), by_date, keep_going, receipts / FOLDER)
        client = Client(to, vkey)
        outcome = rehearse(order, client, progress_bar) if dry_run else _perform(order, client, key or [], receipts)
        if report is not None:
            write_report(report, outcome.book, outcome.fates, {} if dry_run else outcome.persons)
        _tell(outcome, order, dry_run=dry_run, as_json=as_json)
        _send_photos(outcome, client, quiet=as_json)
    if not outcome.good:
        raise typer.Exit(FINDING)


def _perform(order: Order, client: Client, keys: list[Path], receipts: Path) -> Outcome:
    signers = private_keys(keys)
    try:
        return perform(order, client, signers, lambda receipt: keep_receipt(receipt, receipts), progress_bar)
    except OSError as error:
        raise cannot_write(error) from None


def _send_photos(outcome: Outcome, client: Client, *, quiet: bool) -> None:
    if quiet:
        send_files(outcome.photos, client)
    else:
        send_photos([KeptPhoto(path, {}) for path in outcome.photos], client)


def _file(file: Path | None, report: Path | None, *, need_key: bool) -> Path:
    if file is None:
        raise typer.BadParameter("请给出表格文件，或用 --template / name the file, or use --template")
    if need_key:
        raise typer.BadParameter("请用 --key 指明签署用的密钥文件 / name the key file with --key")
    if report is not None and report.resolve() == file.resolve():
        raise typer.BadParameter("结果要存为另一个文件 / the report must be another file")
    return file


def _make_template(types: list[str], output: Path | None, ledger: Client | None) -> None:
    if types == ["list"]:
        for cls in importable():
            out.print(f"{cls.TYPE:32} {sheet_name(cls)}  {cls.LABEL.en}", markup=False)
        return
    if output is None:
        raise typer.BadParameter("请用 -o 说明模板存在哪里 / say with -o where to write the template")
    if output.exists():
        raise typer.BadParameter(f"已经有{output}，不覆盖 / {output} exists and is kept as it is")
    classes = [importable_class(event_type) for event_type in dict.fromkeys(types)]
    try:
        write_template(output, classes, listed(ledger) if ledger else ())
    except OSError as error:
        raise InvalidFieldError(f"写不了{output}。", f"Cannot write {output}: {error.strerror}.") from None
    say(f"模板在{output}。填好后：yangguang import {output} --dry-run", f"The template is {output}.")


def _tell(outcome: Outcome, order: Order, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(to_json(outcome, dry_run=dry_run))
    if outcome.book.encoding == "GB18030":
        err.print("这个CSV是按GB18030编码读的。 Read as GB18030.", markup=False)
    if not as_json:
        _tell_problems(outcome)
        _tell_twins(outcome)
        _tell_counts(outcome, order, dry_run=dry_run)
    if outcome.failure is not None:
        zh, en = outcome.failure.zh, outcome.failure.en
        where = "没有连上账本，只检查了表格本身。" if not outcome.asked else ""
        err.print(f"{where}{zh}", style="red", markup=False)
        err.print(en, style="dim", markup=False)


def _tell_problems(outcome: Outcome) -> None:
    told = [(problem, None) for problem in outcome.book.problems]
    found: list[tuple[Problem, Fate | None]] = [*told]
    found += [(problem, fate) for fate in outcome.fates for problem in fate.problems]
    for problem, fate in found[:MOST_SHOWN]:
        heading = f"{problem.heading.zh}：" if problem.heading.zh else ""
        number = f"（编号{fate.row.own}）" if fate is not None and fate.row.own else ""
        word = f"【{WORDS[fate.status].zh}】" if fate is not None else ""
        out.print(f"“{problem.sheet}” {_cell(problem)}{number} {word}{heading}{problem.zh}", markup=False)
        rule = f" [{problem.rule}]" if fate is not None and fate.status == REFUSED else ""
        out.print(f"    {problem.heading.en or problem.address}: {problem.en}{rule}", style="dim", markup=False)
    if len(found) > MOST_SHOWN:
        say(f"还有{len(found) - MOST_SHOWN}处，用 --report 结果.xlsx 看全部。", "Use --report to see the rest.")


def _tell_twins(outcome: Outcome) -> None:
    for earlier, row in outcome.twins[:MOST_SHOWN]:
        say(
            f"提醒：“{row.sheet}”第{row.number}行（编号{row.own}）和第{earlier.number}行（编号{earlier.own}）除编号外完全一样，"
            "请确认不是重复。",
            f"Note: row {row.own!r} says just what row {earlier.own!r} says. Make sure that it is no repetition.",
        )


def _cell(problem: Problem) -> str:
    return f"第{problem.address}行" if problem.address.isdecimal() else problem.address


def _tell_counts(outcome: Outcome, order: Order, *, dry_run: bool) -> None:
    parts = [(WORDS[status], sum(fate.status == status for fate in outcome.fates)) for status in WORDS]
    counted = [(label, count) for label, count in parts if count]
    zh = "，".join(f"{label.zh}{count:,}行" for label, count in counted) or "没有要记的行"
    en = ", ".join(f"{label.en}: {count}" for label, count in counted) or "no rows"
    say(f"{zh}{_entries(outcome.fates)}。", f"{en}.")
    if dry_run and outcome.good and any(fate.status == READY for fate in outcome.fates):
        say("检查通过，还没有记账。去掉 --dry-run、加上 --key 就记。", "All is well; nothing was recorded yet.")
    if outcome.held_back:
        say(
            "有错，所以这次一行也没有记。改好再运行同样的命令；或者用 --keep-going 跳过有错的行。",
            "Nothing was recorded because of the errors. Mend them, or pass over them with --keep-going.",
        )
    if not dry_run:
        out.print(f"经过记录：{journal_of(order.file)}", style="dim", markup=False)


def _entries(fates: list[Fate]) -> str:
    found = [fate.index for fate in fates if fate.index is not None and fate.status in (RECORDED, ALREADY)]
    return f"（第{min(found):,}至{max(found):,}条之间）" if found else ""
