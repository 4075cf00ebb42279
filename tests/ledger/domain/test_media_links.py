"""A link in a media report is text for people to type; nothing that runs or reads files is accepted as one."""

import pytest

from ledger.domain.media import MediaRecorded
from ledger.errors import InvalidFieldError

REPORT = {"outlet": "示例日报", "medium": "press", "title": "示例报道", "published_on": "2023-05-14"}


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//daily.example/1", "daily.example/1",
        "ftp://daily.example", "https://", "https://daily.example/a b", "https://daily.example/报道",
        "https://daily.example/\u202e", "HTTPS ://x", "https://x" + "y" * 300,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(link: str) -> None:
    with pytest.raises(InvalidFieldError) as refusal:
        MediaRecorded.parse({**REPORT, "link": link})
    assert refusal.value.field == "/payload/data/link"


@pytest.mark.parametrize("link", ["https://daily.example/2023/05/14/1.html?a=1", "http://daily.example/"])
def test_a_web_address_is_kept_to_the_letter(link: str) -> None:
    assert MediaRecorded.parse({**REPORT, "link": link}).link == link


def test_a_report_needs_no_link() -> None:
    assert MediaRecorded.parse(REPORT).link is None
