"""``yangguang audit --figures`` over the demonstration: honest, and with one total changed."""

import json
import sqlite3
from pathlib import Path

from typer.testing import CliRunner

from ledger.publishing.publisher import Publisher
from projections.runner import Runner
from projections.source import LogFolderSource
from public_site.app import create_site
from tests.projections.recounted import recount
from tests.public_site.served import ORIGIN, Served
from tests.yangguang.demonstration import Demonstration
from yangguang.cli.app import app

NAMES = ("where", "what", "whom", "how-much", "effect")


def put_pages(views: Path, log: Path, folder: Path) -> None:
    site = Served(create_site(views, log, origin_url=ORIGIN), views, log)
    for name in NAMES:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "index.html").write_text(site.get(f"/{name}").text, encoding="utf-8")


def audited(folder: Path) -> tuple[int, dict[str, str]]:
    answer = CliRunner().invoke(app, ["audit", str(folder), "--figures", "--json"])
    found = json.loads(answer.stdout)
    assert (found["verdict"] == "finding") == (answer.exit_code == 1)
    return answer.exit_code, {page["page"]: page["verdict"] for page in found["figures"]["pages"]}


def test_audit_with_figures_compares_the_five_pages_and_catches_one_changed_total(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    ledger, folder, views = demonstration.ledger, tmp_path / "site", tmp_path / "views.sqlite3"
    folder.mkdir()
    Publisher(ledger.store, folder / "log", vkey=ledger.settings.vkey).publish()
    runner = Runner(views, LogFolderSource(folder / "log"))
    runner.run_once()
    runner.close()
    put_pages(views, folder / "log", folder)
    assert audited(folder) == (0, dict.fromkeys(NAMES, "same"))
    with sqlite3.connect(views) as db:
        db.execute("UPDATE moves SET fen = fen + 1 WHERE idx = (SELECT MAX(idx) FROM moves WHERE what = 'paid')")
        recount(db)
    db.close()
    put_pages(views, folder / "log", folder)
    assert audited(folder) == (1, {**dict.fromkeys(NAMES, "same"), "how-much": "different", "what": "different"})
