"""``yangguang init``: a new ledger with its log key, admin keys and entry 0."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import chinese_calendar
import typer

from ledger.clock import system_clock
from ledger.domain.entry import day_of
from ledger.founding import AdminKey, Founding, found
from ledger.publishing.publisher import Publisher
from ledger.sealing.letters import InboxKey
from ledger.settings import save_inbox
from ledger.signing.keys import PrivateKey
from yangguang.cli.console import refusals, say

CAPABILITIES = ("govern", "register", "plan")
LAST_CALENDAR_YEAR = max(chinese_calendar.constants.holidays).year


def init(
    directory: Annotated[Path, typer.Argument(help="新账本的文件夹 / the new ledger's folder")],
    origin: Annotated[str, typer.Option(help="账本的地址名，不带https:// / the log's schema-less URL")],
    admins: Annotated[int, typer.Option(min=1, max=16, help="管理员人数 / how many admins")] = 3,
    quorum: Annotated[int, typer.Option(min=1, max=16, help="法定人数 / how many must sign together")] = 2,
    database: Annotated[
        str | None, typer.Option(help="PostgreSQL数据库的地址，不写则用文件 / postgresql://…; without it, a file")
    ] = None,
    highest: Annotated[
        str | None, typer.Option(help="另一个数据库，保存最高签章 / another database, for the highest checkpoint")
    ] = None,
    demonstration: Annotated[bool, typer.Option(help="页面标明演示数据 / label every page as demo data")] = False,
) -> None:
    """建立账本：生成账本密钥、管理员密钥和第0条账目。

    Makes a ledger: log key, admin keys, genesis. Hand each admin key file to its holder and delete it here.
    """
    with refusals():
        keys = [PrivateKey.generate() for _ in range(admins)]
        founding = Founding(
            origin=origin,
            admins=[AdminKey(key, CAPABILITIES) for key in keys],
            policy={**starting_policy(day_of(system_clock())), "quorum": quorum},
            demonstration=demonstration,
            occurred_on=day_of(system_clock()),
            database=database,
            highest=highest,
        )
        directory.mkdir(parents=True, exist_ok=True)
        ledger = found(directory, founding, log_key=PrivateKey.generate(), clock=system_clock, random=os.urandom)
        for number, key in enumerate(keys, start=1):
            key.save(directory / "keys" / f"admin-{number}.pem")
        inbox_key = InboxKey.generate()
        inbox_key.save(directory / "keys" / "inbox.pem")
        save_inbox(directory, inbox_key.line)
        Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
        genesis = ledger.genesis()
        ledger.close()
    say(f"账本已建立：{directory}", f"The ledger is made in {directory}.")
    say(f"创世指纹（核对时用 --genesis）：{genesis}", "The genesis digest: publish it where readers can find it.")
    say(
        f"管理员密钥和收信密钥（inbox.pem）在{directory / 'keys'}，请分别交给本人保管，然后从这台机器上删除。",
        "Hand the admin keys and the inbox key to their holders, and delete them here.",
    )


def starting_policy(today: date) -> dict[str, Any]:
    """The policy a new ledger begins with, all of it written into entry 0; the admins can change it later."""
    return {
        "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
        "notice_days": 5,
        "limits": {"per_event_fen": 50_000_000, "per_day_fen": 100_000_000, "days": 400},
        "rules_version": "1",
        "calendar": {"through": f"{LAST_CALENDAR_YEAR}-12-31", "exceptions": calendar_exceptions(today.year - 5)},
    }


def calendar_exceptions(first_year: int) -> list[str]:
    """Weekdays off and weekend days worked, as announced by the State Council, from a year on."""
    start, end = date(first_year, 1, 1), date(LAST_CALENDAR_YEAR, 12, 31)
    days = (start + timedelta(n) for n in range((end - start).days + 1))
    return [day.isoformat() for day in days if chinese_calendar.is_workday(day) != (day.weekday() < 5)]
