"""An export: every page, table and log file in one folder, which verifies without us and forgets what was withdrawn."""

import hashlib
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import LedgerError
from ledger.settings import load_settings
from tests.export.conftest import Copies, quiet
from tests.export.standalone import run
from tests.ledger.backup.canaries import NAMES
from tests.ledger.backup.town import CHILDREN, FILE, IN_CAPTION, IN_NOTE, SHA256, publish
from tests.yangguang.ledgers import served_ledger
from yangguang.cli.app import app
from yangguang.export import exporting
from yangguang.export.exporting import Wanted
from yangguang.export.exporting import export as export_ledger

LINK = re.compile(r'\s(?:href|src)="([^"#][^"]*)"')


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def audit(folder: Path, **options: Any) -> list[str]:
    source = open_source(str(folder))
    found = [finding.code for finding in verify(source, Options(**options)).findings]
    source.close()
    return found


def test_export_verifies_without_us_and_with_every_rule(exported: Path) -> None:
    assert audit(exported, rules=True) == []
    genesis = (exported / "genesis.txt").read_text(encoding="utf-8").strip()
    assert run(exported / "verify.py", exported, "--genesis", genesis)[0] == 0
    assert audit(exported, genesis=genesis) == []


def test_every_file_stands_in_the_sums_and_nothing_says_that_it_was_cut(exported: Path) -> None:
    found = files(exported)
    lines = found.pop("SHA256SUMS").decode().splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    assert "INCOMPLETE.txt" not in found


