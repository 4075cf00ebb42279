"""Witnesses as a reader's browser checks them: with keys that the site lists, and with keys that the reader typed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from tests.public_site.watched import NOW, Watched, watched_in, witness
from tests.verifier.browser import chromium
from tests.verifier.reading import DONE, steps
from tests.verifier.serving import site_server

TITLE = "有人见证"
ML_DSA = CosignatureSigner("ledger.example/new", MlDsaPrivateKey.from_seed(b"l" * 32), clock=lambda: NOW)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A ledger that signs with ML-DSA-44 as well, which a browser passes over."""
    found = watched_in(tmp_path_factory.mktemp("watched"))
    with (found.site.log / "vkey").open("a") as file:
        file.write(f"{format_vkey(ML_DSA.verifier_key)}\n")
    return found


@pytest.fixture(scope="module")
def page(watched: Watched) -> Iterator[Page]:
    with chromium() as browser, site_server(watched.site.app) as address:
        yield browser.new_page(base_url=address)


def recheck(page: Page) -> str:
    """What the button on the entry's page finds of the witnesses."""
    page.goto("/entries/0")
    page.click("#recheck")
    found = steps(page)
    assert {state for title, state in found.items() if title != TITLE} == {"ok"}
    return found[TITLE]


def test_an_entrys_page_checks_with_the_keys_that_the_site_lists_and_says_so(page: Page, watched: Watched) -> None:
    watched.cosign(ML_DSA)
    assert recheck(page) == "unknown"
    assert "本网站列出的2家见证机构还没有为现在的签章联署" in page.inner_text("#result")
    watched.cosign(ML_DSA, witness(1), witness(3))
    assert recheck(page) == "ok"
    assert "（公钥也是本网站给的）中，有1家联署了同一个总指纹" in page.inner_text("#result")


def test_a_cosignature_of_another_text_fails_in_the_browser(page: Page, watched: Watched) -> None:
    watched.cosign(witness(1))
    path = watched.site.log / "checkpoint"
    note = parse_note(path.read_bytes())
    false = Signature("w1.example", witness(1).key_id, witness(1).sign(b"other\n1\n" + b"A" * 43 + b"=\n"))
    path.write_bytes(format_note(Note(note.text, (note.signatures[0], false))))
    assert recheck(page) == "bad"


def test_the_readers_page_fills_in_the_listed_keys_and_checks_the_whole_ledger(page: Page, watched: Watched) -> None:
    watched.cosign(ML_DSA, witness(1), witness(2))
    page.goto("/verify")
    page.click("summary:has-text('锁定账本身份')")
    page.click("#offer")
    expected = " ".join(format_vkey(witness(number).verifier_key) for number in (1, 2))
    assert page.input_value("#pin-witness") == expected
    page.click("#pins .btn:not(.quiet)")
    page.wait_for_selector(DONE)
    assert steps(page)[TITLE] == "ok"
    assert "您给出的2家见证机构中，有2家联署了同一个总指纹" in page.inner_text("#result")
