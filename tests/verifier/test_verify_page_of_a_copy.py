"""The same page in a copy of the site that somebody put up elsewhere: whole, and with one byte changed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ledger.domain.entry import parse_entry
from tests.verifier.browser import static_server
from tests.verifier.granted import Granted
from tests.verifier.material import Material
from tests.verifier.reading import GOOD, steps, wait_for_text
from tests.verifier.serving import lay_out


@pytest.fixture(scope="module")
def folder(address: str, granted: Granted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site laid out by hand in a folder below another one, as a copy on a stick would be."""
    place = tmp_path_factory.mktemp("copies") / "copy"
    lay_out(address, granted.publish(), place)
    return place


@pytest.fixture(scope="module")
def copy(folder: Path) -> Iterator[str]:
    """The address of that copy under a plain static file server."""
    with static_server(folder.parent) as found:
        yield f"{found}/{folder.name}"


def test_copy_in_a_folder_checks_itself_under_a_sub_path(tab: Page, copy: str) -> None:
    tab.goto(f"{copy}/verify/#entry=7")
    assert steps(tab) == GOOD
    tab.click("#whole button")
    wait_for_text(tab, "#result .check", "整本账")
    assert steps(tab) == GOOD
    tab.goto(f"{copy}/entries/7/")
    wait_for_text(tab, "#recheck", "在本页核对")
    tab.click("#recheck")
    assert steps(tab) == GOOD


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Iterator[Callable[[bytes, bytes], str]]:
    """``spoilt(old, new)``: the address of a copy in whose bundle of entries one byte was changed."""
    place = Path(shutil.copytree(folder, tmp_path / folder.name))
    with static_server(tmp_path) as found:

        def change(old: bytes, new: bytes) -> str:
            bundle = next((place / "log" / "tile" / "entries").rglob("000.p/*"))
            data = bundle.read_bytes()
            assert len(old) == len(new)
            assert data.count(old) == 1
            bundle.write_bytes(data.replace(old, new))
            return f"{found}/{folder.name}"

        yield change


def test_one_changed_byte_of_an_entry_is_seen_by_every_check_and_named_first(
    tab: Page, spoilt: Callable[[bytes, bytes], str], material: Material
) -> None:
    sig = parse_entry(material.entries[7]).envelope.to_json()["signatures"][0]["sig"].encode()
    changed = spoilt(sig, (b"B" if sig[:1] == b"A" else b"A") + sig[1:])
    tab.goto(f"{changed}/verify/#entry=7")
    found = steps(tab)
    assert found["签名是真的"] == found["确实收在账本里"] == "bad"
    said = tab.locator("#result").inner_text()
    assert said.startswith("不相符")
    assert "第7条没有通过这一项" in said
    assert "请不要采信这一条" in said
    assert list(found)[:2] == ["签名是真的", "确实收在账本里"]
    tab.click("#whole button")
    wait_for_text(tab, "#result .check", "整本账")
    whole = tab.locator("#result").inner_text()
    assert whole.startswith("不相符")
    assert "第7条：签名与内容不符" in whole
    assert tab.locator("#result .note a").first.inner_text() == "第7条"
    assert steps(tab)["签名是真的"] == "bad"


def test_changed_time_alone_leaves_the_signature_true_and_the_place_false(
    tab: Page, spoilt: Callable[[bytes, bytes], str], material: Material
) -> None:
    end = material.entries[7][-60:]
    changed = spoilt(end, end.replace(b".000Z", b".001Z"))
    tab.goto(f"{changed}/verify/#entry=7")
    found = steps(tab)
    assert (found["签名是真的"], found["确实收在账本里"], found["账本签过章"]) == ("ok", "bad", "ok")
