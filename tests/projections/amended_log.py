"""The small log, and after it corrections and voids of every kind of record, and the rarer events."""

from typing import Any

from ledger.tlog.base64 import encode_base64
from tests.projections.book import Book
from tests.projections.delivered import add_deliveries, amend_deliveries
from tests.projections.needy_log import add_needs
from tests.projections.recognition_log import add_recognition, amend_recognition
from tests.projections.regions_log import enter_heads
from tests.projections.small_log import families, small_log
from tests.projections.voices import ask, speak


def amend_money(book: Book) -> None:
    moved = {"from_project": book.ref("project", "homes"), "to_project": book.ref("project", "lamps")}
    book.add("donation.reallocated", "big", {**moved, "amount_fen": 50_000, "consent": "written"}, by="fund")
    secret = book.at("donation.received", "secret")
    book.amend("donation.corrected", "secret", secret, amount_fen=(1_000_000, 1_200_000))
    book.amend("donation.voided", "promise", book.at("donation.pledged", "promise"))
    receipt = book.add("donation.receipted", "hours", {"number": "PJ-2"}, by="fund")
    book.amend("donation.voided", "hours", receipt)
    donations = [[{"donation": book.ref("donation", "big"), "amount_fen": fen}] for fen in (800_000, 780_000)]
    amounts: dict[str, Any] = {"amount_fen": (800_000, 780_000), "donations": tuple(donations)}
    book.amend("payment.corrected", "lamps", book.at("payment.made", "lamps"), **amounts)
    book.amend("payment.voided", "wrong", book.at("payment.made", "wrong"))


def amend_works(book: Book) -> None:
    people = (families(book, 15), families(book, 16))
    beds = book.at("renovation.completed", "beds")
    book.amend("renovation.corrected", "beds", beds, units=(15, 16), people=people)


def accept_again(book: Book) -> None:
    book.add("renovation.accepted", "beds", {"result": "passed", "units": 16}, by="school")
    book.amend("renovation.voided", "homes", book.at("renovation.approved", "homes"))
    book.add("renovation.followed_up", "lamps", {"finding": "good"}, by="builder")
    survey = {"project": book.ref("project", "homes"), "title": "勘查", "units": 4, "places": []}
    survey["organisation"] = book.ref("organisation", "builder")
    book.add("renovation.surveyed", "survey", survey, by="builder")
    book.amend(
        "award.corrected", "spring", book.at("award.standard_published", "spring"), title=("spring奖学金", "春季")
    )
    book.amend("award.voided", "autumn", book.at("award.standard_published", "autumn"))
    book.amend("indicator.corrected", "hours", book.at("indicator.measured", "hours"), value=("9", "13"))
    book.amend("indicator.voided", "later", book.at("indicator.defined", "later"))


def amend_places_and_projects(book: Book) -> None:
    ref = book.ref
    parents = (ref("place", "town"), ref("place", "west"))
    book.amend("place.corrected", "east", book.at("place.registered", "east"), parent=parents)
    moved = ([ref("place", "school")], [ref("place", "west")])
    book.amend("renovation.corrected", "lamps", book.at("renovation.approved", "lamps"), places=moved)
    extra = book.add("place.registered", "extra", {"code": "code-extra", "name": "多余", "level": "village"})
    book.amend("place.voided", "extra", extra)
    book.amend("project.corrected", "homes", book.at("project.proposed", "homes"), title=("居家", "居家环境"))
    opening = {
        "programme": ref("programme", "programme"), "title": "又一个", "plan": "zhiban", "places": [],
        "budget_fen": 1, "starts_on": "2023-01-01", "ends_on": "2023-12-31",
    }  # fmt: skip
    builder = {"organisation": ref("organisation", "builder")}
    twice = book.add("project.proposed", "twice", {**opening, **builder}, by="builder")
    book.amend("project.voided", "twice", twice)
    book.add("project.proposed", "no", {**opening, **builder}, by="builder")
    book.add("project.settled", "lamps", {"surplus_use": "similar"}, by="builder")
    book.add("project.declined", "no", {"reason": "outside"}, by="lead")
    book.add("project.listed", "open", opening, by="lead")
    book.add("project.claimed", "open", builder, by="builder")
    book.add("project.claim_withdrawn", "open", builder, by="builder")


