"""A family scans a slip: the browser says whether it is true, and nothing of it leaves the device."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from ledger.sealing.disclosure import make_decoy, make_row, new_salt, parse_disclosure
from ledger.sealing.slip import Slip, format_slip
from tests.verifier.granted import Granted, grant_in
from tests.verifier.serving import site_of

PART = 8
DONE = "#result[aria-busy=false] > *"
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""


def slips(granted: Granted) -> list[Slip]:
    """Every sealed row of the grant, decoys left out, in the order in which they were written down."""
    rows = [text for text in granted.submission.disclosures if parse_disclosure(text, field="").kind == "row"]
    return [Slip(granted.submission.envelope.event_id, row, granted.index) for row in rows]


def shown(tab: Page, address: str) -> str:
    """What the page answers to an address, once it has looked."""
    tab.goto("about:blank")
    tab.goto(address)
    tab.wait_for_selector(DONE)
    return tab.locator("#result").inner_text()


def parts_of(text: str) -> set[str]:
    """Every run of eight characters: less than six bytes of what is sealed."""
    return {text[start : start + PART] for start in range(len(text) - PART + 1)}


def test_a_true_slip_says_which_award_it_is_and_shows_its_own_content(
    tab: Page, address: str, granted: Granted
) -> None:
    said = shown(tab, format_slip(slips(granted)[3], address))
    assert "凭条是真的" in said
    assert f"由第{granted.index}条封存，一个字也没有改过" in said
    assert "发放奖学金" in said
    assert "“奖学金”发放，共儿童10人次" in said
    assert "姓名\n学生3" in said
    assert "学校\n小学" in said
    assert "到现在没有更正、作废或撤销" in said
    assert said.count("相符") > 4
    assert "不相符" not in said


def test_nothing_of_a_slip_is_sent_stored_or_left_in_the_address(tab: Page, address: str, granted: Granted) -> None:
    slip = slips(granted)[0]
    sent: list[Request] = []
    tab.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - playwright marks the function it is given
    assert "凭条是真的" in shown(tab, format_slip(slip, address))
    assert len(sent) > 20
    wire = "\n".join(
        f"{request.method} {request.url} {request.all_headers()} {request.post_data or ''}" for request in sent
    )
    assert [part for part in parts_of(slip.disclosure) if part in wire] == []
    assert slip.event_id not in wire
    assert {request.method for request in sent} == {"GET"}
    assert all(request.url.startswith((address, "about:")) for request in sent)
    assert tab.url == f"{address}/verify"
    assert tab.evaluate(STORED) == [0, 0, "", 0, 0, 0]


def test_going_back_and_forward_does_not_bring_a_slip_back(tab: Page, address: str, granted: Granted) -> None:
    shown(tab, format_slip(slips(granted)[0], address))
    tab.goto(f"{address}/")
    tab.go_back()
    assert tab.url == f"{address}/verify"
    assert tab.evaluate("history.state") is None


def test_slip_without_its_hint_or_with_a_wrong_one_is_found_all_the_same(
    tab: Page, address: str, granted: Granted
) -> None:
    slip = slips(granted)[1]
    for hint in (None, 0, 10**9):
        said = shown(tab, format_slip(Slip(slip.event_id, slip.disclosure, hint), address))
        assert "凭条是真的" in said


def test_slip_is_checked_when_it_is_pasted_and_when_its_file_is_chosen(
    tab: Page, address: str, granted: Granted, tmp_path: Path
) -> None:
    link = format_slip(slips(granted)[2], "https://ledger.example")
    tab.goto(f"{address}/verify")
    tab.fill("#text", f"阳光账本 · 本人凭条\n\n{link[:60]}\n{link[60:]}\n")
    tab.click("#by-text button")
    tab.wait_for_selector("#result h3")
    assert "学生2" in tab.locator("#result").inner_text()
    file = tmp_path / "slip.html"
    file.write_text(f'<a href="{link.replace("&", "&amp;")}">…</a>', encoding="utf-8")
    tab.reload()
    tab.set_input_files("#file", file)
    tab.wait_for_selector("#result h3")
    assert "学生2" in tab.locator("#result").inner_text()


def changed(granted: Granted) -> dict[str, tuple[Slip, str]]:
    """Slips that are wrong, and what the page must say of each."""
    true = slips(granted)[0]
    row = parse_disclosure(true.disclosure, field="")
    other_name = make_row({**row.value, "name": "别人"}, salt=row.salt)
    decoy = next(text for text in granted.submission.disclosures if parse_disclosure(text, field="").kind == "decoy")
    made_up = make_decoy(salt=new_salt(lambda size: b"\1" * size))
    return {
        "another name": (Slip(true.event_id, other_name, granted.index), "里没有封存凭条上的内容"),
        "another salt": (Slip(true.event_id, made_up, granted.index), "里没有封存凭条上的内容"),
        "one letter": (Slip(true.event_id, f"B{true.disclosure[1:]}", granted.index), "读不出来"),
        "cut short": (Slip(true.event_id, true.disclosure[:-9], granted.index), "读不出来"),
        "decoy": (Slip(true.event_id, decoy, granted.index), "空项，不是任何人的内容"),
        "another event": (Slip("0" * 64, true.disclosure, granted.index), "账本里没有凭条所说的那一条"),
    }


@pytest.mark.parametrize("kind", ["another name", "another salt", "one letter", "cut short", "decoy", "another event"])
def test_wrong_slip_gets_a_clear_sentence_and_is_never_called_true(
    tab: Page, address: str, granted: Granted, kind: str
) -> None:
    slip, sentence = changed(granted)[kind]
    said = shown(tab, format_slip(slip, address))
    assert sentence in said
    assert "凭条是真的" not in said
    assert "没有通过" in said


def test_slip_whose_address_is_cut_off_says_so(tab: Page, address: str, granted: Granted) -> None:
    assert "凭条的网址不完整" in shown(tab, format_slip(slips(granted)[0], address)[: len(address) + 30])


@pytest.fixture(scope="module")
def revoked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Granted]]:
    """A grant that was corrected and then revoked, and the site that says so."""
    folder = tmp_path_factory.mktemp("revoked")
    granted = grant_in(folder)
    granted.world.record("award.revoked", granted.award, {"reason": "procedure"}, "admin-2")
    with site_of(granted.publish(), folder) as found:
        yield found, granted
    granted.world.ledger.close()


def test_true_slip_of_a_revoked_award_says_that_it_was_revoked(tab: Page, revoked: tuple[str, Granted]) -> None:
    address, granted = revoked
    said = shown(tab, format_slip(slips(granted)[0], address))
    assert "凭条是真的" in said
    assert "这件事后来有变动" in said
    assert f"第{granted.index + 1}条：撤销发放" in said
    assert said.index("撤销发放") < said.index("学生0")
    assert "网页上的状态\n已撤销" in said
