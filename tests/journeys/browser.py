"""A real Chromium that refuses to leave this machine and reports every complaint of a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def require_chromium() -> None:
    """Skips, saying so, where Chromium is absent; in CI it must not be."""
    if not os.path.exists(CHROMIUM):  # noqa: PTH110
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("Chromium is not installed; .ci/run installs it")
        pytest.skip("Chromium is not installed: apt-get install chromium")


@contextmanager
def open_page(width: int = 1280) -> Iterator[Page]:
    """A page whose console errors and requests to other hosts fail the test at the end."""
    require_chromium()
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: complaints.append(request.url) if "//127.0.0.1" not in request.url else None,
        )
        yield page
        browser.close()
    assert complaints == []