def amend_organisations(book: Book) -> None:
    registered = book.at("organisation.registered", "donor")
    book.amend("organisation.corrected", "donor", registered, name=("示例donor", "示例二号商会"))
    extra = {"name": "多余", "organisation_kind": "school", "roles": ["school"]}
    book.amend("organisation.voided", "extra", book.add("organisation.registered", "extra", extra))
    book.add("organisation.amended", "school", {"name": "示例新校", "roles": ["school", "donor"]})
    book.add("organisation.qualified", "fund", {"qualification": "charity", "from": "2023-01-01"})
    book.add("organisation.rules_adopted", "builder", {"title": "项目管理制度"}, by="builder")
    book.add("organisation.reported", "fund", {"year": 2022, "audited": True})
    published = {
        "question": "how_much", "period": {"from": "2023-01-01", "to": "2023-03-31"}, "at_size": 80,
        "figures_schema": 1, "digest": "0" * 64, "channels": [{"platform": "网站", "url": "x", "on": "2023-04-01"}],
    }  # fmt: skip
    for name in ("first", "second"):
        book.add("disclosure.published", name, published, by="lead")
    channels = (published["channels"], [{"platform": "网站", "url": "y", "on": "2023-04-01"}])
    book.amend("disclosure.corrected", "first", book.at("disclosure.published", "first"), channels=channels)
    book.amend("disclosure.voided", "second", book.at("disclosure.published", "second"))


def end_the_programme(book: Book) -> None:
    opened = book.at("programme.opened", "programme")
    title = book.payloads[opened]["data"]["title"]
    book.amend("programme.corrected", "programme", opened, title=(title, "聚力助学，童向未来"))
    other = book.add("programme.opened", "other", book.payloads[opened]["data"], by="lead")
    book.amend("programme.voided", "other", other)
    lead = [book.ref("organisation", "lead")]
    book.add("programme.met", "programme", {"meeting": "coordination", "organisations": lead}, by="lead")
    book.add("programme.mobilised", "programme", {"units": 20}, by="lead")
    book.add("programme.informed", "programme", {"title": "求助", "organisations": lead}, by="lead")
    book.add("programme.rule_adopted", "programme", {"title": "工作制度"}, by="lead")
    book.add("programme.reviewed", "programme", {"year": 2023}, by="lead")
    book.add("programme.evaluated", "programme", {"evaluator": lead[0], "result": "partly"}, by="lead")
    book.add("programme.closed", "programme", {"surplus_fen": 0, "surplus_use": "none"}, by="lead fund")


def rotate_the_log_key(book: Book) -> None:
    book.add("ledger.log_key_rotated", "ledger", {"log_vkey": "y", "possession": "AA=="})


def keep_and_lose_what_is_private(book: Book) -> None:
    book.add("consent.recorded", "forms", {"form": "paper"}, by="fund")
    book.add("consent.withdrawn", "forms", {}, by="fund")
    about = {"about": book.ref("award", "spring"), "event": book.event_ids[book.at("award.granted", "spring")]}
    digests = sorted(f"{place}{'A' * 42}" for place in range(8))
    opened = {**about, "digests": digests, "purpose": "audit", "recipient": encode_base64(b"\x09" + bytes(31))}
    book.add("sealed.opened", "look", opened, by="fund lead")
    keys = sorted(f"{place:032x}" for place in range(16))
    book.add("sealed.erased", "farewell", {"vault_keys": keys, "ground": "consent"}, by="fund lead")
    book.add("sealed.withdrawn", "note", {**about, "digest": digests[0], "ground": "identifies"}, by="fund")


def amended_log() -> Book:
    """The log, made anew."""
    made = small_log()
    for step in (
        amend_money, amend_works, accept_again, amend_places_and_projects, amend_organisations, add_needs,
        end_the_programme, rotate_the_log_key, keep_and_lose_what_is_private, add_deliveries, amend_deliveries,
        add_recognition, amend_recognition, speak, ask, enter_heads,
    ):  # fmt: skip
        step(made)
    return made
