"""The OpenAPI document covers every route and event type, and its page works in a browser without internet."""

import re
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from ledger.api.app import create_api
from ledger.api.schemas import event_schemas
from ledger.domain.catalogue import EVENTS
from ledger.domain.correction import Corrected, Voided
from tests.ledger.api.conftest import Served


@cache
def schemas() -> dict[str, Any]:
    """Made once for all tests."""
    return event_schemas()


def document(served: Served) -> dict[str, Any]:
    value: dict[str, Any] = served.client.get("/api/openapi.json").json()
    return value


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_the_document_names_every_path_that_answers(served: Served) -> None:
    routes = create_api(served.world.ledger, None).router.routes  # type: ignore[arg-type]
    paths = {route.path for route in routes}  # type: ignore[attr-defined]
    beside = {"/api", "/api/{rest:path}", "/api/openapi.json", "/api/docs", "/api/docs/static/{name}"}
    assert document(served)["openapi"] == "3.1.0"
    assert document(served)["paths"].keys() == paths - beside


def test_every_reference_in_the_document_leads_somewhere(served: Served) -> None:
    whole = document(served)
    for reference in references(whole):
        place = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


@pytest.mark.parametrize(("name", "schema"), sorted(EVENTS), ids=str)
def test_every_event_type_is_described_with_its_public_fields_and_signers(name: str, schema: int) -> None:
    cls, described = EVENTS[name, schema], schemas()[name if schema == 1 else f"{name}.{schema}"]
    assert described["properties"].keys() == cls.names_in("data")
    assert re.search("[\u4e00-\u9fff]", described["title"])
    assert described["x-title-en"] == cls.LABEL.en
    assert [len(place) for place in described.get("x-signed-by", [[]])] == [len(place) for place in cls.SIGNED_BY]
    assert ("x-signed-as" in described) == issubclass(cls, Corrected | Voided)
    assert described["additionalProperties"] is False
    hidden = cls.names_in("withdrawable") | cls.names_in("sealed")
    beside = described.get("x-withdrawable", {}).keys() | described.get("x-sealed", {}).keys()
    assert beside == hidden


def test_a_schema_says_how_a_value_is_chosen_and_written() -> None:
    received, people = schemas()["donation.received"], schemas()["People"]
    assert received["properties"]["form"]["enum"] == ["cash", "goods", "service"]
    assert received["properties"]["amount_fen"]["type"] == "integer"
    assert received["required"] == ["recipient", "donor_kind", "form"]
    assert "child" in people["properties"]["group"]["enum"]


def test_the_page_shows_every_operation_without_internet_and_without_errors(served: Served) -> None:
    origin, asked, complaints = f"http://127.0.0.1:{served.port}", [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{origin}/api/docs")
        page.wait_for_selector(".opblock")
        shown = page.locator(".opblock-summary-path").all_inner_texts()
        page.locator(".opblock-post").first.click()
        page.wait_for_selector(".opblock-body")
        browser.close()
    assert {path.replace("\u200b", "") for path in shown} == set(document(served)["paths"])
    assert complaints == []
    assert [url for url in asked if not url.startswith((origin, "data:"))] == []
