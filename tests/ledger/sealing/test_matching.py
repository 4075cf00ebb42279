import itertools
from collections.abc import Callable, Sequence

import pytest

from ledger.errors import DisclosureMismatchError, InvalidFieldError, LedgerError, MalformedError
from ledger.sealing.disclosure import (
    digest,
    make_decoy,
    make_field,
    make_row,
    match_disclosures,
    new_salt,
    padded_count,
    seal,
)

SALT = "A" * 43
OTHER = "B" * 42 + "A"


def _counting() -> Callable[[int], bytes]:
    numbers = itertools.count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


@pytest.mark.parametrize("count", [*range(18), 40, 41])
def test_what_an_author_seals_matches_and_shows_only_a_multiple_of_eight(count: int) -> None:
    rows = [{"vault_key": f"{number:032x}"} for number in range(count)]
    made = seal(fields={}, rows=rows, free=[("story", "一"), ("evidence", {"bytes": 1})], random=_counting())
    matched = match_disclosures(made.disclosures, sealed=made.sealed, withdrawable=made.withdrawable)
    assert len(made.sealed) == padded_count(count)
    assert [item.digest for item in matched.sealed] == made.sealed == sorted(made.sealed)
    assert [item.digest for item in matched.withdrawable] == made.withdrawable == sorted(made.withdrawable)
    assert sorted(item.value["vault_key"] for item in matched.sealed if item.kind == "row") == [
        row["vault_key"] for row in rows
    ]
    assert {item.name for item in matched.withdrawable} == {"story", "evidence"}


def test_fields_and_rows_are_padded_together() -> None:
    made = seal(fields={"who": 1, "where": 2}, rows=[3] * 5, free=[], random=_counting())
    matched = match_disclosures(made.disclosures, sealed=made.sealed, withdrawable=[])
    assert sorted(item.kind for item in matched.sealed) == ["decoy", "field", "field"] + ["row"] * 5
    assert made.withdrawable == []


def test_an_author_cannot_seal_what_the_writer_would_refuse() -> None:
    with pytest.raises(MalformedError):
        seal(fields={"who": 1.5}, rows=[], free=[], random=_counting())


def _lists(sealed: Sequence[str], free: Sequence[str]) -> dict[str, list[str]]:
    return {"sealed": sorted(map(digest, sealed)), "withdrawable": sorted(map(digest, free))}


def _texts() -> tuple[list[str], list[str]]:
    random = _counting()
    sealed = [make_row(number, salt=new_salt(random)) for number in range(7)] + [make_decoy(salt=new_salt(random))]
    return sealed, [make_field("story", number, salt=new_salt(random)) for number in range(2)]


def test_disclosures_match_in_any_order_they_are_sent() -> None:
    sealed, free = _texts()
    lists = _lists(sealed, free)
    assert match_disclosures(free[::-1] + sealed, **lists) == match_disclosures(sealed + free, **lists)


def test_a_missing_disclosure_is_named() -> None:
    sealed, free = _texts()
    for text in sealed + free:
        with pytest.raises(DisclosureMismatchError, match=f"{digest(text)[:8]}.*has no disclosure") as refusal:
            match_disclosures([item for item in sealed + free if item != text], **_lists(sealed, free))
        assert refusal.value.field == ("/payload/sealed" if text in sealed else "/payload/withdrawable")


def test_a_surplus_disclosure_is_named() -> None:
    sealed, free = _texts()
    surplus = make_decoy(salt=OTHER)
    with pytest.raises(DisclosureMismatchError, match=f"{digest(surplus)[:8]}.*neither") as refusal:
        match_disclosures([*sealed, *free, surplus], **_lists(sealed, free))
    assert refusal.value.field == "/disclosures/10"


def test_a_disclosure_sent_twice_is_named() -> None:
    sealed, free = _texts()
    with pytest.raises(DisclosureMismatchError, match=f"{digest(free[0])[:8]}.*twice") as refusal:
        match_disclosures([*sealed, *free, free[0]], **_lists(sealed, free))
    assert refusal.value.field == "/disclosures/10"


def test_a_digest_in_both_lists_is_refused() -> None:
    sealed, free = _texts()
    with pytest.raises(DisclosureMismatchError, match="both lists"):
        match_disclosures(sealed + free, **_lists(sealed, [*free, sealed[0]]))


def test_a_list_out_of_order_is_refused() -> None:
    sealed, free = _texts()
    lists = _lists(sealed, free)
    for name in lists:
        with pytest.raises(InvalidFieldError, match="ASCII order") as refusal:
            match_disclosures(sealed + free, **(lists | {name: lists[name][::-1]}))
        assert refusal.value.field == f"/payload/{name}/1"


@pytest.mark.parametrize(("real", "decoys"), [(0, 8), (1, 6), (1, 8), (1, 15), (7, 0), (7, 9), (8, 8), (8, 1), (9, 0)])
def test_a_number_of_decoys_that_is_not_the_fewest_is_refused(real: int, decoys: int) -> None:
    random = _counting()
    texts = [make_row(1, salt=new_salt(random)) for _ in range(real)]
    texts += [make_decoy(salt=new_salt(random)) for _ in range(decoys)]
    with pytest.raises(DisclosureMismatchError, match=f"padded to {padded_count(real)}; the list has {real + decoys}"):
        match_disclosures(texts, **_lists(texts, []))


@pytest.mark.parametrize("text", [make_decoy(salt=SALT), make_row(1, salt=SALT)])
def test_decoys_and_rows_are_never_withdrawable(text: str) -> None:
    with pytest.raises(DisclosureMismatchError, match="cannot be withdrawable"):
        match_disclosures([text], **_lists([], [text]))


def test_one_salt_for_two_values_is_refused() -> None:
    free = [make_field("story", number, salt=SALT) for number in range(2)]
    with pytest.raises(DisclosureMismatchError, match="share a salt"):
        match_disclosures(free, **_lists([], free))


def test_a_malformed_disclosure_is_refused_at_its_place() -> None:
    sealed, free = _texts()
    with pytest.raises(LedgerError) as refusal:
        match_disclosures([*sealed, "!"], **_lists(sealed, free))
    assert refusal.value.field == "/disclosures/8"


def test_no_disclosures_match_no_digests() -> None:
    matched = match_disclosures([], sealed=[], withdrawable=[])
    assert (matched.sealed, matched.withdrawable) == ((), ())
