"""Evidence: a file is taken only if an admitted event names its digest, and is the very file it names."""

import hashlib
from pathlib import Path

import pytest

from tests.ledger.api.conftest import Served

PNG = b"\x89PNG\r\n\x1a\n" + b"no picture, but the right beginning"


def named(served: Served, data: bytes, media_type: str = "image/png") -> str:
    """The digest of a file that a newly admitted gift names."""
    sha256 = hashlib.sha256(data).hexdigest()
    evidence = {"sha256": sha256, "media_type": media_type, "bytes": len(data), "caption": "示例回单"}
    world = served.world
    gift = world.gift(served.refs["foundation"], 100)
    submission = world.sign(
        "donation.received", world.new("donation"), gift, "foundation", free=[("evidence", evidence)]
    )
    assert served.post(submission).status_code == 201
    return sha256


def test_a_named_file_is_kept_and_given_to_anyone_again_and_again(served: Served) -> None:
    sha256 = named(served, PNG)
    assert served.client.get(f"/evidence/{sha256}").status_code == 404
    for _ in range(2):
        answer = served.client.put(f"/api/evidence/{sha256}", content=PNG)
        assert (answer.status_code, answer.json()) == (200, {"sha256": sha256, "bytes": len(PNG)})
    shown = served.client.get(f"/evidence/{sha256}")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PNG, "image/png")
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_file_that_no_entry_names_is_refused(served: Served) -> None:
    sha256 = hashlib.sha256(b"unknown").hexdigest()
    served.refused(served.client.put(f"/api/evidence/{sha256}", content=b"unknown"), "not-found")


@pytest.mark.parametrize("wrong", [PNG + b"!", PNG[:-1], b"x" * len(PNG), b""])
def test_another_file_than_the_one_named_is_refused(served: Served, wrong: bytes) -> None:
    sha256 = named(served, PNG + wrong[:3] + b"differs")
    served.refused(served.client.put(f"/api/evidence/{sha256}", content=wrong), "invalid-field")
    assert served.client.get(f"/evidence/{sha256}").status_code == 404


def test_a_file_of_another_type_than_named_is_refused(served: Served) -> None:
    page = b"<html>not a picture</html>"
    sha256 = named(served, page)
    served.refused(served.client.put(f"/api/evidence/{sha256}", content=page), "invalid-field")


def test_evidence_lies_encrypted_in_the_vault(served: Served) -> None:
    data = PNG + b"a secret seen on a photograph"
    sha256 = named(served, data)
    assert served.client.put(f"/api/evidence/{sha256}", content=data).status_code == 200
    directory: Path = served.world.ledger.settings.directory
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert not [path for path in files if data[-20:] in path.read_bytes()]
    assert not [path for path in files if sha256 in path.name]


def test_a_malformed_digest_is_no_path(served: Served) -> None:
    for text in ("..%2f..%2fledger.toml", "A" * 64, "0" * 63):
        assert served.client.put(f"/api/evidence/{text}", content=b"").status_code == 404
