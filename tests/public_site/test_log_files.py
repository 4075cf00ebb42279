"""/log/: the published files byte for byte, any partial width, one spelling of each path, proofs that verify."""

import pytest

from ledger.errors import MalformedError
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.proof import check_proof, parse_proof
from ledger.tlog.tile import parse_bundle, parse_path
from tests.public_site.served import Served


def published(site: Served) -> dict[str, bytes]:
    """Every file of a published log by its path."""
    return {path.relative_to(site.log).as_posix(): path.read_bytes() for path in site.log.rglob("*") if path.is_file()}


def test_every_published_file_is_served_byte_for_byte(demo: Served) -> None:
    files = published(demo)
    assert len(files) > 8
    for path, data in files.items():
        answer = demo.get(f"/log/{path}")
        assert (answer.status_code, answer.content) == (200, data), path
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_tiles_are_kept_for_ever_and_the_checkpoint_is_asked_for_again(demo: Served) -> None:
    tile = demo.get("/log/tile/0/000").headers
    assert (tile["content-type"], tile["cache-control"]) == (
        "application/octet-stream",
        "public, max-age=604800, immutable",
    )
    head = demo.get("/log/checkpoint").headers
    assert (head["content-type"], head["cache-control"]) == ("text/plain; charset=utf-8", "no-cache")
    assert "cache-control" not in demo.get("/log/tile/0/999").headers


@pytest.mark.parametrize("width", [1, 2, 100, 255])
def test_any_partial_width_is_cut_from_the_wider_file(demo: Served, width: int) -> None:
    hashes = demo.get(f"/log/tile/0/000.p/{width}").content
    assert hashes == demo.get("/log/tile/0/000").content[: 32 * width]
    entries = demo.get(f"/log/tile/entries/000.p/{width}").content
    whole = parse_bundle(demo.get("/log/tile/entries/000").content, width=256)
    assert parse_bundle(entries, width=width) == whole[:width]


def test_partial_of_the_last_tile_is_served_up_to_what_is_there(demo: Served) -> None:
    path = next(path for path in published(demo) if path.startswith("tile/entries/") and ".p/" in path)
    stem, _, width = path.rpartition("/")
    assert demo.get(f"/log/{stem}/{int(width) - 1}").status_code == 200
    assert demo.get(f"/log/{stem}/{int(width) + 1}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        b"/log/../ledger.toml", b"/log/..%2fledger.toml", b"/log/%2e%2e/views", b"/log/tile/0/../0/000",
        b"/log/tile/0/%30%30%30", b"/log//checkpoint", b"/log/checkpoint/", b"/log/./checkpoint", b"/log/CHECKPOINT",
        b"/log/tile/00/000", b"/log/tile/0/0", b"/log/tile/0/x000/000", b"/log/tile/0/000.p/0",
        b"/log/tile/0/000.p/256", b"/log/tile/0/000.p/01", b"/log/tile/0/000.p", b"/log/tile/64/000",
        b"/log/tile/-1/000", b"/log/tile/entries", b"/log/tile/entries/000.p/1/", b"/log/tile/0/000%00",
        b"/log/vkey%0a", b"/log/", b"/log/tile/\xd9\xa0/000", b"/log/proof/00.tlog-proof",
        b"/log/proof/-1.tlog-proof", b"/log/proof/x.tlog-proof", b"/log/proof/0", b"/log/proof/0.tlog-proof/",
        b"/log/proof/9999999.tlog-proof", b"/log/proof/%30.tlog-proof", b"/log/keys/log.pem",
        b"/log/tile/0/000/../../../../ledger.toml", b"/log/\\..\\ledger.toml",
    ],
)  # fmt: skip
def test_no_other_spelling_of_a_path_is_answered(demo: Served, path: bytes) -> None:
    status, headers, body = demo.raw(path)
    assert status == 404
    assert "cache-control" not in headers
    assert b"PRIVATE" not in body


def test_paths_that_are_answered_are_those_of_the_specification(demo: Served) -> None:
    with pytest.raises(MalformedError):
        parse_path("tile/0/0")
    assert demo.raw(b"/log/tile/0/000")[0] == 200


def test_proof_of_every_hundredth_entry_verifies_with_the_published_key(demo: Served) -> None:
    verifier = verifier_from_vkey(demo.get("/log/vkey").text.split("\n")[0])
    for index in (0, 100, 200, 255, 256, 300, 400, 512):
        answer = demo.get(f"/log/proof/{index}.tlog-proof")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        proof = parse_proof(answer.content)
        assert proof.extra is not None
        assert proof.index == index
        head = check_proof(proof, entry=proof.extra, origin=verifier.name, verifiers=[verifier])
        assert head.tree_size > 512
        bundle = parse_bundle(demo.get(f"/log/tile/entries/{index // 256:03}.p/1").content, width=1)
        assert index % 256 or bundle[0] == proof.extra


def test_partial_tiles_stay_readable_while_the_publisher_replaces_them(spoilt: Served) -> None:
    path = spoilt.log / "tile" / "0" / "000.p" / "1"
    data = path.read_bytes()
    (path.parent / "2").write_bytes(data * 2)
    path.unlink()
    assert spoilt.get("/log/tile/0/000.p/1").content == data


def test_log_that_is_not_published_yet_is_not_found(spoilt: Served) -> None:
    (spoilt.log / "checkpoint").unlink()
    assert spoilt.get("/log/checkpoint").status_code == 404
    assert spoilt.get("/log/proof/0.tlog-proof").status_code == 404
    assert "还没有公布账本签章" in spoilt.get("/").text
