"""Asking the verifier in the browser: answers to cases, in the form of judges.py."""

from typing import Any

from playwright.sync_api import Page

from tests.verifier.cases import Case

BATCH = 1000
JUDGE_ALL = "async cases => (await import('/judge.js')).judgeAll(cases)"


def answers_of(page: Page, cases: list[Case]) -> list[Any]:
    """JavaScript's answers, in batches that a message to the browser can carry."""
    batches = (cases[start : start + BATCH] for start in range(0, len(cases), BATCH))
    return [answer for batch in batches for answer in page.evaluate(JUDGE_ALL, batch)]
