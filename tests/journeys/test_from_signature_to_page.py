"""The whole way: signed on a device, admitted over the API, published, shown on a page, verified from the bytes."""

import json
import re
from pathlib import Path

import httpx
import openpyxl  # type: ignore[import-untyped]

from tests.journeys.browser import open_page
from tests.journeys.serving import run
from tests.yangguang.importing.books import fill
from yangguang.demo.scribe import private_key

VILLAGE = "示例村丁"


def test_what_an_admin_signs_is_on_a_page_and_verifies(demo_url: str, tmp_path: Path) -> None:
    private_key("admin-1").save(tmp_path / "admin.pem")
    town = re.search(r'href="/places/([0-9a-f-]{36})', httpx.get(f"{demo_url}/where").text)
    assert town is not None
    data = {"data": {"code": "DEMO-D", "name": VILLAGE, "level": "village"}}
    (tmp_path / "village.json").write_text(json.dumps(data), encoding="utf-8")
    before = httpx.get(f"{demo_url}/api/head").json()
    answer = run(f"yangguang record place.registered --data village.json --key admin.pem --to {demo_url}", cwd=tmp_path)
    index = before["size"]
    assert f"第{index:,}条" in answer

    with open_page() as page:
        page.goto(f"{demo_url}/entries/{index - 1}")
        for _ in range(100):
            if page.goto(f"{demo_url}/entries/{index}").status == 200:  # type: ignore[union-attr]
                break
            page.wait_for_timeout(100)
        assert VILLAGE in page.locator("main").inner_text()
        page.get_by_role("link", name=VILLAGE).first.click()
        assert VILLAGE in page.locator("h1").inner_text()
        proof = page.request.get(f"{demo_url}/log/proof/{index}.tlog-proof")
        assert proof.text().startswith("c2sp.org/tlog-proof@v1\n")
    assert run(f"yangguang verify {demo_url} --receipts receipts", cwd=tmp_path).startswith("✓")


def test_a_spreadsheet_that_staff_fill_in_becomes_entries(demo_url: str, tmp_path: Path) -> None:
    private_key("admin-1").save(tmp_path / "admin.pem")
    run(f"yangguang import --template place.registered --known --to {demo_url} -o 地点.xlsx", cwd=tmp_path)
    town = openpyxl.load_workbook(tmp_path / "地点.xlsx")["已有记录"]["A60"].value
    assert town
    villages = [
        {"本行编号": f"V-{n}", "发生日期": "2025年3月5日", "代码": f"DEMO-V{n}", "名称": f"示例村{n}", "级别": "村"}
        for n in "戊己庚"
    ]
    fill(tmp_path / "地点.xlsx", "地点·登记地点", villages)
    before = httpx.get(f"{demo_url}/api/head").json()["size"]
    assert "检查通过" in run(f"yangguang import 地点.xlsx --dry-run --to {demo_url}", cwd=tmp_path)
    assert "已记入3行" in run(f"yangguang import 地点.xlsx --key admin.pem --to {demo_url}", cwd=tmp_path)
    assert httpx.get(f"{demo_url}/api/head").json()["size"] == before + 3


def test_a_gift_leads_click_by_click_to_what_it_paid_for_and_back(demo_url: str) -> None:
    with open_page() as page:
        page.goto(demo_url)
        page.get_by_role("link", name="帮了多少").first.click()
        page.locator('main table a[href^="/organisations/"]').first.click()
        page.locator('main a[href^="/donations/"]').first.click()
        gift = page.url.removeprefix(demo_url)
        page.locator('main a[href*="/awards/"], main a[href*="/renovations/"]').first.click()
        assert re.search(r"/(awards|renovations)/", page.url)
        page.locator('main a[href*="/projects/"]').first.click()
        assert "/projects/" in page.url
        assert page.locator(f'main a[href="{gift}"]').count() > 0
        page.locator(f'main a[href="{gift}"]').first.click()
        assert page.url.endswith(gift)


def test_home_reads_without_script_by_keyboard_on_a_phone(demo_url: str) -> None:
    with open_page(width=360) as page:
        page.goto(demo_url)
        assert page.locator("script").count() == 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        assert "演示数据" in page.locator("body").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
