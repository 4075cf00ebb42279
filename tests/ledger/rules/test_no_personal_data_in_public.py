"""Personal data in any text that anyone may read is refused, and the refusal names the field and not the number."""

import hashlib
import timeit
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.domain.catalogue import EVENTS
from ledger.domain.correction import Corrected
from ledger.domain.event import Event
from ledger.domain.personal_data import check_personal_data
from ledger.domain.texts import FieldText, texts_in_data, texts_in_free
from ledger.domain.values import Kind, Label, Part, label_of, place_of
from ledger.errors import InvalidFieldError, PersonalDataError
from ledger.rules import admission, personal_data
from ledger.sealing.disclosure import Disclosure
from tests.ledger.personal_numbers import NUMBERS, identity
from tests.ledger.rules.book import Book

ID = identity("44010219900307123")
PLAIN = "三排镇小学的操场"
OTHERWISE = {"key": "A" * 43 + "=", "event": "0" * 64, "reference": "place/01890a5d-ac96-7740-8000-138001380001"}
Path = tuple[str | int, ...]


def filled(shape: Any, kinds: tuple[Any, ...] = ()) -> Any:
    """A value of a field's shape with a text wherever one can stand. Codes and references are no texts."""
    inner = get_args(shape)
    if get_origin(shape) is Annotated:
        return filled(inner[0], (*kinds, *inner[1:]))
    if shape is str:
        names = [item.name for item in kinds if isinstance(item, Kind)] or ["text"]
        return PLAIN if names == ["text"] else OTHERWISE.get(names[0], 0)
    if get_origin(shape) in (Union, types.UnionType):
        return filled(next(one for one in inner if one is not type(None)), kinds)
    if get_origin(shape) is list:
        return [filled(inner[0], kinds)] * 2
    if isinstance(shape, type) and issubclass(shape, Part):
        return {info.alias or name: filled(info.annotation, tuple(info.metadata)) for name, info in members(shape)}
    return {"name": filled(inner[1], kinds)} if get_origin(shape) is dict else 0


def members(shape: type[Part]) -> Iterator[tuple[str, Any]]:
    yield from shape.model_fields.items()


def fields_of(cls: type[Event], place: str) -> dict[str, Any]:
    """Values of all of a class's fields that travel in one place, by their names on the wire."""
    return {
        info.alias or name: filled(info.annotation, tuple(info.metadata))
        for name, info in members(cls)
        if place_of(info) == place
    }


