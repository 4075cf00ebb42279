"""Slips as staff print them and as a family checks them without the network."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from ledger.audit.entries import PublishedEntries
from ledger.audit.slips import find_slip
from ledger.audit.source import open_source
from ledger.domain.payload import Payload
from ledger.errors import DuplicateError, InvalidFieldError, LedgerError, MalformedError, NotFoundError, ProofError
from ledger.sealing.disclosure import make_row, parse_disclosure
from ledger.sealing.slip import Slip, format_slip, parse_slip
from tests.journeys.browser import CHROMIUM, FLAGS, require_chromium
from tests.verifier.granted import CHILDREN, Granted, grant_in
from yangguang.slips.kept import KeptSlips, parse_kept
from yangguang.slips.making import slips_of, write_slips

SITE = "https://ledger.example/sanpai"


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Granted]:
    found = grant_in(tmp_path_factory.mktemp("granted"))
    found.publish()
    yield found
    found.world.ledger.close()


@pytest.fixture
def published(granted: Granted) -> PublishedEntries:
    return PublishedEntries(open_source(str(granted.world.ledger.settings.log)))


@pytest.fixture
def kept(granted: Granted, published: PublishedEntries) -> KeptSlips:
    def read(reference: str) -> list[Payload]:
        return [payload for _, payload in published.payloads() if payload.record == reference]

    before = read(granted.award)[:-1]
    drawn = slips_of(granted.submission, before=before, read=read, demonstration=True)
    return drawn.admitted(granted.index, "2023-05-24 09:00")


def test_each_sealed_row_gets_one_slip_and_decoys_get_none(kept: KeptSlips, granted: Granted) -> None:
    assert len(granted.submission.disclosures) == 16
    assert len(kept.slips) == CHILDREN
    assert kept.slips[3].fields == (("姓名", "学生3"), ("学校", "小学"))
    assert kept.label == "发放奖学金"
    assert kept.sentence.startswith("“奖学金”发放，共儿童10人次")


def test_files_are_for_their_owner_alone_and_their_names_name_nobody(kept: KeptSlips, tmp_path: Path) -> None:
    paths = write_slips(kept, tmp_path / "slips", SITE)
    assert len(paths) == 2 * CHILDREN
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE((tmp_path / "slips").stat().st_mode) == 0o700
    assert all(re.fullmatch(r"demo-slip-\d{9}-\d\d\.(html|txt)", path.name) for path in paths)


def test_slip_in_html_and_in_text_holds_the_same_address_and_one_person_alone(kept: KeptSlips, tmp_path: Path) -> None:
    for place, path in enumerate(write_slips(kept, tmp_path, SITE)):
        text = path.read_text(encoding="utf-8")
        assert parse_slip(text) == Slip(kept.event_id, kept.slips[place // 2].disclosure, kept.index)
        assert {f"学生{number}" for number in range(CHILDREN) if f"学生{number}" in text} == {f"学生{place // 2}"}
        assert "演示数据" in text


def test_slip_in_html_loads_and_runs_nothing(kept: KeptSlips, tmp_path: Path) -> None:
    text = write_slips(kept, tmp_path, SITE)[0].read_text(encoding="utf-8")
    assert not re.findall(r"<script|<img|<link|<iframe|@import|url\(|\ssrc=", text)
    assert "default-src 'none'" in text


def test_slips_together_are_one_page_of_a5_each(kept: KeptSlips, tmp_path: Path) -> None:
    require_chromium()
    path = write_slips(kept, tmp_path, SITE, together=True)[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(path.as_uri())
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == CHILDREN
    assert b"/MediaBox [0 0 420 594" in pdf


def test_slips_never_replace_a_file(kept: KeptSlips, tmp_path: Path) -> None:
    write_slips(kept, tmp_path, SITE)
    with pytest.raises(DuplicateError):
        write_slips(kept, tmp_path, SITE)


def test_kept_file_gives_the_same_slips_again(kept: KeptSlips) -> None:
    assert parse_kept(kept.to_bytes()) == kept
    assert parse_kept(kept.to_bytes()).printed(SITE) == kept.printed(SITE)


@pytest.mark.parametrize("data", [b"{}", b"[]", b"null", b'{"slips":[]}', b'{"slips":1}', b"{", b""])
def test_anything_else_is_no_kept_file(data: bytes) -> None:
    with pytest.raises((InvalidFieldError, MalformedError)):
        parse_kept(data)


def test_address_of_a_slip_reads_back_however_the_text_around_it_is_broken(kept: KeptSlips) -> None:
    slip = Slip(kept.event_id, kept.slips[0].disclosure, 20)
    address = format_slip(slip, SITE)
    assert address.startswith(f"{SITE}/verify#slip=")
    assert parse_slip(f"看：\n  {address[:70]}\n  {address[70:130]}\n  {address[130:]}\n") == slip
    assert parse_slip(format_slip(Slip(slip.event_id, slip.disclosure), f"{SITE}/")).index is None
    with pytest.raises(MalformedError):
        parse_slip(f"{SITE}/verify")


@pytest.mark.parametrize("hint", [20, None, 0, 10**6])
def test_entry_is_found_by_its_event_id_wherever_the_paper_says_it_is(
    kept: KeptSlips, published: PublishedEntries, hint: int | None
) -> None:
    found = find_slip(published, Slip(kept.event_id, kept.slips[0].disclosure, hint))
    assert (found.index, found.row.value["name"], found.later) == (20, "学生0", ())


def refusal(published: PublishedEntries, event_id: str, disclosure: str) -> LedgerError:
    with pytest.raises(LedgerError) as error:
        find_slip(published, Slip(event_id, disclosure, 20))
    return error.value


def test_changed_slip_is_refused_in_a_sentence_that_says_how(
    kept: KeptSlips, published: PublishedEntries, granted: Granted
) -> None:
    true = kept.slips[0].disclosure
    row = parse_disclosure(true, field="")
    renamed = make_row({**row.value, "name": "别人"}, salt=row.salt)
    decoy = next(text for text in granted.submission.disclosures if parse_disclosure(text, field="").kind == "decoy")
    found = [
        refusal(published, kept.event_id, renamed),
        refusal(published, kept.event_id, true[:-4]),
        refusal(published, kept.event_id, decoy),
        refusal(published, "0" * 64, true),
    ]
    assert [type(error) for error in found] == [ProofError, MalformedError, ProofError, NotFoundError]
    assert "没有封存凭条上的内容" in found[0].zh
    assert "空项" in found[2].zh
    assert not [error for error in found if "学生0" in error.zh or "别人" in error.zh or true[:20] in error.zh]
