"""Stream: what was published, when and where: money every quarter, all five questions once a year and at the end."""

from collections.abc import Iterator

from ledger.domain.disclosure import DisclosurePublished
from projections.disclosed.figures import NEWEST as SCHEMA
from yangguang.demo.steps import DigestOf, Ref, SizeOfFigures, Step, day

BY = "n1:publish"
SITE = "https://ledger.example/sanpai-demo"
QUARTERS = (
    ("2022-04-01", "2022-06-30", "2022-06-30"),
    ("2022-07-01", "2022-09-30", "2022-09-30"),
    ("2022-10-01", "2022-12-30", "2022-12-30"),
    ("2022-12-31", "2023-03-31", "2023-03-31"),
    ("2023-04-01", "2023-06-30", "2023-07-14"),
    ("2023-07-01", "2023-09-28", "2023-09-28"),
    ("2023-09-29", "2023-12-29", "2023-12-29"),
    ("2023-12-30", "2024-03-31", "2024-04-15"),
    ("2024-04-01", "2024-06-28", "2024-06-28"),
    ("2024-06-29", "2024-09-30", "2024-09-30"),
    ("2024-10-01", "2024-12-31", "2024-12-31"),
)
"""From, to, published on: how much was received and used. Two came after their three months were over."""
WHOLE = (
    ("where", "2022-04-01", "2023-12-31", "2024-01-15"),
    ("what", "2022-04-01", "2023-12-31", "2024-01-15"),
    ("whom", "2022-04-01", "2023-12-31", "2024-01-15"),
    ("effect", "2022-04-01", "2023-12-31", "2024-01-15"),
    ("where", "2022-04-01", "2024-12-31", "2025-03-31"),
    ("what", "2022-04-01", "2024-12-31", "2025-03-31"),
    ("whom", "2022-04-01", "2024-12-31", "2025-03-31"),
    ("how_much", "2022-04-01", "2025-03-28", "2025-03-31"),
    ("effect", "2022-04-01", "2024-12-31", "2025-03-31"),
)
"""Question, from, to, published on: since the beginning."""


def steps() -> Iterator[Step]:
    """One record for each question and period."""
    for start, end, on in QUARTERS:
        yield _published("how_much", start, end, on)
    for question, start, end, on in WHOLE:
        yield _published(question, start, end, on)


def _published(question: str, start: str, end: str, on: str) -> Step:
    address = f"{SITE}/{question.replace('_', '-')}"
    data = {
        "question": question,
        "period": {"from": start, "to": end},
        "at_size": SizeOfFigures(),
        "figures_schema": SCHEMA,
        "digest": DigestOf(question),
        "channels": [{"platform": "本网站", "url": address, "on": on}],
    }
    return Step(DisclosurePublished, record_of(question, start, on), day(on), data, BY)


def record_of(question: str, start: str, on: str) -> Ref:
    """The record of the figures of a question from a day, published on another."""
    return Ref("disclosure", f"{question}-{on}-{start}")


def published_for(year: int | None, before: str) -> list[Ref]:
    """The figures of periods that end in a year, or of all, that were published before a day."""
    rows = [("how_much", *quarter) for quarter in QUARTERS]
    return [
        record_of(question, start, on)
        for question, start, end, on in (*rows, *WHOLE)
        if on < before and (year is None or end.startswith(str(year)))
    ]
