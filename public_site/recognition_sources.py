"""Figures of conduct, cases, media, honours, reports, regions: name to (label, unit, query), for ``sources``."""

import sqlite3
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from projections import conduct, recognition, regions, reports
from projections.rows import Figure

Find = Callable[[sqlite3.Connection, str], Figure]
Named = dict[str, tuple[str, str, Find]]


def _totals(load: Callable[[sqlite3.Connection], Any], prefix: str, **names: tuple[str, str]) -> Named:
    """Attributes of one set of totals: link name to (label, unit)."""
    return {f"{prefix}.{name}": (*named, _reader(load, name)) for name, named in names.items()}


def _reader(load: Callable[[sqlite3.Connection], Any], name: str) -> Find:
    return lambda db, _: attrgetter(name)(load(db))


RECOGNITION: Named = {
    **_totals(
        conduct.totals, "conduct",
        undertook=("已承诺遵守现行规范的机构", "家"), waiting=("有密钥、还没有承诺的机构", "家"),
        screened=("最近一次核查没有问题的机构", "家"), listed=("最近一次核查在名单上的机构", "家"),
        suspended=("现在暂停的机构", "家"), reports=("收到的举报", "件"), reported=("待移送的举报", "件"),
        forwarded=("已移送、还没有结论的举报", "件"), founded=("查实的举报", "件"),
        unfounded=("查无实据的举报", "件"),
    ),
    "conduct.category": ("举报", "件", conduct.category_count),
    **_totals(
        recognition.case_totals, "case",
        published=("公开的案例", "篇"), waiting=("待审核和待公开的案例", "篇"), withdrawn=("撤下的案例", "篇"),
    ),
    "region.all": ("登记的地区账本", "本", lambda db, _: regions.count(db)),
    "media.all": ("媒体报道", "篇", lambda db, _: recognition.media_count(db)),
    **_totals(
        recognition.honour_totals, "honour",
        awarded=("有效的证书", "张"), revoked=("撤销的证书", "张"), declined=("没有同意、不颁发的提名", "项"),
        waiting=("等待同意或颁发的提名", "项"),
    ),
    **_totals(
        reports.totals, "report",
        reviews=("年度总结", "份"), finals=("评估和结束报告", "份"), disclosures=("公布的数字", "份"),
        late=("迟公布的报告", "份"),
    ),
}  # fmt: skip