def texts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the texts stand in a value."""
    if value == PLAIN:
        yield path
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, (*path, name))


def put(value: Any, path: Path, text: str) -> Any:
    """The value with the text at a path instead."""
    if not path:
        return text
    name, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, name: put(value[name], rest, text)}
    return [put(item, rest, text) if place == name else item for place, item in enumerate(value)]


def pointer(*parts: str | int) -> str:
    return "".join(f"/{part}" for part in parts)


SUBJECTS = [cls for cls in EVENTS.values() if not issubclass(cls, Corrected)]
PUBLIC = [(cls, path) for cls in SUBJECTS for path in texts(fields_of(cls, "data"))]
FREE = [(cls, path) for cls in SUBJECTS for path in texts(fields_of(cls, "withdrawable"))]


def named(path: tuple[Any, ...]) -> str:
    return f"{path[0].TYPE}{pointer(*path[1])}"


def corrections() -> Iterator[tuple[type[Corrected], type[Event], Path]]:
    for cls in EVENTS.values():
        if issubclass(cls, Corrected):
            for target, path in PUBLIC:
                if target.kind() == cls.kind() and path[0] in target.CORRECTS:
                    yield cls, target, path


def test_the_walk_reaches_every_text_that_stands_in_an_event() -> None:
    assert len(PUBLIC) > 60
    assert len(FREE) > 30
    for cls in SUBJECTS:
        data = fields_of(cls, "data")
        found = {item.pointer for item in texts_in_data(cls, data, cls)}
        assert found == {pointer("payload", "data", *path) for path in texts(data)}, cls.TYPE


@pytest.mark.parametrize("place", PUBLIC, ids=named)
@settings(max_examples=12)
@given(number=NUMBERS, at=st.integers(0, len(PLAIN)))
def test_a_number_in_any_public_text_is_refused_with_its_field(
    place: tuple[type[Event], Path], number: str, at: int
) -> None:
    cls, path = place
    data = put(fields_of(cls, "data"), path, f"{PLAIN[:at]}{number}{PLAIN[at:]}")
    with pytest.raises(PersonalDataError) as refusal:
        check_personal_data(texts_in_data(cls, data, cls))
    assert refusal.value.field == pointer("payload", "data", *path)
    assert number not in refusal.value.zh + refusal.value.en


@pytest.mark.parametrize("place", FREE, ids=named)
@settings(max_examples=12)
@given(number=NUMBERS, at=st.integers(0, len(PLAIN)))
def test_a_number_in_any_withdrawable_text_is_refused_with_its_field(
    place: tuple[type[Event], Path], number: str, at: int
) -> None:
    cls, path = place
    values = put(fields_of(cls, "withdrawable"), path, f"{PLAIN[:at]}{number}{PLAIN[at:]}")
    with pytest.raises(PersonalDataError) as refusal:
        check_personal_data(texts_in_free(cls, values, "/free"))
    assert refusal.value.field == pointer("free", *path)


@pytest.mark.parametrize("place", list(corrections()), ids=lambda place: f"{place[1].TYPE}{pointer(*place[2])}")
def test_a_number_in_the_new_value_of_a_correction_is_refused_with_its_field(
    place: tuple[type[Corrected], type[Event], Path],
) -> None:
    cls, target, (name, *rest) = place
    value = fields_of(target, "data")[str(name)]
    change = {"from": value, "to": put(value, tuple(rest), f"{PLAIN}{ID}")}
    data = {"event": "0" * 64, "reason": "typing", "changes": {name: change}}
    with pytest.raises(PersonalDataError) as refusal:
        check_personal_data(texts_in_data(cls, data, target))
    assert refusal.value.field == pointer("payload", "data", "changes", name, "to", *rest)
    label = next(label_of(info).zh for field, info in members(target) if name in (field, info.alias))
    assert rest or f"“{label}”" in refusal.value.zh


def test_codes_references_digests_and_keys_are_not_read_as_texts() -> None:
    for cls in SUBJECTS:
        for item in texts_in_data(cls, fields_of(cls, "data"), cls):
            assert item.text == PLAIN, item.pointer


def test_the_sentence_names_the_field_and_the_kind_and_says_what_to_do() -> None:
    note = FieldText("/free/note", Label("说明", "Note"), f"受助人{ID}")
    with pytest.raises(PersonalDataError) as refusal:
        check_personal_data([note])
    assert refusal.value.zh == "“说明”一栏像是有身份证号码，请删去后再签署。"
    assert refusal.value.en == "“Note” seems to hold a resident identity number. Remove it, then sign."


@pytest.fixture
def book() -> Book:
    return Book()


def test_the_rule_stands_among_those_of_admission_and_replay(book: Book) -> None:
    assert personal_data in admission.RULES
    refusal = book.refusal("place.registered", code="1", name=f"联系人{ID}", level="town")
    assert isinstance(refusal, PersonalDataError)
    assert refusal.field == "/payload/data/name"
    data = {"code": "1", "name": f"联系人{ID}", "level": "town"}
    candidate = book.candidate("place.registered", book.new("place"), by="admin", rows=0, data=data)
    with pytest.raises(PersonalDataError):
        admission.check(book.state, replace(candidate, rows=None, withdrawable=None))


def test_a_withdrawable_text_is_judged_at_admission_and_sealed_rows_never_are(book: Book) -> None:
    data = {"recipient": book.organisation("giver"), "donor_kind": "anonymous", "form": "cash", "amount_fen": 1}
    plain = book.candidate("donation.received", book.new("donation"), by="giver", rows=0, data=data)
    note = Disclosure("", "field", "note", f"请致电13800138000，{ID}", "")
    with pytest.raises(PersonalDataError) as refusal:
        admission.check(book.state, replace(plain, withdrawable=(note,)))
    assert refusal.value.field == "/disclosures/note"
    sealed = Disclosure("", "row", None, {"vault_key": "0" * 32, "name": ID}, "")
    personal_data.check(book.state, replace(plain, rows=(sealed,), withdrawable=()))
    admission.check(book.state, replace(plain, withdrawable=()))


def test_a_correction_is_judged_by_what_it_corrects(book: Book) -> None:
    place = book.do("place.registered", code="1", name="示例镇", level="town")
    with pytest.raises(PersonalDataError) as refusal:
        book.correct(place, 0, by="admin", name=("示例镇", "示例镇13800138000"))
    assert refusal.value.field == "/payload/data/changes/name/to"
    book.correct(place, 0, by="admin", name=("示例镇", "示例新镇"))


def test_a_credit_code_and_a_receipt_number_are_recorded(book: Book) -> None:
    book.do(
        "organisation.registered",
        name="甲",
        credit_code="914403001922038216",
        organisation_kind="association",
        roles=["donor"],
    )
    gift = book.gift(100)
    for number in ("0001234567", "粤财20230514000012345", "NO.2023051400012345"):
        book.do("donation.receipted", gift, by="giver", number=number)


def test_what_is_wrong_otherwise_is_still_said_first(book: Book) -> None:
    with pytest.raises(InvalidFieldError):
        book.do("place.registered", code="1", name=f" {ID}", level="town")


def test_the_check_costs_little_beside_a_signature(book: Book) -> None:
    data = {"code": "441826105", "name": "三排镇", "level": "town"}
    candidate = book.candidate("place.registered", book.new("place"), by="admin", rows=0, data=data)
    check = min(timeit.repeat(lambda: personal_data.check(book.state, candidate), number=200, repeat=5))
    hashing = min(timeit.repeat(lambda: hashlib.sha256(bytes(64 * 1024)).digest(), number=200, repeat=5))
    assert check < hashing
