"""No picture costs a second or 64 MB to judge, whatever it says of itself: measured in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.sealing.picture import MAX_BYTES
from tests.ledger.sealing.bombs import CONTROL, REFUSED, TAKEN

ROOT = Path(__file__).parents[3]
MOST_SECONDS = 1
MOST_MIB = 64
Bomb = Callable[[], tuple[bytes, str]]


def judged(data: bytes, media_type: str, directory: Path) -> dict[str, Any]:
    path = directory / "picture"
    path.write_bytes(data)
    command = [sys.executable, "-m", "tests.ledger.sealing.bombs", str(path), media_type]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("bomb", REFUSED, ids=lambda bomb: bomb.__name__)
def test_a_bomb_is_refused_at_little_cost(bomb: Bomb, tmp_path: Path) -> None:
    data, media_type = bomb()
    assert len(data) <= MAX_BYTES
    result = judged(data, media_type, tmp_path)
    assert result["verdict"] == "invalid-field"
    assert result["seconds"] < MOST_SECONDS
    assert result["rise"] < MOST_MIB


@pytest.mark.parametrize("largest", TAKEN, ids=lambda bomb: bomb.__name__)
def test_the_largest_pictures_that_are_taken_cost_no_more(largest: Bomb, tmp_path: Path) -> None:
    data, media_type = largest()
    assert len(data) <= MAX_BYTES
    result = judged(data, media_type, tmp_path)
    assert result["verdict"] == "taken"
    assert result["seconds"] < MOST_SECONDS
    assert result["rise"] < MOST_MIB


def test_the_measure_sees_a_hundred_megabytes(tmp_path: Path) -> None:
    result = judged(b"", CONTROL, tmp_path)
    assert result["rise"] > 90
    assert result["seconds"] > 0
