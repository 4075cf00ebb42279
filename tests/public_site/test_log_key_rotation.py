"""Pages before and after a rotation of the log key: the check of the signature follows the log, not a list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.publishing.publisher import Publisher
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import sign_note
from tests.ledger.rotation import rotate, vkey_of
from tests.ledger.world import ORIGIN, World, private_key
from tests.public_site.served import Served, serve, words_of
from tests.public_site.test_verification import states

SIGNED = "账本签过章"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.place("甲村", level="village")
    yield world
    world.ledger.close()


def publish(world: World) -> Path:
    settings = world.ledger.settings
    Publisher(world.ledger.store, settings.log, vkey=settings.vkey).publish()
    return settings.log


def step_of(site: Served, index: int) -> str:
    """The words of the check whether the log signed."""
    page = site.get(f"/entries/{index}").text
    found = re.search(rf"<h3>{SIGNED}.*?</li>", page, re.DOTALL)
    assert found is not None
    return words_of(found[0])


def test_the_log_signed_before_and_after_a_rotation(world: World, tmp_path: Path) -> None:
    before = serve(tmp_path / "before", publish(world))
    assert states(before, 1)[SIGNED] == "ok"
    assert "由第0条写明的账本密钥签章" in step_of(before, 1)
    rotate(world, "second")
    world.place("乙村", level="village")
    after = serve(tmp_path / "after", publish(world))
    for index in range(4):
        assert states(after, index)[SIGNED] == "ok"
        assert "由第2条写明的账本密钥签章" in step_of(after, index)
    assert "更换账本密钥" in words_of(after.get("/entries/2").text)
    assert "账目完整" in words_of(after.get("/").text)


def test_checkpoint_by_the_key_that_was_replaced_is_not_believed(world: World, tmp_path: Path) -> None:
    rotate(world, "second")
    log = publish(world)
    head = world.ledger.head()
    text = format_checkpoint(Checkpoint(ORIGIN, head.size, head.root))
    (log / "checkpoint").write_bytes(sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("log"))]))
    site = serve(tmp_path / "site", log)
    assert states(site, 1)[SIGNED] == "bad"
    assert "账目不符" in words_of(site.get("/").text)
    (log / "vkey").write_text(f"{vkey_of('log')}\n")
    assert states(site, 1)[SIGNED] == "bad"
    (log / "vkey").write_text(f"{vkey_of('log')}\n{vkey_of('log')}\n")
    assert states(site, 1)[SIGNED] == "bad"


def test_rotation_that_the_pages_have_not_read_yet_leaves_the_check_open(world: World, tmp_path: Path) -> None:
    site = serve(tmp_path / "site", publish(world))
    rotate(world, "second")
    publish(world)
    assert states(site, 1) == {
        "签名是真的": "ok", "前后相连": "ok", "确实收在账本里": "ok", SIGNED: "unknown", "有人见证": "unknown"
    }  # fmt: skip
    assert "更新延迟" in words_of(site.get("/").text)


def test_key_list_one_publication_ahead_of_the_checkpoint_is_fine(world: World, tmp_path: Path) -> None:
    log = publish(world)
    (log / "vkey").write_text(f"{vkey_of('second')}\n{vkey_of('log')}\n")
    site = serve(tmp_path / "site", log)
    assert states(site, 1)[SIGNED] == "ok"
    assert "账目完整" in words_of(site.get("/").text)
