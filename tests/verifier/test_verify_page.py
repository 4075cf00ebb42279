"""The page /verify, its script and the button on an entry's page, in a real browser."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Browser, Page

from ledger.domain.entry import parse_entry
from ledger.receipts import Prover
from ledger.signing.keys import PrivateKey
from ledger.tlog.base64 import encode_base64
from ledger.tlog.proof import FIRST_LINE
from tests.ledger.audit.conftest import published
from tests.ledger.world import ORIGIN, private_key
from tests.verifier.granted import Granted
from tests.verifier.material import Material
from tests.verifier.reading import DONE, GOOD, check_text, steps, wait_for_text


def test_every_entry_passes_four_steps_and_the_fifth_is_not_claimed(
    tab: Page, address: str, material: Material
) -> None:
    tab.goto(f"{address}/verify")
    for index in range(len(material.entries)):
        tab.fill("#number", str(index))
        tab.click("#by-number button")
        wait_for_text(tab, "#result .check", f"第{index}条")
        assert steps(tab) == GOOD, index
    said = tab.locator("#result").inner_text()
    assert "身份未锁定" in said
    assert "不相符" not in said


def test_check_of_one_entry_says_what_it_does_not_cover(tab: Page, address: str) -> None:
    tab.goto(f"{address}/verify#entry=3")
    assert steps(tab) == GOOD
    tab.click("#result summary:has-text('没有包括什么')")
    assert "有没有被停用或注销" in tab.locator("#result").inner_text()


def test_whole_ledger_passes_with_its_numbers(tab: Page, address: str, material: Material) -> None:
    tab.goto(f"{address}/verify")
    tab.click("#whole button")
    assert steps(tab) == GOOD
    signatures = sum(len(parse_entry(entry).envelope.signatures) for entry in material.entries)
    said = tab.locator("#result").inner_text()
    assert f"{signatures}个签名逐个验过" in said
    assert f"由{len(material.entries)}条账目从头算出的总指纹" in said


def test_button_on_the_page_of_an_entry_checks_in_place(tab: Page, address: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/entries/5")
    wait_for_text(tab, "#recheck", "在本页核对")
    assert len([url for url in asked if url.endswith(".js") or ".js?" in url]) == 1
    tab.click("#recheck")
    assert steps(tab) == GOOD
    assert tab.url == f"{address}/entries/5"
    assert "第5条：4项相符" in tab.locator("#result").inner_text()


@pytest.mark.parametrize("path", ["/verify", "/entries/5"])
def test_page_reads_the_same_without_its_script_and_says_what_to_do(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + path)
    assert "yangguang verify" in page.locator("main").inner_text()
    assert not page.locator("#result").is_visible()
    if path == "/verify":
        assert "要用浏览器的脚本，现在没有运行" in page.locator("main").inner_text()
        assert not page.locator("form:not(.find)").first.is_visible()
    else:
        assert page.locator("#recheck").get_attribute("href") == "/verify#entry=5"
    context.close()


def test_browser_that_knows_no_ed25519_says_so_and_checks_nothing(tab: Page, address: str) -> None:
    tab.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))")
    tab.goto(f"{address}/verify#entry=3")
    wait_for_text(tab, "#no-script", "不能核对Ed25519")
    assert not tab.locator("#tools").is_visible()
    assert tab.locator("#result").inner_text() == ""


def receipt(granted: Granted, index: int) -> tuple[bytes, bytes]:
    """The kept proof of an entry, and its bytes."""
    ledger = granted.world.ledger
    found = ledger.receipt(parse_entry(ledger.entry(index)).envelope.event_id)
    return found.proof, found.entry


def test_receipt_and_proof_file_are_checked_against_the_ledger_as_it_is_now(
    tab: Page, address: str, granted: Granted
) -> None:
    proof, entry = receipt(granted, 7)
    as_json = json.dumps({"index": 7, "entry": encode_base64(entry), "proof": proof.decode()})
    current = httpx.get(f"{address}/log/proof/7.tlog-proof").text
    for text in (proof.decode(), as_json, current):
        said = check_text(tab, address, text)
        assert "第7条：6项相符，1项未检查" in said
        assert "账本没有改写过" in said


def test_receipt_for_another_entry_than_it_proves_is_refused(tab: Page, address: str, granted: Granted) -> None:
    proof, _ = receipt(granted, 7)
    _, other = receipt(granted, 8)
    text = json.dumps({"index": 7, "entry": encode_base64(other), "proof": proof.decode()})
    said = check_text(tab, address, text)
    assert "回执是这本账签的" in said
    assert "2项不相符" in said
    assert "请不要采信" in said


def test_receipt_by_a_stranger_is_refused(tab: Page, address: str, material: Material) -> None:
    files = published(material.entries, origin=ORIGIN, log_key=PrivateKey.from_seed(b"s" * 32))
    size = len(material.entries)
    proof = Prover(files.content["checkpoint"], size, material.tree).proof(7, material.entries[7])
    said = check_text(tab, address, proof.decode())
    assert "没有一个签名出自认可的密钥" in said
    assert "相符，" not in said.split("\n")[0].replace("不相符，", "")


def test_checkpoint_kept_from_before_shows_that_nothing_was_rewritten(
    tab: Page, address: str, material: Material
) -> None:
    old = published(material.entries[:9], origin=ORIGIN, log_key=private_key("log")).content["checkpoint"].decode()
    said = check_text(tab, address, old)
    assert "账本有9条时签的" in said
    assert f"只在后面加了{len(material.entries) - 9}条" in said
    fork = [*material.entries[:7], material.entries[8], material.entries[7]]
    other = published(fork, origin=ORIGIN, log_key=private_key("log")).content["checkpoint"].decode()
    assert "不相符" in check_text(tab, address, other)


def test_signed_text_and_entry_are_found_by_their_content(tab: Page, address: str, material: Material) -> None:
    payload = material.payloads[5].decode()
    assert "第5条：4项相符" in check_text(tab, address, payload)
    assert "第5条：4项相符" in check_text(tab, address, material.entries[5].decode())
    assert "账本里没有这个内容" in check_text(tab, address, payload.replace('"schema":1', '"schema":2'))
    for text in ("第5条", f"{address}/entries/5", "5"):
        assert "第5条：4项相符" in check_text(tab, address, text)


@pytest.mark.parametrize(
    "text",
    ["", "随便写的", "{", "[]", "{}", "1e5", "-1", FIRST_LINE, f"{FIRST_LINE}\nindex 1\n\n", "slip=", "null", "99999"],
)
def test_what_is_nothing_of_the_kind_gets_a_sentence(tab: Page, address: str, text: str) -> None:
    said = check_text(tab, address, text)
    assert re.match(r"没有通过|没有这一条", said), said
    assert "出错" not in said


def genesis(material: Material) -> str:
    return parse_entry(material.entries[0]).envelope.event_id


def test_pinned_identity_is_remembered_in_the_address_and_said_in_words(
    tab: Page, address: str, material: Material
) -> None:
    tab.goto(f"{address}/verify")
    tab.click("summary:has-text('锁定账本身份')")
    tab.fill("#pin-genesis", genesis(material).upper())
    tab.click("#pins button")
    assert steps(tab) == GOOD
    assert "身份已锁定" in tab.locator("#result").inner_text()
    pinned = tab.url
    assert "#genesis=" in pinned
    tab.goto("about:blank")
    tab.goto(pinned)
    tab.fill("#number", "3")
    tab.click("#by-number button")
    assert steps(tab) == GOOD
    assert "身份已锁定" in tab.locator("#result").inner_text()


@pytest.mark.parametrize("name", ["genesis", "vkey"])
def test_another_identity_than_the_pinned_one_is_bad(tab: Page, address: str, name: str) -> None:
    other = {"genesis": "0" * 64, "vkey": "ledger.example/other%2B00000000%2BAAAA"}[name]
    tab.goto(f"{address}/verify#{name}={other}&entry=3")
    tab.wait_for_selector(DONE)
    assert "不是您指定的账本" in tab.locator("#result").inner_text()


def test_log_key_may_be_pinned_in_an_address_with_its_plus_signs(tab: Page, address: str) -> None:
    vkey = httpx.get(f"{address}/log/vkey").text.strip()
    tab.goto(f"{address}/verify#entry=3&vkey={vkey}")
    tab.wait_for_selector(DONE)
    assert "身份已锁定" in tab.locator("#result").inner_text()


def test_ledger_out_of_reach_is_no_verdict(browser: Browser, address: str) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}/verify")
    tab.route("**/log/**", lambda route: route.fulfill(status=503))
    tab.fill("#number", "3")
    tab.click("#by-number button")
    tab.wait_for_selector(DONE)
    said = tab.locator("#result").inner_text()
    assert said.startswith("没有核对成")
    assert "请稍后再试" in said
    tab.close()
