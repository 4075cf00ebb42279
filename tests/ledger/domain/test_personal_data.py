"""What counts as personal data in a text, in whatever way it is written, and what only looks like it."""

import random
import sys
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from ledger.domain.personal_data import CARD, EMAIL, IDENTITY, MOBILE, UNSUSPICIOUS, find_personal_data
from ledger.domain.values import Label
from tests.ledger.personal_numbers import CARDS, EMAILS, IDENTITIES, MOBILES, card, identity, written
from yangguang.demo.credit_codes import demo_code

WORDS = st.text("三排镇小学操场已修好，谢谢！（）abcxyz: ;/", max_size=20)


def uscc_of(stem: str) -> str:
    """The seventeen characters and their check character."""
    return f"{stem}{uscc.calc_check_digit(stem)}"


ID = identity("44010219900307123")


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [(IDENTITIES, IDENTITY), (MOBILES, MOBILE), (CARDS, CARD), (EMAILS, EMAIL)],
    ids=["identity", "mobile", "card", "email"],
)
@given(data=st.data())
def test_a_number_is_found_wherever_it_stands_and_however_it_is_written(
    data: st.DataObject, numbers: st.SearchStrategy[str], kind: Label
) -> None:
    number = data.draw(numbers if kind is EMAIL else written(numbers))
    before, after = data.draw(WORDS), data.draw(WORDS)
    # A card number may hold an identity number's digits, and then that is what it is called.
    assert find_personal_data(f"{before}{number}{after}") in (kind, IDENTITY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ID, IDENTITY),
        (ID.lower(), IDENTITY),
        (f"身份证：{ID[:6]} {ID[6:14]} {ID[14:]}", IDENTITY),
        (f"{ID[:6]}-{ID[6:10]}-{ID[10:12]}-{ID[12:14]}-{ID[14:]}", IDENTITY),
        ("身份证号码 440102900307123", IDENTITY),
        ("电话13800138000", MOBILE),
        ("+86 138-0013-8000", MOBILE),
        ("(0086)13800138000", MOBILE),
        ("8613800138000", MOBILE),
        ("2023-05-14 13800138000", MOBILE),
        ("第3组 138 0013 8000 2人", MOBILE),
        ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣", MOBILE),
        ("١٣٨٠٠١٣٨٠٠٠", MOBILE),
        ("𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎", MOBILE),
        ("138\u200c0013\u200d8000", MOBILE),
        (card("622202021234567890"), CARD),
        ("4111 1111 1111 1111", CARD),
        ("邮箱ａ．ｂ＠ｅｘａｍｐｌｅ．ｏｒｇ", EMAIL),
        ("https://example.org/?u=a@b.example", EMAIL),
    ],
)
def test_known_spellings_are_found(text: str, kind: Label) -> None:
    assert find_personal_data(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "示例一号协会捐赠校服200套",
        "2023-05-18至2023-06-30 8点",
        "2023.5.18-2023.6.30 12:00",
        "2023年5月18日14时30分",
        "20230514 20230601 20230630",
        "合计13800138000元",
        "合计 13800138000.00 元",
        "13800138000分",
        "13800138000.00",
        "¥13800138000",
        "￥13800138000，另付",
        "人民币13800138000整",
        "CNY 13,800,138,000.00",
        "比例0.13800138000",
        "票据编号 0001234567",
        "NO.2023051400001",
        "粤财公益2023051400012345",
        "4418262023051400",
        "流水号 20230514138001380001",
        "440102900307123",
        "0763-8660001转8001",
        "020-38001380",
        "400-138-0013",
        "513200",
        "12000000000",
        "14200138000",
        "13.107.246.254",
        "01890a5d-ac96-7740-8000-138001380001",
        "编号01890a5d-ac96-7740-8000-138001380001号",
        "a13800138000b" + "0f" * 26,
        "914403001922038216",
        "51440100MJD0001031",
        uscc_of("5344000050028668X"),
        "转发@三排镇 谢谢",
        "单价@3.5元",
        "https://example.org/@sanpai/20230514.html",
        "v1.2.3-20230514",
        "978-7-111-54742-6",
        "1380013800",
        "138001380000",
        "各班人数13、15、20、18、22、9",
    ],
)
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    assert find_personal_data(text) is None


@pytest.mark.parametrize("number", range(200))
def test_unified_social_credit_codes_are_let_through(number: int) -> None:
    code = demo_code(["51", "52", "53", "12", "91"][number % 5], number)
    assert uscc.is_valid(code)
    assert find_personal_data(f"统一社会信用代码{code}，已登记") is None


def test_dates_in_every_common_form_are_let_through() -> None:
    for days in range(0, 3000, 7):
        day = date(2019, 1, 1) + timedelta(days)
        for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"):
            later = day + timedelta(45)
            for between in ("至", "-", " ", "～"):
                text = f"{day.strftime(form)}{between}{later.strftime(form)}"
                assert find_personal_data(text) is None, text


def test_a_wrong_check_digit_is_no_identity_number_and_no_card() -> None:
    for right in (ID, identity("44182620010203004"), card("622202021234567890")):
        wrong = [right[:-1] + digit for digit in "0123456789" if digit != right[-1]]
        assert not [text for text in wrong if find_personal_data(text)]


@pytest.mark.parametrize("stem", ["44010219901307123", "44010219900230123", "99010219900307123", "44010217900307123"])
def test_a_birthday_or_province_that_cannot_be_is_no_identity_number(stem: str) -> None:
    assert find_personal_data(identity(stem)) is None


def test_random_serial_numbers_are_hardly_ever_refused() -> None:
    source = random.Random(7)
    for length, most in ((10, 0), (12, 0), (14, 0), (15, 0), (18, 3), (20, 0)):
        refused = sum(find_personal_data(f"{source.randrange(10**length):0{length}d}") is not None for _ in range(5000))
        assert refused <= most, length


def test_a_text_that_is_passed_at_once_holds_neither_eleven_digits_nor_an_address_in_any_spelling() -> None:
    passed = [character for character in map(chr, range(sys.maxunicode + 1)) if UNSUSPICIOUS.fullmatch(character)]
    digits = [character for character in passed if character.isdigit()]
    assert digits == list("0123456789")
    for character in passed:
        plain = unicodedata.normalize("NFKC", character)
        assert "@" not in plain
        assert not any(each.isdecimal() for each in plain) or character in digits
        assert not unicodedata.combining(character)
        assert UNSUSPICIOUS.fullmatch(f"{character}1" * 10 if character not in digits else "1" * 10)
        assert not UNSUSPICIOUS.fullmatch(f"{character}1" * 11)
    together = "".join(passed)
    assert unicodedata.normalize("NFKC", together) == "".join(unicodedata.normalize("NFKC", each) for each in passed)


@settings(max_examples=300)
@given(st.text(max_size=200))
@example("1 " * 2000)
@example("a@" * 2000)
@example("8" * 4000)
@example("138.0013." * 400)
def test_any_text_gets_an_answer(text: str) -> None:
    assert find_personal_data(text) in (None, IDENTITY, MOBILE, CARD, EMAIL)
