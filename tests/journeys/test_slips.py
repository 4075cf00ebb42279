"""A person's slip from the staff's device into their own hands: printed, scanned, checked offline, printed again."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.browser import open_page
from tests.journeys.serving import free_port, run, served

PEOPLE = ("测试用名-0001", "测试用名-0002", "测试用名-0003")
ADMINS = "--key my-ledger/keys/admin-1.pem --key my-ledger/keys/admin-2.pem"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The staff's device: a ledger's folder, keys, files."""
    folder = tmp_path_factory.mktemp("desk")
    run("yangguang init my-ledger --origin ledger.example/slips --demonstration", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def url(desk: Path) -> Iterator[str]:
    """A served ledger in which an organisation may record consents."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    for _ in served(f"yangguang serve my-ledger --port {port}", cwd=desk, url=url):
        registered = {"data": {"name": "示例机构", "organisation_kind": "service", "roles": ["executor"]}}
        organisation = record(
            desk, "organisation.registered", registered, f"--key my-ledger/keys/admin-1.pem --to {url}"
        )
        run("yangguang key new care.pem", cwd=desk)
        request = run(
            f"yangguang key show care.pem --organisation {organisation} --origin ledger.example/slips", cwd=desk
        )
        (desk / "request.json").write_text(request, encoding="utf-8")
        until = httpx.get(f"{url}/api/head").json()["recorded_at"][:4] + "-12-31"
        run(
            f"yangguang key enrol request.json --post 人员资料 --can care --expires {until} {ADMINS} --to {url}",
            cwd=desk,
        )
        undertook = {"record": organisation, "data": {"rules_version": "1"}}
        record(desk, "organisation.undertook", undertook, f"--key care.pem --to {url}")
        screened = {"record": organisation, "data": {"against": "失信名单", "result": "clear"}}
        record(desk, "organisation.screened", screened, f"--key my-ledger/keys/admin-1.pem --to {url}")
        yield url


def record(desk: Path, event_type: str, content: object, options: str) -> str:
    """Records an event; the record's reference."""
    (desk / "event.json").write_text(json.dumps(content), encoding="utf-8")
    said = run(f"yangguang record {event_type} --data event.json {options}", cwd=desk)
    found = re.search(r"Record ([a-z]+/[0-9a-f-]{36})", said)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def slips(desk: Path, url: str) -> Path:
    """The folder of slips after consents were recorded."""
    rows = [{"name": name, "scopes": ["award"], "given_by": "own", "assent": "given"} for name in PEOPLE]
    content = {"data": {"form": "paper"}, "rows": rows}
    record(desk, "consent.recorded", content, f"--key care.pem --to {url} --slips slips --keep")
    return desk / "slips"


def test_one_slip_a_person_and_what_reprints_them_are_left_on_the_device_alone(slips: Path, desk: Path) -> None:
    names = sorted(path.name for path in slips.iterdir())
    assert [name for name in names if name.endswith(".html")] == [f"demo-slip-000000005-0{n}.html" for n in (1, 2, 3)]
    assert [name for name in names if name.startswith("demo-kept")] == ["demo-kept-000000005.json"]
    assert len(names) == 7
    assert {stat.S_IMODE((slips / name).stat().st_mode) for name in names} == {0o600}
    stored = [path for path in (desk / "my-ledger").rglob("*") if path.is_file()]
    assert stored
    assert not [path for path in stored if PEOPLE[0].encode() in path.read_bytes()]


def test_family_scans_the_slip(slips: Path, url: str) -> None:
    address = (slips / "demo-slip-000000005-02.txt").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert address.startswith(f"{url}/verify#slip=")
    with open_page(width=360) as page:
        for _ in range(100):
            if page.goto(f"{url}/entries/5").status == 200:  # type: ignore[union-attr]
                break
            page.wait_for_timeout(100)
        page.goto("about:blank")
        page.goto(address)
        page.locator("#result h3").first.wait_for()
        said = page.locator("#result").inner_text()
        assert "凭条是真的" in said
        assert PEOPLE[1] in said
        assert PEOPLE[0] not in said
        assert "由谁同意\n本人（满16岁）" in said
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("form", ["html", "txt"])
def test_family_checks_the_slip_offline_with_a_copy_of_the_log(slips: Path, desk: Path, form: str) -> None:
    said = run(f"yangguang slip check slips/demo-slip-000000005-03.{form} --source my-ledger/log", cwd=desk)
    assert said.startswith("✓ 凭条是真的：它的内容由第5条封存")
    assert f"姓名：{PEOPLE[2]}" in said
    assert "身份未锁定" in said


def test_slip_that_was_changed_or_is_of_another_ledger_is_refused(slips: Path, desk: Path, url: str) -> None:
    text = (slips / "demo-slip-000000005-01.txt").read_text(encoding="utf-8")
    (desk / "changed.txt").write_text(text.replace("slip=", "slip=0", 1), encoding="utf-8")
    run("yangguang slip check changed.txt --source my-ledger/log", cwd=desk, good=1)
    run("yangguang slip check nowhere.txt --source my-ledger/log", cwd=desk, good=1)
    run("yangguang init other --origin ledger.example/other", cwd=desk)
    run("yangguang slip check slips/demo-slip-000000005-01.txt --source other/log", cwd=desk, good=1)
    run(f"yangguang slip check slips/demo-slip-000000005-01.txt --source {url} --genesis {'0' * 64}", cwd=desk, good=1)


def test_slips_are_printed_again_from_what_was_kept(slips: Path, desk: Path, url: str) -> None:
    said = run(f"yangguang slip print slips/demo-kept-000000005.json --site {url} --to again", cwd=desk)
    assert "3张凭条" in said
    for path in (desk / "again").iterdir():
        assert path.read_bytes() == (slips / path.name).read_bytes()
    run(f"yangguang slip print slips/demo-kept-000000005.json --site {url} --to one --together", cwd=desk)
    assert [path.name for path in (desk / "one").iterdir()] == ["demo-slips-000000005.html"]


def test_event_without_sealed_rows_has_no_slips_and_is_not_recorded_for_them(desk: Path, url: str) -> None:
    before = httpx.get(f"{url}/api/head").json()["size"]
    (desk / "place.json").write_text('{"data": {"code": "P", "name": "示例村", "level": "village"}}', encoding="utf-8")
    options = f"--data place.json --key my-ledger/keys/admin-1.pem --to {url} --slips none"
    run(f"yangguang record place.registered {options}", cwd=desk, good=1)
    assert httpx.get(f"{url}/api/head").json()["size"] == before
    assert not (desk / "none").exists()


def test_refused_event_leaves_no_slips_and_nothing_kept(desk: Path, url: str) -> None:
    rows = [{"name": PEOPLE[0], "scopes": ["award"], "given_by": "own", "assent": "given"}]
    (desk / "event.json").write_text(json.dumps({"data": {"form": "paper"}, "rows": rows}), encoding="utf-8")
    options = f"--data event.json --key my-ledger/keys/admin-1.pem --to {url} --slips refused --keep"
    run(f"yangguang record consent.recorded {options}", cwd=desk, good=1)
    assert list((desk / "refused").iterdir()) == []
