"""The plan's duties S01 to S41: each has an admitted event in the demonstration, and a page that leads to it."""

import json
import sqlite3
from typing import Any

import pytest

from tests.public_site.served import Served, links_of

Want = tuple[str, dict[str, Any], str]
"""An event type, what its data must say, and the beginning of the path of a page that leads to its entry."""
DUTIES: dict[str, Want] = {
    "S01 the programme, its basis and aims": ("programme.opened", {}, "/programmes/"),
    "S02 organisations join as a group": ("organisation.registered", {}, "/organisations/"),
    "S03 who leads, supports and guides": ("programme.opened", {"participants": ...}, "/programmes/"),
    "S04 schools and children, six kinds of service": ("programme.opened", {"service_types": ...}, "/programmes/"),
    "S05 four plans": ("programme.opened", {"plans": ...}, "/programmes/"),
    "S06 the launch": ("programme.launched", {}, "/programmes/"),
    "S07 homes renovated": ("renovation.approved", {"category": "home"}, "/renovations/"),
    "S08 furniture each year": ("renovation.approved", {"category": "furniture"}, "/renovations/"),
    "S09 scholarships": ("award.granted", {}, "/awards/"),
    "S10 schools with old facilities first": ("need.prioritised", {}, "/needs/"),
    "S11 one volunteer team": ("team.formed", {"team_kind": "volunteer"}, "/teams/"),
    "S12 schools visited": ("companionship.visited", {}, "/companionships/"),
    "S13 pairs": ("companionship.paired", {}, "/companionships/"),
    "S14 companionship and counselling": ("companionship.reported", {}, "/companionships/"),
    "S15 internships": ("training.internship_offered", {}, "/trainings/"),
    "S16 interviews and careers": ("training.coached", {}, "/trainings/"),
    "S17 central trainings": ("training.held", {}, "/trainings/"),
    "S18 schools upgraded": ("renovation.approved", {"category": "school"}, "/renovations/"),
    "S19 needs collected": ("need.reported", {}, "/needs/"),
    "S20 needs matched": ("need.matched", {}, "/needs/"),
    "S21 projects claimed": ("project.claimed", {}, "/projects/"),
    "S22 projects of one's own": ("project.proposed", {}, "/projects/"),
    "S23 services": ("service.delivered", {}, "/services/"),
    "S24 members mobilised": ("programme.mobilised", {}, "/programmes/"),
    "S25 organisations informed": ("programme.informed", {}, "/programmes/"),
    "S26 a task force with a plan": ("team.formed", {"team_kind": "task_force"}, "/teams/"),
    "S27 resources": ("donation.received", {}, "/donations/"),
    "S28 problems fed back": ("problem.raised", {}, "/problems/"),
    "S29 rules undertaken": ("organisation.undertook", {}, "/organisations/"),
    "S30 no fees, no profit": ("misconduct.reported", {}, "/conduct"),
    "S31 no ties with illegal organisations": ("organisation.screened", {}, "/organisations/"),
    "S32 illegal organisations reported": ("misconduct.reported", {"category": "illegal_organisation"}, "/conduct"),
    "S33 management rules": ("programme.rule_adopted", {}, "/programmes/"),
    "S34 five questions disclosed": ("disclosure.published", {}, "/reports"),
    "S35 the public asks": ("question.received", {}, "/questions/"),
    "S36 cases": ("case.published", {}, "/cases/"),
    "S37 media": ("media.recorded", {}, "/media"),
    "S38 honours": ("honour.awarded", {}, "/honours/"),
    "S39 yearly reviews": ("programme.reviewed", {}, "/reports"),
    "S40 the final evaluation": ("programme.evaluated", {}, "/reports"),
    "S41 three effects": ("indicator.measured", {}, "/indicators/"),
}


def found(demo: Served, event_type: str, data: dict[str, Any]) -> list[int]:
    """The entries of a type whose data say so; ``...`` stands for anything that is not empty."""
    with sqlite3.connect(demo.views) as db:
        rows = db.execute("SELECT idx, payload FROM entries WHERE type = ? AND standing = ''", (event_type,)).fetchall()
    db.close()
    said = [(index, json.loads(payload)["data"]) for index, payload in rows]
    return [
        index
        for index, has in said
        if all(has.get(name) if wanted is ... else has.get(name) == wanted for name, wanted in data.items())
    ]


def test_all_forty_one_duties_are_asked_about() -> None:
    assert [duty[:3] for duty in DUTIES] == [f"S{number:02}" for number in range(1, 42)]


@pytest.mark.parametrize("duty", DUTIES)
def test_the_duty_has_its_event_and_the_page_that_leads_to_it(demo: Served, duty: str) -> None:
    event_type, data, start = DUTIES[duty]
    indices = found(demo, event_type, data)
    assert indices, "no admitted event of this duty"
    pages = [page for path, page in demo.pages.items() if path.startswith(start)]
    figures = [demo.pages[link] for page in pages for link in links_of(page) if link.startswith("/audit?figure=")]
    leading = [page for page in (*pages, *figures) if any(f'href="/entries/{index}"' in page.text for index in indices)]
    assert leading, f"no page or figure under {start} leads to entries {indices[:5]}"
