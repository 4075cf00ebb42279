from dataclasses import replace
from datetime import date

import pytest

from ledger.errors import KeyNotInForceError
from ledger.signing.keyring import EnrolledKey, Limits
from ledger.signing.keys import PrivateKey

PRIVATE = PrivateKey.from_seed(b"\x02" * 32)
DAY = date(2026, 3, 1)
STAFF = EnrolledKey(
    key_id=PRIVATE.key_id,
    public_key=PRIVATE.public_key,
    organisation="organisation/01890a5d-ac96-774b-bcce-b302099a8057",
    record="key/01890a5d-ac96-774b-bcce-b302099a8058",
    capabilities=frozenset({"fund"}),
    limits=Limits(per_event_fen=100_000, per_day_fen=None),
    enrolled_at=7,
    expires_on=date(2026, 12, 31),
)
ADMIN = replace(STAFF, organisation=None, record=None, enrolled_at=0, expires_on=None)


def _refusal(key: EnrolledKey, index: int, day: date = DAY) -> KeyNotInForceError:
    with pytest.raises(KeyNotInForceError) as refusal:
        key.check_in_force(index, day)
    assert refusal.value.zh
    return refusal.value


@pytest.mark.parametrize("index", [0, 6, 7])
def test_a_key_cannot_sign_before_or_in_the_entry_that_enrols_it(index: int) -> None:
    assert f"only after entry 7 (this is entry {index})" in _refusal(STAFF, index).en


def test_a_key_signs_from_the_entry_after_its_enrolment() -> None:
    STAFF.check_in_force(8, DAY)


def test_the_admins_named_in_entry_0_judge_entry_0_itself() -> None:
    ADMIN.check_in_force(0, DAY)
    ADMIN.check_in_force(1, DAY)


def test_a_key_is_valid_through_the_whole_of_its_last_day() -> None:
    STAFF.check_in_force(8, date(2026, 12, 31))
    refusal = _refusal(STAFF, 8, date(2027, 1, 1))
    assert "expired at the end of 2026-12-31" in refusal.en
    assert "2026-12-31" in refusal.zh


@pytest.mark.parametrize(
    ("why", "zh", "en"),
    [
        ("revoked", "已被吊销", "was revoked at entry 20"),
        ("replaced", "已被新密钥替换", "was replaced by a new key at entry 20"),
        ("policy", "已不在管理员名单里", "is no longer in the list of admins at entry 20"),
    ],
)
def test_a_key_that_ended_signs_no_later_entry_and_says_why(why: str, zh: str, en: str) -> None:
    ended = replace(STAFF, ended_at=20, ended_why=why)
    ended.check_in_force(20, DAY)
    refusal = _refusal(ended, 21)
    assert zh in refusal.zh
    assert en in refusal.en


def test_a_suspended_key_cannot_sign() -> None:
    assert "is suspended" in _refusal(replace(STAFF, suspended=True), 8).en
