"""What a mirror's pages say: how old they may be, where texts are that it does not keep, and what it found."""

import json
from pathlib import Path

import pytest

from ledger.tlog.alarm import Alarm, format_alarms
from public_site.app import create_site
from public_site.followed import FollowedFile
from public_site.published_log import PublishedLog
from public_site.witnesses import WitnessFiles
from tests.public_site.served import ORIGIN, Served, words_of
from tests.public_site.watched import NOW, watched_in

SOURCE = "https://records.example"
DIGEST = "a" * 43


@pytest.fixture
def mirror(tmp_path: Path) -> Served:
    watched = watched_in(tmp_path)
    files = WitnessFiles(None, watched.folder, lambda: NOW)
    log = PublishedLog(watched.site.log, files, FollowedFile(tmp_path / "state.json", lambda: NOW))
    return Served(create_site(watched.site.views, log, origin_url=ORIGIN), watched.site.views, watched.site.log)


def look(mirror: Served, seconds_ago: int | None) -> str:
    """What /verify says where the last good look at the source was so long ago."""
    looked_at = None if seconds_ago is None else NOW - seconds_ago
    state = {"source": SOURCE, "looked_at": looked_at, "trouble": None}
    (mirror.log.parent / "state.json").write_text(json.dumps(state))
    return words_of(mirror.get("/verify", headers={"x-test": str(seconds_ago)}).text)


@pytest.mark.parametrize(
    ("seconds_ago", "said"),
    [
        (None, "本站是镜像，这次启动以后还没有向来源核对过"),
        (3, "更新及时"),
        (900, "本站是镜像，15分钟前读到来源，以后记入的账目可能还不在这里"),
    ],
)
def test_a_mirror_says_when_it_last_heard_from_its_source(mirror: Served, seconds_ago: int | None, said: str) -> None:
    assert said in look(mirror, seconds_ago)


def test_a_text_that_may_be_withdrawn_is_only_where_it_was_recorded(mirror: Served) -> None:
    look(mirror, 3)
    found = mirror.get(f"/disclosures/{DIGEST}")
    assert found.status_code == 404
    assert f'href="{SOURCE}/disclosures/{DIGEST}"' in found.text
    assert "只存在记账的服务器上" in words_of(found.text)


def test_what_readers_want_to_say_goes_to_the_site_that_records(mirror: Served) -> None:
    look(mirror, 3)
    assert f'href="{SOURCE}/ask?about=/entries/3">报告本页错误' in mirror.get("/entries/3").text
    found = mirror.get("/ask?about=/entries/3").text
    assert f'href="{SOURCE}/ask?about=/entries/3"' in found
    assert "本站是镜像，不收您写的内容" in words_of(found)


def test_an_alarm_of_a_mirror_does_not_disown_what_it_had_found_good(mirror: Served) -> None:
    alarm = Alarm(NOW, "source-forked", 1, SOURCE, 9)
    (mirror.log.parent / "witnesses" / "alarm").write_bytes(format_alarms([alarm]))
    said = look(mirror, 3)
    assert alarm.zh in said
    assert "镜像报警" in said
    assert "证据已经保存" in said
    assert "请不要采信本站的数字" not in said
