"""The rotation of the log key as an operator does it, while the ledger runs."""

import json
from pathlib import Path

import httpx

from tests.journeys.serving import free_port, run, served

ADMINS = "--key my-ledger/keys/admin-1.pem --key my-ledger/keys/admin-2.pem"


def test_the_admins_rotate_the_log_key_of_a_running_ledger(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    run("yangguang init my-ledger --origin ledger.example/rotation --demonstration", cwd=tmp_path)
    for _ in served(f"yangguang serve my-ledger --port {port}", cwd=tmp_path, url=url):
        old = httpx.get(f"{url}/api/head").json()["vkey"]
        run("yangguang key new-log my-ledger ../2027", cwd=tmp_path, good=1)
        content = run("yangguang key new-log my-ledger 2027", cwd=tmp_path)
        (tmp_path / "rotation.json").write_text(content, encoding="utf-8")
        submit = f"yangguang record ledger.log_key_rotated --data rotation.json --to {url}"
        run(f"{submit} --key my-ledger/keys/admin-1.pem", cwd=tmp_path, good=1)
        assert "已记入账本：第1条" in run(f"{submit} {ADMINS} --vkey {old}", cwd=tmp_path)
        new = httpx.get(f"{url}/api/head").json()["vkey"]
        assert new == json.loads(content)["data"]["log_vkey"] != old
        (tmp_path / "place.json").write_text(json.dumps({"data": {"code": "1", "name": "甲", "level": "town"}}))
        place = f"yangguang record place.registered --data place.json --key my-ledger/keys/admin-1.pem --to {url}"
        run(f"{place} --vkey {old}", cwd=tmp_path, good=1)
        assert "已记入账本：第2条" in run(f"{place} --vkey {new}", cwd=tmp_path)
        for pin in (old, new):
            run(f"yangguang verify {url} --vkey {pin} --receipts receipts", cwd=tmp_path)
    run(f"yangguang verify my-ledger --vkey {new}", cwd=tmp_path)
    assert len(list((tmp_path / "my-ledger" / "keys").glob("log*.pem"))) == 2
