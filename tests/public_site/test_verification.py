"""The checks on an entry's page are computed from the published files: whatever was changed there is seen."""

import re
from pathlib import Path

import pytest

from ledger.domain.entry import parse_entry
from ledger.tlog.tile import format_bundle, parse_bundle
from tests.projections.amended_log import amended_log
from tests.public_site.served import Served, publish_book, serve, words_of

STEPS = ("签名是真的", "前后相连", "确实收在账本里", "账本签过章", "有人见证")


def states(site: Served, index: int) -> dict[str, str]:
    """What each check of an entry's page found."""
    page = site.get(f"/entries/{index}").text
    found = re.findall(r'<li class="(ok|bad|unknown)"><svg.*?<h3>(.*?)<span', page, re.DOTALL)
    return {title: state for state, title in found}


@pytest.mark.parametrize("index", [0, 1, 29, 255, 256, 300, 600])
def test_true_entry_passes_four_checks_and_the_fifth_is_not_claimed(demo: Served, index: int) -> None:
    assert states(demo, index) == dict.fromkeys(STEPS[:4], "ok") | {"有人见证": "unknown"}


def test_every_entry_of_the_demonstration_passes(demo: Served) -> None:
    pages = [answer.text for path, answer in demo.pages.items() if re.fullmatch(r"/entries/\d+", path)]
    assert len(pages) > 700
    assert all(page.count('<li class="ok"><svg') == 4 and '<li class="bad">' not in page for page in pages)


def spoil(site: Served, old: bytes, new: bytes) -> None:
    """Changes the first published entry."""
    path = site.log / "tile" / "entries" / "000.p" / "1"
    entry = parse_bundle(path.read_bytes(), width=1)[0]
    assert old in entry
    path.write_bytes(format_bundle([entry.replace(old, new, 1)]))


def test_entry_with_another_time_is_not_in_the_tree(spoilt: Served) -> None:
    spoil(spoilt, b"2022-04-01T", b"2022-04-02T")
    assert states(spoilt, 0) == {
        "签名是真的": "ok", "前后相连": "ok", "确实收在账本里": "bad", "账本签过章": "ok", "有人见证": "unknown"
    }  # fmt: skip
    assert "第0条没有通过这一项" in words_of(spoilt.get("/entries/0").text)


def test_entry_with_another_signature_fails_the_first_check_and_says_which(spoilt: Served) -> None:
    entry = parse_entry(parse_bundle((spoilt.log / "tile/entries/000.p/1").read_bytes(), width=1)[0])
    sig = entry.envelope.to_json()["signatures"][0]["sig"].encode()
    spoil(spoilt, sig, (b"B" if sig[:1] == b"A" else b"A") + sig[1:])
    found = states(spoilt, 0)
    assert found["签名是真的"] == "bad"
    page = spoilt.get("/entries/0").text
    assert page.index("签名是真的") < page.index("前后相连")
    assert "请不要采信这一条" in page


def test_checkpoint_by_another_key_is_not_believed(spoilt: Served) -> None:
    note = (spoilt.log / "checkpoint").read_text(encoding="utf-8")
    (spoilt.log / "checkpoint").write_text(note[:-6] + "AAAA=\n", encoding="utf-8")
    assert states(spoilt, 0)["账本签过章"] == "bad"
    home = words_of(spoilt.get("/").text)
    assert "账目不符" in home
    assert "账目完整" not in home


def test_another_log_key_than_entry_0_names_is_seen(amended: Served) -> None:
    # The log made by hand names no real key in entry 0.
    assert states(amended, 40)["账本签过章"] == "bad"
    assert states(amended, 40)["确实收在账本里"] == "ok"


def test_read_models_of_another_history_are_seen(tmp_path: Path) -> None:
    book = amended_log()
    publish_book(book, tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    book.entries[-1], book.tree = book.entries[-2], amended_log().prefix(book.size() - 1).tree
    book.tree.append(b"\1" * 32)
    publish_book(book, tmp_path / "log")
    assert "账目不符" in words_of(site.get("/").text)


def test_read_models_that_lag_behind_are_called_late_not_wrong(tmp_path: Path) -> None:
    book = amended_log()
    publish_book(book.prefix(60), tmp_path / "log")
    site = serve(tmp_path, tmp_path / "log")
    publish_book(book, tmp_path / "log")
    said = words_of(site.get("/").text)
    assert "更新延迟" in said
    assert f"还差{book.size() - 60}条" in said
    assert "账目完整" not in said


def test_page_of_an_entry_survives_files_that_are_gone(spoilt: Served) -> None:
    (spoilt.log / "tile" / "entries" / "000.p" / "1").unlink()
    answer = spoilt.get("/entries/0")
    assert answer.status_code == 200
    assert "公布的文件里还读不到这一条" in answer.text
