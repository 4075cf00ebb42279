"""Every command in the README, run as a newcomer would, in the README's order."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.serving import ROOT, free_port, run, served
from tests.yangguang.importing.books import fill

PLACE = {"data": {"code": "441826105", "name": "三排镇", "level": "town"}}


def blocks() -> list[list[str]]:
    """The README's shell blocks, a list of commands each, comments dropped."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [[line.partition("  #")[0].strip() for line in block.splitlines() if line.strip()] for block in found]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    port = free_port()
    yield from served(f"make demo PORT={port}", cwd=ROOT, url=f"http://127.0.0.1:{port}")


def test_the_readme_has_the_blocks_that_the_tests_below_run() -> None:
    firsts = [block[0].split()[:2] for block in blocks()]
    assert firsts == [
        ["make", "demo"],
        ["yangguang", "verify"],
        ["yangguang", "backup"],
        ["yangguang", "init"],
        ["yangguang", "import"],
        ["yangguang", "export"],
        [".venv/bin/python", "-m"],
        [".venv/bin/python", "-m"],
    ]
    assert blocks()[0] == ["make demo", "make test"]
    # `make test` cannot run itself; it is what CI runs, and what runs this.
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_make_demo_serves_the_site_the_log_and_the_api(demo: str) -> None:
    for path in ("/", "/entries/0", "/log/checkpoint", "/log/vkey", "/api/docs", "/api/openapi.json"):
        assert httpx.get(demo + path).status_code == 200, path


def test_the_regulators_commands_find_the_demonstration_good(demo: str, tmp_path: Path) -> None:
    (tmp_path / "demo").symlink_to(ROOT / "demo")
    for command in blocks()[1]:
        answer = run(command.replace("http://127.0.0.1:8000", demo), cwd=tmp_path)
        if "--json" in command:
            assert json.loads(answer)["verdict"] == "good"
        else:
            assert "✓" in answer, command
        if "--figures" in command:
            assert answer.count("页：相同") == 5
    assert run("yangguang verify watch", cwd=tmp_path).startswith("✓"), "what a watch keeps verifies offline"


def test_the_regulators_copy_verifies_and_is_restored_whole(demo: str, tmp_path: Path) -> None:
    (tmp_path / "demo").symlink_to(ROOT / "demo")
    answers = [run(command, cwd=tmp_path) for command in blocks()[2]]
    assert answers[1].startswith("✓")
    assert run("yangguang verify again", cwd=tmp_path).startswith("✓")


def test_the_staffs_commands_make_serve_and_extend_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "place.json").write_text(json.dumps(PLACE), encoding="utf-8")
    port = free_port()
    initialise, serve, *rest = (command.replace("8001", str(port)) for command in blocks()[3])
    run(initialise, cwd=tmp_path)
    for _ in served(serve, cwd=tmp_path, url=f"http://127.0.0.1:{port}"):
        answers = [run(command, cwd=tmp_path) for command in rest]
        assert "donation.received" in answers[0]
        assert "amount_fen" in answers[1]
        assert "已记入账本：第1条" in answers[2]
        assert len(list((tmp_path / "receipts").iterdir())) == 1
        verified = run(f"yangguang verify http://127.0.0.1:{port} --receipts receipts", cwd=tmp_path)
        assert "1张回执" in verified
        template, *imports = (command.replace("8001", str(port)) for command in blocks()[4])
        run(template, cwd=tmp_path)
        row = {"本行编号": "V-1", "发生日期": "2025年3月5日", "代码": "V-1", "名称": "示例村", "级别": "村"}
        fill(tmp_path / "places.xlsx", "地点·登记地点", [row])
        assert ["检查通过" in run(imports[0], cwd=tmp_path), "已记入1行" in run(imports[1], cwd=tmp_path)] == [
            True,
            True,
        ]
        export, *checks = (command.replace("8001", str(port)) for command in blocks()[5])
        run(export, cwd=tmp_path)
        for command in checks:
            assert run(command, cwd=tmp_path).startswith("✓"), command
    run("yangguang rebuild my-ledger", cwd=tmp_path)
    run("yangguang verify my-ledger", cwd=tmp_path)


def test_wrong_usage_ends_with_2_and_a_missing_ledger_with_1(tmp_path: Path) -> None:
    run("yangguang verify", cwd=tmp_path, good=2)
    run("yangguang serve nowhere --role nobody", cwd=tmp_path, good=2)
    run("yangguang verify nowhere", cwd=tmp_path, good=1)
    run("yangguang serve nowhere", cwd=tmp_path, good=1)


def test_the_demo_never_deletes_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("1")
    run(f"yangguang demo --dir {tmp_path} --no-serve", cwd=tmp_path, good=2)
    assert (tmp_path / "precious.txt").exists()


def test_the_benchmarks_run_at_small_size_and_hold_every_figure_against_a_limit() -> None:
    command = blocks()[7][0]
    assert command.startswith(".venv/bin/python -m benchmarks --entries")
    figures = json.loads(run(".venv/bin/python -m benchmarks --small --json", cwd=ROOT))
    assert len(figures) == 27
    assert all(figure["ratio"] > 0 and figure["limit"] > 0 and figure["target"] for figure in figures)


def test_an_export_is_measured_twice_and_the_second_makes_less() -> None:
    command = blocks()[7][1]
    assert command.startswith(".venv/bin/python -m benchmarks.exporting --entries")
    said = run(".venv/bin/python -m benchmarks.exporting --entries 40 --growth 5", cwd=ROOT)
    first, second = (
        [int(cell.replace(",", "")) for cell in line.strip("| ").split(" | ")] for line in said.splitlines()[2:4]
    )
    assert (first[0], second[0]) == (40, 45)
    assert first[2] == first[1]
    assert second[2] < second[1]


def test_a_country_is_worked_out_from_this_machines_own_figures() -> None:
    command = blocks()[6][0]
    assert command == ".venv/bin/python -m benchmarks.country"
    found = json.loads(run(f"{command} --sample 300 --json", cwd=ROOT))
    assert (found["tree"]["entries"], found["tree"]["inclusion_hashes"]) == (10**9, 30)
    assert all(rate > 0 for rate in found["rates"].values())
