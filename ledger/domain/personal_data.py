"""Detectors of personal data in public text: resident identity numbers, mobile numbers, bank cards, e-mail addresses.

    440102 19800101 1234        GB 11643-1999: place, birthday, sequence, check character by ISO 7064 MOD 11-2
    138-0013-8000, 8613800138000  a mobile number of the ranges that operators hold
    6222 0212 3456 7890 128     ISO/IEC 7812-1: an issuer's range, 16 to 19 digits, Luhn

Digits may be full-width or of another script, and stand apart by spaces, hyphens or dots. Replays ask the same of
every entry, so a verdict may depend on no clock, no list that a library updates and no pattern that grows: what
was admitted once must never be refused later.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from ledger.domain.texts import FieldText
from ledger.domain.values import Label
from ledger.errors import PersonalDataError

IDENTITY = Label("身份证号码", "a resident identity number")
MOBILE = Label("手机号码", "a mobile phone number")
CARD = Label("银行卡号", "a bank card number")
EMAIL = Label("电子邮箱地址", "an e-mail address")

DIGIT = re.compile(r"\d")
FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
FEWEST_DIGITS = 11
PLAIN = (
    "[\n -/:-?A-~\u3001-\u3011\u4e00-\u9fa5\uff01-\uff0f\uff1a-\uff1f\uff21-\uff5e\u2014\u2018-\u201d\u2026\u00b7]*+"
)
UNSUSPICIOUS = re.compile(rf"(?:{PLAIN}[0-9]){{0,{FEWEST_DIGITS - 1}}}+{PLAIN}")
"""Too few digits and no ``@``, nor anything that NFKC makes one of: nothing of what is looked for can be in it."""
INVISIBLE = re.compile("[\u200b-\u200f\u20e3\u2060\ufe00-\ufe0f]")
APART = r"[ \t.\-\u2010-\u2015\u2212\u00b7\u2022\u2027\u30fb]{0,3}"
RUN = re.compile(rf"\d(?:{APART}\d)*(?:{APART}[Xx])?")
GROUP = re.compile(r"\d+|[Xx]")

PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
IDENTITY_FORM = re.compile(r"\d{17}[\dX]")
OLD_IDENTITY = re.compile(r"(?:身份证|证件号|identity)[^\d@]{0,12}(\d{15})(?![\dXx])", re.IGNORECASE)
MOBILE_FORM = re.compile(r"(?:(?:00)?86)?(1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8})")
CARD_FORM = re.compile(
    r"62\d{14,17}|9558\d{15}|9559\d{15}|(?:436742|456351|601382)\d{13}|(?:601428|405512)\d{11}"
    r"|4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|6011\d{12}|64[4-9]\d{13}|65\d{14}"
)
NUMBERED_BY_PLACE_AND_DAY = re.compile(r"[45][0-6]\d{4}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d\d")
EMAIL_FORM = re.compile(r"(?<=[a-z0-9._%+-])@(?:[\w-]+\.)+[^\W\d_]{2,}", re.IGNORECASE)

DAY = re.compile(r"(?<!\d)(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)")
ADDRESS = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
FRACTION = re.compile(r"(?<![\d.])0\.\d+")
DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=\d*[A-Fa-f])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])")
UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
CREDIT_CODE = re.compile(r"(?<![0-9A-Za-z])(?=\d*[A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
NOT_NUMBERS = (DAY, ADDRESS, FRACTION, DIGEST, UUID)
MONEY_BEFORE = re.compile(r"(?:[¥$€£]|CNY|RMB|人民币|金额)[:： ]?$")
MONEY_AFTER = re.compile(r"\.\d\d(?!\d)|(?:\.\d)? ?(?:元|圆|分(?!机)|CNY|RMB|yuan|fen)")

NEAR = 6
MOBILE_CUTS = (frozenset({3, 7}), frozenset({4, 8}), frozenset({3, 6, 9}))
CARD_CUTS = (frozenset({4, 8, 12, 16}), frozenset({6}))


@dataclass(frozen=True, slots=True)
class Number:
    """Neighbouring groups of digits read as one number. ``cuts`` are the places where it was written apart.

    ``whole`` says that no further digits stand beside it; ``before`` and ``after`` are the text around it.
    """

    digits: str
    cuts: frozenset[int]
    whole: bool
    before: str
    after: str

    def written_as(self, ways: Iterable[frozenset[int]], *, prefix: int = 0) -> bool:
        """Whether it is written as such numbers are, digit by digit, or in any way at all but standing alone."""
        cuts = {cut - prefix for cut in self.cuts if cut > prefix}
        one_by_one = len(cuts) == len(self.digits) - prefix - 1
        return self.whole or one_by_one or any(cuts <= way for way in ways)


def find_personal_data(text: str) -> Label | None:
    """What kind of personal data a text seems to hold, if any. The number itself is never told."""
    if UNSUSPICIOUS.fullmatch(text):
        return None
    plain = text if text.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if "@" in plain and EMAIL_FORM.search(plain):
        return EMAIL
    if len(DIGIT.findall(plain)) < FEWEST_DIGITS:
        return None
    plain = FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), plain)
    if any(map(_is_old_identity, OLD_IDENTITY.findall(plain))) or any(numbers_in(plain, (18,), _is_identity)):
        return IDENTITY
    for pattern in NOT_NUMBERS:
        plain = pattern.sub("…", plain)
    plain = CREDIT_CODE.sub(lambda match: "…" if uscc.is_valid(match[0]) else match[0], plain)
    if any(map(_is_card, numbers_in(plain, (16, 17, 18, 19), CARD_FORM.fullmatch))):
        return CARD
    return MOBILE if any(map(_is_mobile, numbers_in(plain, (11, 13, 15), MOBILE_FORM.fullmatch))) else None


def check_personal_data(texts: Iterable[FieldText]) -> None:
    """Refuses public texts that seem to hold personal data. Raises PersonalDataError: the field, never the data."""
    for item in texts:
        if (found := find_personal_data(item.text)) is not None:
            raise PersonalDataError(
                f"“{item.label.zh}”一栏像是有{found.zh}，请删去后再签署。",
                f"“{item.label.en}” seems to hold {found.en}. Remove it, then sign.",
                item.pointer,
            )


def numbers_in(text: str, lengths: tuple[int, ...], form: Callable[[str], Any]) -> Iterator[Number]:
    """Every number of those lengths and that form that begins and ends where a group of digits does."""
    for run in RUN.finditer(text):
        groups = list(GROUP.finditer(text, *run.span()))
        digits = "".join(group[0] for group in groups).upper()
        bounds = [0, *accumulate(len(group[0]) for group in groups)]
        places = {bound: place for place, bound in enumerate(bounds)}
        for first, start in enumerate(bounds[:-1]):
            for length in lengths:
                last = places.get(start + length)
                if last is not None and form(number := digits[start : start + length]):
                    cuts = frozenset(bound - start for bound in bounds[first + 1 : last])
                    begin, end = groups[first].start(), groups[last - 1].end()
                    around = text[max(0, begin - NEAR) : begin], text[end : end + NEAR]
                    yield Number(number, cuts, length >= len(digits.rstrip("X")), *around)


def _is_identity(digits: str) -> bool:
    return (
        IDENTITY_FORM.fullmatch(digits) is not None
        and PROVINCES.match(digits) is not None
        and digits[6:8] in ("19", "20")
        and _is_day(digits[6:14])
        and bool(mod_11_2.is_valid(digits))
    )


def _is_old_identity(digits: str) -> bool:
    # Fifteen digits carry no check digit, so they count only where the text itself says what they are.
    return PROVINCES.match(digits) is not None and _is_day(f"19{digits[6:12]}")


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _is_mobile(number: Number) -> bool:
    match = MOBILE_FORM.fullmatch(number.digits)
    if match is None or not number.written_as(MOBILE_CUTS, prefix=match.start(1)):
        return False
    # An amount of eleven digits is written in one piece, with its currency before or after it.
    return bool(number.cuts) or not (MONEY_BEFORE.search(number.before) or MONEY_AFTER.match(number.after))


def _is_card(number: Number) -> bool:
    return (
        NUMBERED_BY_PLACE_AND_DAY.fullmatch(number.digits) is None
        and number.written_as(CARD_CUTS)
        and bool(luhn.is_valid(number.digits))
    )
