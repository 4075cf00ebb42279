"""What the public may write: put right where that harms nobody, refused by field where it could hide something."""

import json
from itertools import count

import pytest

from ledger.domain.letter import (
    BLOCK,
    MAX_CONTACT,
    MAX_WORDS,
    Letter,
    faults_in,
    is_page,
    new_number,
    parse_letter,
    tidy,
)
from ledger.errors import LedgerError

NUMBER = "7Q2M-0VXC-9ETR"


def faults(**typed: str) -> set[str]:
    return set(faults_in(tidy(typed)))


def test_a_letter_needs_words_and_nothing_else() -> None:
    assert faults(words="这一页的金额不对。") == set()
    assert faults() == faults(words=" \r\n\t ") == {"words"}


def test_length_is_counted_in_characters_after_tidying() -> None:
    assert faults(words="字" * MAX_WORDS + "\r\n") == set()
    assert faults(words="字" * (MAX_WORDS + 1), contact="a" * (MAX_CONTACT + 1)) == {"words", "contact"}


def test_line_ends_tabs_and_unicode_forms_are_put_right() -> None:
    assert tidy({"words": "\r\n一\r二\t三\r\ne\u0301 "}) == {"words": "一\n二 三\n\u00e9", "contact": "", "about": ""}


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\ud800", "\ufeff", "\U000e0041"])
def test_what_could_hide_something_or_move_a_terminal_is_refused(character: str) -> None:
    assert faults(words=f"a{character}b") == {"words"}
    assert faults(words="a", contact=f"a{character}b") == {"contact"}


def test_a_contact_is_one_line() -> None:
    assert faults(words="a", contact="a\nb") == {"contact"}


def test_a_letter_is_about_a_page_of_this_site_or_about_nothing() -> None:
    assert all(map(is_page, ("/", "/how-much", "/entries/12", "/projects/018001b2-7be0-77ab-b472-148762d60455")))
    assert not any(map(is_page, ("", "//x", "/a?b", "/a#b", "x", "/a/", "/ü", "/a\n", "/" + "a" * 200)))
    assert faults(words="a", about="javascript:alert(1)") == {"about"}


def test_a_letter_comes_back_as_it_was_and_its_length_tells_little() -> None:
    letter = Letter(NUMBER, "第一行\n第二行", "me@example.org", "/how-much")
    assert parse_letter(letter.to_bytes()) == letter
    assert {len(Letter(NUMBER, "字" * n).to_bytes()) for n in (1, 100, 600)} == {BLOCK}


@pytest.mark.parametrize(
    "change", [{"number": "x"}, {"number": NUMBER + "\n"}, {"words": 1}, {"more": "x"}, {"words": None}]
)
def test_what_is_no_letter_is_refused(change: dict[str, object]) -> None:
    whole = {"number": NUMBER, "words": "a", "contact": "", "about": "", **change}
    for data in (json.dumps(whole).encode(), b"[]", b"\xff", b""):
        with pytest.raises(LedgerError):
            parse_letter(data)


def test_numbers_are_read_aloud_without_doubt_and_do_not_repeat() -> None:
    numbers = count()
    made = {new_number((next(numbers) << 20).to_bytes) for _ in range(1000)}
    assert len(made) == 1000
    assert not set("ILOU") & set("".join(made))
    assert new_number(lambda size: b"\xff" * size) == "ZZZZ-ZZZZ-ZZZZ"
