"""A case is published word for word as it was reviewed; a name stands on a certificate only as its bearer agreed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.drafting import Content, Standpoint, draft
from ledger.domain.misconduct import MisconductReported
from ledger.domain.record import Record
from ledger.errors import ConsentError, InvalidFieldError, RuleError
from tests.ledger.world import World

STORY = "换灯以前先测九个点，换完再测同样的九个点。"
KEY = "5e" * 16
PICTURE = {"sha256": "ab" * 32, "media_type": "image/png", "bytes": 12, "caption": "教室"}
PERSON = {"title": "优秀志愿者", "honours": "person", "occasion": "annual", "year": 2023}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.organisation("press", "publish")
    made.organisation("reviewer", "publish")
    made.care()
    yield made
    made.ledger.close()


def submitted(world: World, **fields: Any) -> str:
    """A case whose sealed draft was reviewed and may be published."""
    press = world.register("示例机构")
    data = {"title": "把教室改亮", "category": "practice", "organisation": press}
    sealed = {"draft": {"vault_key": KEY, "story": STORY, "pictures": [PICTURE["sha256"]]}, **fields}
    return world.open("case.submitted", data, "press", fields=sealed)


def reviewed(world: World, case: str) -> str:
    world.record("case.reviewed", case, {"result": "clear"}, "reviewer")
    return case


def publish(world: World, case: str, *said: tuple[str, Any]) -> None:
    world.record("case.published", case, {"channel": "site"}, "press", free=said)


def test_nothing_of_a_draft_is_public_before_it_is_published(world: World) -> None:
    case = submitted(world)
    record = world.ledger.record(case)
    assert record is not None
    assert (len(record.history[0].sealed), record.history[0].withdrawable) == (8, ())
    publish(world, reviewed(world, case), ("story", STORY))
    record = world.ledger.record(case)
    assert record is not None
    (digest,) = record.history[-1].withdrawable
    assert world.ledger.text(digest).value == STORY


def test_text_or_picture_that_was_not_reviewed_is_refused_and_the_reviewed_one_is_not(world: World) -> None:
    case = reviewed(world, submitted(world))
    for said in (("story", f"{STORY}。"), ("evidence", {**PICTURE, "sha256": "cd" * 32})):
        with pytest.raises(RuleError, match="reviewed draft"):
            publish(world, case, said)
    publish(world, case, ("story", STORY), ("evidence", PICTURE))


def test_a_corrected_draft_takes_the_place_of_the_first_and_is_reviewed_again(world: World) -> None:
    case, better = submitted(world), "先测，再换，再测。"
    record = world.ledger.record(case)
    assert record is not None
    correction = {"event": record.history[0].event_id, "changes": {}, "reason": "checked"}
    world.record("case.corrected", case, correction, "press", fields={"draft": {"vault_key": KEY, "story": better}})
    reviewed(world, case)
    with pytest.raises(RuleError, match="reviewed draft"):
        publish(world, case, ("story", STORY))
    publish(world, case, ("story", better))


def test_a_title_alone_may_be_published_and_a_draft_that_was_erased_may_not(world: World) -> None:
    case = reviewed(world, submitted(world))
    world.organisation("watch", "supervise")
    keys = sorted([KEY, *(f"{number:032x}" for number in range(15))])
    world.open("sealed.erased", {"vault_keys": keys, "ground": "request"}, ["care", "watch"])
    with pytest.raises(RuleError, match="erased"):
        publish(world, case, ("story", STORY))
    publish(world, case)


def test_a_person_whom_a_story_tells_of_has_consented_to_stories(world: World) -> None:
    person = {"vault_key": "6e" * 16, "name": "测试用名-0001"}
    with pytest.raises(ConsentError):
        submitted(world, depicted=person)
    world.consent([person], "story")
    submitted(world, depicted=person)


def consented(world: World, *, name_public: bool) -> str:
    """A nominated person who consented."""
    person = {"vault_key": "7e" * 16, "name": "测试用名-0002"}
    honour = world.open("honour.nominated", PERSON, "press", fields={"nominee": person})
    consent = {**person, "name_public": name_public}
    with pytest.raises(ConsentError):
        world.record("honour.consented", honour, {}, "care", fields={"consent": consent})
    world.consent([person], "honour")
    world.record("honour.consented", honour, {}, "care", fields={"consent": consent})
    return honour


def award(world: World, honour: str, *said: tuple[str, Any]) -> None:
    data = {"title": PERSON["title"], "certificate": "SL-2023-001"}
    world.record("honour.awarded", honour, data, "press", free=said)


@pytest.mark.parametrize(("name_public", "name"), [(False, "测试用名-0002"), (True, "测试用名-0003")])
def test_a_name_that_was_not_agreed_to_is_refused_and_the_certificate_stands_without(
    world: World, *, name_public: bool, name: str
) -> None:
    honour = consented(world, name_public=name_public)
    with pytest.raises(ConsentError, match="not consented"):
        award(world, honour, ("name", name))
    award(world, honour, ("citation", "三年来每个周末都在。"))


def test_a_name_that_was_agreed_to_stands_beside_the_certificate(world: World) -> None:
    honour = consented(world, name_public=True)
    award(world, honour, ("name", "测试用名-0002"))
    record = world.ledger.record(honour)
    assert record is not None
    (digest,) = record.history[-1].withdrawable
    assert world.ledger.text(digest).value == "测试用名-0002"


def test_a_sealed_field_of_the_wrong_shape_is_refused_and_the_sentence_quotes_nothing_of_it(world: World) -> None:
    world.organisation("watch", "supervise")
    secret = "不能外传的内容"
    for report in ({"vault_key": KEY, "subject": secret}, {"vault_key": KEY, "subject": secret, "account": 7}):
        with pytest.raises(InvalidFieldError) as refusal:
            world.open("misconduct.reported", {"category": "fee"}, "watch", fields={"report": report})
        assert secret not in f"{refusal.value.zh}{refusal.value}{refusal.value.field}"


def test_a_draft_with_a_sealed_field_of_the_wrong_shape_is_refused_before_anyone_signs(world: World) -> None:
    with pytest.raises(InvalidFieldError):
        draft(
            MisconductReported,
            Record("misconduct", "01890a5d-ac96-7740-8000-000000000001"),
            Standpoint(world.ledger.origin, 1, bytes(32)),
            occurred_on=world.today,
            data={"category": "fee"},
            content=Content(fields={"report": {"vault_key": KEY}}),
            random=world.random,
        )
