"""The whole way of a question: written on a page, read with the inbox key, recorded, answered, found by its number."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ledger.domain.question import NUMBER
from tests.journeys.browser import open_page
from tests.journeys.serving import free_port, run, served
from yangguang.demo.scribe import private_key

WORDS = "这笔捐赠的用途，页面上没有写。"


@pytest.fixture
def desk(demo_url: str, tmp_path: Path) -> Path:
    """A folder with a new key that may publish, enrolled today: those of the demonstration expired with it."""
    private_key("admin-1").save(tmp_path / "admin.pem")
    page = httpx.get(f"{demo_url}/organisations").text
    organisation = re.search(r'href="/organisations/([0-9a-f-]{36})">示例一号协会', page)
    assert organisation is not None
    run("yangguang key new press.pem", cwd=tmp_path)
    origin = httpx.get(f"{demo_url}/api/head").json()["origin"]
    show = f"yangguang key show press.pem --organisation organisation/{organisation[1]} --origin {origin}"
    (tmp_path / "press.json").write_text(run(show, cwd=tmp_path), encoding="utf-8")
    year = httpx.get(f"{demo_url}/api/head").headers["date"].split()[3]
    enrol = f"yangguang key enrol press.json --post 信息公开 --can publish --expires {year}-12-31 --key admin.pem"
    run(f"{enrol} --to {demo_url}", cwd=tmp_path)
    return tmp_path


def test_a_question_goes_from_the_form_to_its_public_answer(demo_url: str, demo_directory: Path, desk: Path) -> None:
    inbox_key = demo_directory / "keys" / "inbox.pem"
    with open_page(width=360) as page:
        page.goto(f"{demo_url}/how-much")
        page.locator('main a[href^="/organisations/"]').first.click()
        page.locator('main a[href^="/donations/"]').first.click()
        gift = page.url.removeprefix(demo_url)
        page.get_by_role("link", name="报告本页错误").click()
        page.get_by_label("您要说的事").fill(WORDS)
        page.get_by_label("联系方式").fill("me@example.org")
        page.get_by_role("button", name="发送").click()
        number = re.search(NUMBER, page.locator("main").inner_text())
    assert number is not None
    sign = f"--key press.pem --to {demo_url}"
    waiting = json.loads(run(f"yangguang inbox list {sign} --inbox-key {inbox_key} --json", cwd=desk))["letters"]
    assert [(item["number"], item["words"], item["about"]) for item in waiting] == [(number[0], WORDS, gift)]
    assert number[0] in run(f"yangguang inbox list {sign}", cwd=desk)
    assert "封" in run(f"yangguang work {sign}", cwd=desk)

    read = f"yangguang inbox read {number[0]} {sign} --inbox-key {inbox_key}"
    assert WORDS in run(read, cwd=desk)
    said = run(f"{read} --record --category use", cwd=desk)
    question = re.search(r"question/[0-9a-f-]{36}", said)
    assert question is not None
    assert json.loads(run(f"yangguang inbox list {sign} --json", cwd=desk))["letters"] == []
    tasks = json.loads(run(f"yangguang work {sign} --json", cwd=desk))["tasks"]
    assert question[0] in {task["record"] for task in tasks}
    answer = f"yangguang inbox answer {question[0]} --outcome explained --reply 已补充说明 {sign}"
    assert "已记入账本" in run(answer, cwd=desk)

    with open_page() as page:
        path = f"{demo_url}/questions/{question[0].partition('/')[2]}"
        for _ in range(100):
            page.goto(path)
            if "天后得到答复" in page.locator("body").inner_text():
                break
            page.wait_for_timeout(100)
        shown = page.locator("main").inner_text()
        assert "0天后得到答复：已说明" in shown
        assert number[0] in shown
        assert WORDS in shown
        assert "已补充说明" in shown
        assert "me@example.org" not in shown
        assert page.locator(f'main a[href="{gift}"]').count() == 1
        page.goto(f"{demo_url}/search?q={number[0]}")
        assert page.locator(f'main a[href="/questions/{question[0].partition("/")[2]}"]').count() == 1
    files = [path for path in demo_directory.rglob("*") if path.is_file()]
    assert [path for path in files if b"me@example.org" in path.read_bytes()] == []


@pytest.fixture
def several(tmp_path: Path) -> Iterator[str]:
    """A new ledger, its core in one process and two that answer."""
    run("yangguang init ledger --origin ledger.example/several --admins 1 --quorum 1", cwd=tmp_path)
    port = free_port()
    command = f"yangguang serve ledger --port {port} --processes 2"
    yield from served(command, cwd=tmp_path, url=f"http://127.0.0.1:{port}")


def test_form_and_signed_reads_work_with_the_core_in_its_own_process(several: str, tmp_path: Path) -> None:
    sign = f"--key ledger/keys/admin-1.pem --to {several}"
    for _ in range(4):
        assert json.loads(run(f"yangguang work {sign} --json", cwd=tmp_path))["tasks"] == []
    numbers = {re.search(NUMBER, httpx.post(f"{several}/ask", data={"words": "a"}).text) for _ in range(3)}
    assert len({number[0] for number in numbers if number}) == 3
    run(f"yangguang inbox list {sign}", cwd=tmp_path, good=1)


def test_a_new_inbox_key_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    run("yangguang init ledger --origin ledger.example/rekeyed --admins 1 --quorum 1", cwd=tmp_path)
    before = (tmp_path / "ledger" / "ledger.toml").read_text(encoding="utf-8")
    run("yangguang key new-inbox ledger inbox.pem", cwd=tmp_path)
    after = (tmp_path / "ledger" / "ledger.toml").read_text(encoding="utf-8")
    assert before != after
    assert after.count("inbox = ") == 1
    assert (tmp_path / "inbox.pem").stat().st_mode & 0o777 == 0o600
    run("yangguang key new-inbox ledger inbox.pem", cwd=tmp_path, good=1)
    assert (tmp_path / "ledger" / "ledger.toml").read_text(encoding="utf-8") == after
