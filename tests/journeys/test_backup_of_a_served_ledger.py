"""A served ledger is backed up while it records, its machine is lost, and it goes on elsewhere."""

import json
import shutil
from pathlib import Path

import httpx

from tests.journeys.serving import free_port, run, served


def test_a_lost_machine_costs_nothing_that_was_published(tmp_path: Path) -> None:
    run("yangguang init D --origin ledger.example/mine --demonstration --admins 1 --quorum 1", cwd=tmp_path)
    (tmp_path / "D" / "keys" / "admin-1.pem").rename(tmp_path / "admin.pem")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    for _ in served(f"yangguang serve D --port {port}", cwd=tmp_path, url=url):
        record(tmp_path, url, "441826105", "三排镇")
        run("yangguang backup D B --keys K", cwd=tmp_path)
        record(tmp_path, url, "441826105001", "示例村")
        run(f"yangguang restore B before --keys K --log {url}", cwd=tmp_path)
    shutil.copytree(tmp_path / "D" / "log", tmp_path / "mirror")
    (tmp_path / "D").rename(tmp_path / "lost")

    said = run("yangguang restore B D --keys K --log mirror --receipts receipts", cwd=tmp_path)
    assert "备份有2条账目，从公布的账本补回1条，现有3条" in said
    assert "2张回执，0处有问题" in said
    for _ in served(f"yangguang serve D --port {port}", cwd=tmp_path, url=url):
        record(tmp_path, url, "441826105002", "又一个示例村")
        assert httpx.get(f"{url}/api/head").json()["size"] == 4
        run(f"yangguang verify {url} --receipts receipts", cwd=tmp_path)


def record(folder: Path, url: str, code: str, name: str) -> None:
    level = "village" if len(code) > 9 else "town"
    data = {"data": {"code": code, "name": name, "level": level}}
    (folder / "place.json").write_text(json.dumps(data), encoding="utf-8")
    run(f"yangguang record place.registered --data place.json --key admin.pem --to {url}", cwd=folder)
