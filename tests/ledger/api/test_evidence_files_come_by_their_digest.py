"""Evidence: a file is taken only if an admitted event names it, if it is that very file, and nothing but pixels."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ledger.domain.drafting import Draft
from ledger.opening import Submission
from ledger.sealing.disclosure import digest, make_field
from ledger.sealing.picture import MAX_BYTES
from tests.ledger.api.conftest import Served
from tests.ledger.sealing.pictures import JPEG, PNG, encoded, plain, with_segment
from tests.ledger.world import resign


def picture(shade: int = 90) -> bytes:
    """A small PNG of one shade."""
    return encoded(Image.new("L", (40, 30), shade), "PNG")


def evidence(data: bytes, media_type: str) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    return {"sha256": sha256, "media_type": media_type, "bytes": len(data), "caption": "示例回单"}


def named(served: Served, data: bytes, media_type: str = PNG, **changes: Any) -> str:
    """The digest of a file that a newly admitted gift names."""
    world = served.world
    value = {**evidence(data, media_type), **changes}
    gift = world.gift(served.refs["foundation"], 100)
    submission = world.sign("donation.received", world.new("donation"), gift, "foundation", free=[("evidence", value)])
    assert served.post(submission).status_code == 201
    return str(value["sha256"])


def put(served: Served, data: bytes, sha256: str | None = None) -> Any:
    return served.client.put(f"/api/evidence/{sha256 or hashlib.sha256(data).hexdigest()}", content=data)


def test_a_named_file_is_kept_and_given_to_anyone_again_and_again(served: Served) -> None:
    data = picture()
    sha256 = named(served, data)
    assert served.client.get(f"/evidence/{sha256}").status_code == 404
    for _ in range(2):
        answer = put(served, data)
        assert (answer.status_code, answer.json()) == (200, {"sha256": sha256, "bytes": len(data)})
    shown = served.client.get(f"/evidence/{sha256}")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, data, "image/png")
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_file_that_no_entry_names_is_refused(served: Served) -> None:
    served.refused(put(served, picture(7)), "not-found")


@pytest.mark.parametrize("change", [b"!", b"", b"x" * 200])
def test_another_file_than_the_one_named_is_refused(served: Served, change: bytes) -> None:
    sha256 = named(served, picture(10 + len(change)))
    wrong = picture(11 + len(change)) + change
    served.refused(put(served, wrong, sha256), "invalid-field")
    assert served.client.get(f"/evidence/{sha256}").status_code == 404


def test_another_file_is_refused_even_once_the_right_one_is_there(served: Served) -> None:
    sha256 = named(served, picture(20))
    assert put(served, picture(20)).status_code == 200
    served.refused(put(served, picture(21), sha256), "invalid-field")


def test_a_file_that_carries_more_than_pixels_is_refused_and_told_why(served: Served) -> None:
    photo = with_segment(plain(JPEG), 0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00")
    sha256 = named(served, photo, JPEG)
    document = served.refused(put(served, photo), "invalid-field")
    assert "EXIF" in document["detail"]
    assert "record --photo" in document["detail"]
    assert served.client.get(f"/evidence/{sha256}").status_code == 404


def test_a_file_of_another_type_than_named_is_refused(served: Served) -> None:
    for data in (b"<html>not a picture</html>", plain(JPEG), b"%PDF-1.7 named as a picture"):
        named(served, data, PNG)
        served.refused(put(served, data), "invalid-field")


def test_a_picture_that_is_not_whole_is_refused(served: Served) -> None:
    whole = picture(30)
    for data in (whole[:-20], whole + b"x", encoded(Image.new("L", (1601, 2)), "PNG")):
        named(served, data)
        served.refused(put(served, data), "invalid-field")


def test_one_event_that_names_a_file_wrongly_does_not_keep_it_from_the_others(served: Served) -> None:
    data = picture(40)
    named(served, data, JPEG)
    named(served, data, bytes=len(data) + 1)
    served.refused(put(served, data), "invalid-field")
    sha256 = named(served, data)
    assert put(served, data).status_code == 200
    shown = served.client.get(f"/evidence/{sha256}")
    assert (shown.content, shown.headers["content-type"]) == (data, "image/png")


@pytest.mark.parametrize(
    "change", [{"media_type": "application/pdf"}, {"media_type": "image/gif"}, {"bytes": MAX_BYTES + 1}], ids=str
)
def test_an_event_that_names_a_file_which_is_never_taken_is_refused(unchanged: Served, change: dict[str, Any]) -> None:
    world, value = unchanged.world, {**evidence(picture(), PNG), **change}
    gift = world.gift(unchanged.refs["foundation"], 100)
    wish = {"type": "donation.received", "occurred_on": world.today.isoformat(), "data": gift}
    draft = unchanged.client.post("/api/drafts", json={**wish, "free": [["evidence", value]]})
    document = unchanged.refused(draft, "invalid-field")
    assert ("拍成照片" in document["detail"]) == (change.get("media_type") == "application/pdf")
    submission = with_evidence(world.draft("donation.received", world.new("donation"), gift), value)
    unchanged.refused(unchanged.post(submission), "invalid-field")


def with_evidence(drafted: Draft, value: dict[str, Any]) -> Submission:
    """What an author's own software could sign."""
    text = make_field("evidence", value, salt="A" * 43)
    return Submission(resign(drafted, "foundation", withdrawable=[digest(text)]).envelope, (text,))


def test_evidence_lies_encrypted_in_the_vault(served: Served) -> None:
    data = picture(50)
    sha256 = named(served, data)
    assert put(served, data).status_code == 200
    directory: Path = served.world.ledger.settings.directory
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert not [path for path in files if data[-40:] in path.read_bytes()]
    assert not [path for path in files if sha256 in path.name]


def test_a_malformed_digest_is_no_path(served: Served) -> None:
    for text in ("..%2f..%2fledger.toml", "A" * 64, "0" * 63):
        assert served.client.put(f"/api/evidence/{text}", content=b"").status_code == 404
