"""On the pages: texts beside their entries, what was withdrawn with when and why, and nothing of any one child."""

import html
import io
import re
import zipfile
from pathlib import Path

import httpx
import pytest

from ledger.publishing.publisher import Publisher
from tests.ledger.privacy.household import NOTE, Household
from tests.ledger.privacy.test_nobody_can_point_at_a_child import masked
from tests.public_site.served import Served, serve, words_of


def household(directory: Path, names: list[str]) -> tuple[Household, Served]:
    made = Household(directory / "made", names)
    ledger = made.world.ledger
    Publisher(ledger.store, directory / "log", vkey=ledger.settings.vkey).publish()
    return made, serve(directory, directory / "log", lambda digest: ledger.text(digest).to_json())


def readable(page: httpx.Response) -> str:
    """What a page says; of a spreadsheet, which is packed, what its sheets say."""
    if not page.content.startswith(b"PK"):
        return page.text
    with zipfile.ZipFile(io.BytesIO(page.content)) as packed:
        return "".join(packed.read(name).decode() for name in sorted(packed.namelist()))


def test_the_pages_of_two_ledgers_that_differ_in_one_child_are_the_same(tmp_path: Path) -> None:
    names = [f"测试用名-{number:04d}" for number in range(12)]
    shown = []
    for place, other in enumerate(("测试用名-0005", "另一个名字很长的测试用名")):
        made, site = household(tmp_path / str(place), [*names[:5], other, *names[6:]])
        pages = {path: masked(html.unescape(readable(page)).encode()) for path, page in site.pages.items()}
        pages = {path: re.sub(rb"\b[0-9a-f]{4,16}\b", b"*", page) for path, page in pages.items()}
        shown.append({masked(path.encode()): page for path, page in pages.items() if not path.startswith("/log/")})
        made.world.ledger.close()
    assert len(shown[0]) > 30
    assert shown[0].keys() == shown[1].keys()
    for path, page in shown[0].items():
        assert page == shown[1][path], path


def test_a_text_stands_beside_its_entry_and_after_a_withdrawal_when_and_why_it_went(tmp_path: Path) -> None:
    made, site = household(tmp_path, [f"测试用名-{number:04d}" for number in range(12)])
    (digest,) = made.payload.withdrawable
    entry = f"/entries/{made.granted.index}"
    assert NOTE in words_of(site.get(entry).text)
    assert NOTE in words_of(site.get(f"/disclosures/{digest}").text)
    receipt = made.withdraw(digest)
    Publisher(made.world.ledger.store, tmp_path / "log", vkey=made.world.ledger.settings.vkey).publish()
    site = serve(tmp_path, tmp_path / "log", lambda digest: made.world.ledger.text(digest).to_json())
    gone = site.get(f"/disclosures/{digest}")
    assert gone.status_code == 410
    for page in (words_of(gone.text), words_of(site.get(entry).text)):
        assert f"撤下（第{receipt.index}条），原因：可能指认到个人" in page
        assert NOTE not in page
    assert site.get(f"/disclosures/{'A' * 43}").status_code == 404
    made.world.ledger.close()


def test_a_server_with_the_public_log_alone_says_where_the_texts_are(tmp_path: Path) -> None:
    made, _ = household(tmp_path, [f"测试用名-{number:04d}" for number in range(12)])
    site = serve(tmp_path, tmp_path / "log")
    assert "这台服务器只有公开账本" in words_of(site.get(f"/entries/{made.granted.index}").text)
    assert site.get(f"/disclosures/{made.payload.withdrawable[0]}").status_code == 404
    made.world.ledger.close()


@pytest.mark.parametrize("kind", ["opened", "erased", "withdrawn"])
def test_the_audit_trail_shows_by_whom_and_why_and_never_how_many(demo: Served, kind: str) -> None:
    page = words_of(demo.get(f"/audit?what=sealed.{kind}").text) + words_of(demo.get("/audit?what=sealed").text)
    said = {
        "opened": "经两方签署，为监督检查查看了",
        "erased": "经两方签署，依据“撤回同意”销毁了封存内容",
        "withdrawn": "撤下了“",
    }
    assert said[kind] in page


def test_an_entry_that_opens_or_erases_shows_both_signers_and_no_count(demo: Served) -> None:
    entries = [int(number) for number in re.findall(r'href="/entries/(\d+)"', demo.get("/audit?what=sealed").text)]
    pages = [words_of(demo.get(f"/entries/{index}").text) for index in entries[:12]]
    two = [page for page in pages if "经两方签署" in page.split("记录了什么")[0]]
    assert two
    for page in two:
        assert page.count("示例二十二号评估中心") >= 1
        assert page.count("示例五号社工中心") >= 1
        assert "看不出实际有几项" in page
        assert not re.search(r"展开\d+行", page)