def test_every_link_of_every_page_leads_to_a_file_of_the_folder(exported: Path) -> None:
    pages = list(exported.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        for found in LINK.findall(page.read_text(encoding="utf-8")):
            target = unquote(html.unescape(found).partition("#")[0].partition("?")[0])
            assert not target.startswith("/"), (page, target)
            assert (page.parent / target).resolve().is_file(), (page, target)


def test_pages_have_no_form_that_needs_a_server_and_say_why(exported: Path) -> None:
    for path in exported.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "action=" not in text, path
    for name in ("ask", "search"):
        assert "这份导出是静止的" in (exported / name / "index.html").read_text(encoding="utf-8")
    assert "不能在这里筛选" in (exported / "audit" / "index.html").read_text(encoding="utf-8")


def test_pages_say_where_the_export_ends_and_never_that_it_is_up_to_date(exported: Path) -> None:
    size = int((exported / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    for path in exported.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert f"导出到第{size - 1:,}条" in text or _leads_to_the_end(text), path
        assert "更新及时" not in text, path
    for name in ("index.html", "verify/index.html", "how-much/index.html", "duties/index.html"):
        assert f"导出到第{size - 1:,}条" in (exported / name).read_text(encoding="utf-8")


def _leads_to_the_end(text: str) -> bool:
    return (
        re.search(r'这份导出里的全部账目算出；[^<]*<a href="[./]*verify/index.html">导出到哪里</a>', text) is not None
    )


def test_an_entry_says_what_its_own_proof_shows_and_where_the_proof_lies(exported: Path) -> None:
    size = int((exported / "log" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    text = (exported / "entries" / "3" / "index.html").read_text(encoding="utf-8")
    assert f"算出第0条至第{size - 1:,}条的总指纹，与账本签章里的相同" in text
    assert f"签章盖住第0条至第{size - 1:,}条，本条在内" in text
    assert 'href="../../log/proof/3.tlog-proof"' in text


def test_figures_without_entries_lead_to_one_page_that_says_so(exported: Path) -> None:
    found = [path for path in exported.rglob("*.html") if 'audit/none/index.html"' in path.read_text(encoding="utf-8")]
    assert len(found) > 5
    assert "没有算进这个数字的账目" in (exported / "audit" / "none" / "index.html").read_text(encoding="utf-8")
    lists = [path.read_text(encoding="utf-8") for path in exported.glob("audit/figure=*/index.html")]
    assert lists
    assert not [text for text in lists if "由下面0条账目算出" in text]


def test_log_is_there_byte_for_byte_with_a_proof_for_each_entry(exported: Path) -> None:
    ledger = exported.parents[1] / "ledger" / "log"
    found = files(exported / "log")
    proofs = {name for name in found if name.startswith("proof/")}
    size = int(found["checkpoint"].split(b"\n")[1])
    assert proofs == {f"proof/{index}.tlog-proof" for index in range(size)}
    assert {name: data for name, data in found.items() if name not in proofs} == files(ledger)


def test_public_texts_and_photographs_are_there_and_sealed_names_are_not(exported: Path) -> None:
    found = files(exported)
    assert found[f"evidence/{SHA256}.png"] == FILE
    everything = b"\n".join(found.values()).decode(errors="replace")
    assert IN_NOTE in everything
    assert IN_CAPTION in everything
    assert not [name for name in CHILDREN if name in everything]


def test_what_was_withdrawn_is_gone_from_the_next_export(copies: Copies) -> None:
    copies.export(data=False)
    old = (copies.out / "log" / "checkpoint").read_bytes()
    copies.town.forget()
    made = copies.export(data=False)
    found = files(copies.out)
    everything = b"\n".join([*found.values(), *(name.encode() for name in found)]).decode(errors="replace")
    assert not [name for name in NAMES if name in everything]
    assert not [name for name in found if SHA256 in name]
    assert made.removed >= 1
    assert audit(copies.out) == []
    (copies.out.parent / "kept").write_bytes(old)
    assert audit(copies.out, since=copies.out.parent / "kept") == []
    assert run(copies.out / "verify.py", copies.out, "--since", copies.out.parent / "kept")[0] == 0


def test_second_export_of_the_same_ledger_writes_nothing(whole: Copies) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.out.rglob("*") if path.is_file()}
    made = whole.export()
    assert (made.changed, made.removed, made.missing) == (0, 0, ())
    assert {path: path.stat().st_mtime_ns for path in whole.out.rglob("*") if path.is_file()} == before


def test_folder_with_other_things_in_it_is_left_alone(copies: Copies) -> None:
    copies.out.mkdir()
    (copies.out / "thesis.txt").write_text("mine")
    with pytest.raises(LedgerError) as refusal:
        copies.export()
    assert "请换一个空文件夹" in refusal.value.zh
    assert files(copies.out) == {"thesis.txt": b"mine"}


def test_export_of_another_ledger_is_left_alone(copies: Copies, exported: Path) -> None:
    shutil.copytree(exported, copies.out)
    (copies.out / "genesis.txt").write_text("0" * 64)
    with pytest.raises(LedgerError) as refusal:
        copies.export()
    assert "另一本账" in refusal.value.zh


def test_export_that_was_cut_says_so_until_the_next_one_is_done(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.export(site=False, data=False)
    copies.town.pass_days(1)
    copies.town.place("新村", level="village")
    copies.town.publish()
    with monkeypatch.context() as cut:
        cut.setattr(exporting, "put_proofs", _cut)
        with pytest.raises(KeyboardInterrupt):
            copies.export(site=False, data=False)
    with pytest.raises(LedgerError) as refusal:
        open_source(str(copies.out))
    assert "没有完成" in refusal.value.zh
    code, said = run(copies.out / "verify.py", copies.out)
    assert code == 1
    assert "incomplete-export" in {each["code"] for each in said["findings"]}
    copies.export(site=False, data=False)
    assert audit(copies.out) == []


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_one_changed_byte_of_an_entry_is_found_by_both_verifiers(exported: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    bundle = next(path for path in (copy / "log" / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    index = next(finding.index for finding in verify(open_source(str(copy))).findings)
    code, said = run(copy / "verify.py", copy)
    assert (code, said["findings"][0]["index"]) == (1, index)


def test_entry_cut_off_the_last_bundle_is_found_with_its_proof_by_both_verifiers(
    exported: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    bundle = max(path for path in (copy / "log" / "tile" / "entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes()[:-1])
    last = int((copy / "log" / "checkpoint").read_text(encoding="utf-8").splitlines()[1]) - 1
    assert last in {finding.index for finding in verify(open_source(str(copy))).findings}
    code, said = run(copy / "verify.py", copy)
    assert (code, said["findings"][0]["index"], said["findings"][0]["code"]) == (1, last, "missing-entry")
    assert f"log/proof/{last}.tlog-proof" in {each.get("file") for each in said["findings"]}


def test_changed_proof_and_strange_file_in_the_log_are_findings(exported: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    proof = copy / "log" / "proof" / "3.tlog-proof"
    proof.write_bytes(proof.read_bytes().replace(b"index 3", b"index 4"))
    (copy / "log" / "proof" / "x.txt").write_text("x")
    assert sorted(audit(copy)) == ["unknown-file", "wrong-file"]
    assert sorted(each["code"] for each in run(copy / "verify.py", copy)[1]["findings"]) == [
        "unknown-file",
        "wrong-file",
    ]


def test_ledger_in_use_says_where_its_texts_can_be_read(copies: Copies) -> None:
    with pytest.raises(LedgerError) as refusal:
        export_ledger(copies.town.ledger.settings, copies.out, Wanted(), quiet)
    assert "--from" in refusal.value.zh
    assert not copies.out.exists()


def test_running_ledger_is_exported_with_the_texts_that_it_serves(tmp_path: Path) -> None:
    with served_ledger("thread", tmp_path) as served:
        served.name_files([(FILE, "image/png")])
        served.world.ledger.keep_evidence(SHA256, FILE)
        publish(served.world.ledger)
        made = export_ledger(served.world.ledger.settings, tmp_path / "out", Wanted(recorder=served.url), quiet)
    assert (made.missing, made.has_texts) == ((), True)
    assert files(tmp_path / "out")[f"evidence/{SHA256}.png"] == FILE
    assert audit(tmp_path / "out") == []


def test_command_prints_what_there_is_and_refuses_in_a_sentence(copies: Copies) -> None:
    directory = copies.town.ledger.settings.directory
    copies.town.ledger.close()
    arguments = ["export", str(directory), str(copies.out), "--no-site", "--json"]
    done = CliRunner().invoke(app, arguments)
    said = json.loads(done.stdout)
    assert (done.exit_code, said["pages"], said["missing"]) == (0, 0, [])
    assert said["genesis"] == (copies.out / "genesis.txt").read_text(encoding="utf-8").strip()
    assert CliRunner().invoke(app, ["verify", str(copies.out), "--genesis", said["genesis"]]).exit_code == 0
    (copies.out / "SHA256SUMS").unlink()
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert "请换一个空文件夹" in done.stderr


def test_public_copy_without_texts_says_that_it_has_none(copies: Copies) -> None:
    settings = copies.town.ledger.settings
    mirror = copies.out.parent / "mirror"
    mirror.mkdir()
    shutil.copytree(settings.log, mirror / "log")
    shutil.copy(settings.directory / "ledger.toml", mirror)
    made = export_ledger(load_settings(mirror), copies.out, Wanted(), quiet)
    assert not made.has_texts
    assert IN_NOTE not in b"".join(files(copies.out).values()).decode(errors="replace")
    assert audit(copies.out) == []


def test_what_readers_want_to_say_goes_where_the_ledger_is_published_if_that_is_known(
    copies: Copies, exported: Path
) -> None:
    assert "报告本页错误" not in (exported / "entries" / "3" / "index.html").read_text(encoding="utf-8")
    with (copies.town.ledger.settings.directory / "ledger.toml").open("a", encoding="utf-8") as settings:
        settings.write('url = "https://records.example"\n')
    copies.export(data=False)
    said = (copies.out / "entries" / "3" / "index.html").read_text(encoding="utf-8")
    assert '<a href="https://records.example/ask?about=/entries/3">报告本页错误、提问</a>' in said
    assert 'href="https://records.example/ask"' in (copies.out / "ask" / "index.html").read_text(encoding="utf-8")


def test_several_processes_write_the_same_pages_as_one(whole: Copies, tmp_path: Path) -> None:
    Copies(whole.town, tmp_path / "two").export(data=False, processes=2)
    pages = {name: data for name, data in files(whole.out).items() if name.endswith(".html")}
    assert {name: data for name, data in files(tmp_path / "two").items() if name.endswith(".html")} == pages
