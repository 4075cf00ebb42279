"""The published list of naughty strings in every text field of every event: accepted as it is, or a refusal."""

from collections.abc import Mapping
from typing import Any

import pytest

from ledger.canonical import canonical_bytes, check_strings, parse_canonical
from ledger.domain.catalogue import EVENTS
from ledger.domain.event import Event
from ledger.domain.place import PlaceRegistered
from ledger.errors import LedgerError
from tests.ledger.naughty import ABSENT, LIST, naughty_strings, text_fields

pytestmark = pytest.mark.skipif(not naughty_strings(), reason=ABSENT)
CAP = 100_000


def refusal(cls: type[Event], data: Mapping[str, Any], disclosed: Mapping[str, Any]) -> LedgerError | None:
    try:
        cls.parse(dict(data), dict(disclosed))
    except LedgerError as error:
        return error
    return None


def allowed(text: str) -> bool:
    try:
        check_strings(text)
    except LedgerError:
        return False
    return True


def test_the_list_is_whole() -> None:
    assert len(naughty_strings()) == 515, LIST


def test_every_string_is_either_refused_as_text_or_comes_back_from_canonical_json_unchanged() -> None:
    strings = naughty_strings()
    kept = [text for text in strings if allowed(text)]
    assert 300 < len(kept) < len(strings)
    for text in kept:
        assert parse_canonical(canonical_bytes({text: text}), max_bytes=CAP) == {text: text}


@pytest.mark.parametrize("cls", EVENTS.values(), ids=lambda cls: cls.TYPE)
def test_every_string_in_every_text_field_is_accepted_or_refused_in_a_sentence(cls: type[Event]) -> None:
    for name, place, put in text_fields(cls):
        for text in naughty_strings():
            value = {name: put(text)}
            pairs: list[tuple[dict[str, Any], dict[str, Any]]] = [({text: text}, {})]
            pairs.append(({}, value) if place != "data" else (value, {}))
            for data, disclosed in pairs:
                error = refusal(cls, data, disclosed)
                assert error is None or (error.zh.endswith("。") and error.en.endswith("."))


def test_text_fields_are_found_also_inside_lists_and_parts() -> None:
    found = {(name, str(put("x"))) for cls in EVENTS.values() for name, _, put in text_fields(cls)}
    assert {("name", "x"), ("aliases", "['x']"), ("channels", "[{'url': 'x'}]"), ("note", "x")} <= found


def test_a_place_keeps_its_naughty_name_to_the_letter() -> None:
    kept = 0
    for text in naughty_strings():
        data = {"code": "P", "name": text, "level": "village"}
        if refusal(PlaceRegistered, data, {}) is None:
            assert PlaceRegistered.parse(data).name == text
            kept += 1
    assert kept > 300
