"""The whole story: every stream, in the order in which the ledger records it."""

from yangguang.demo.scenario import (
    amendments,
    awards,
    disclosures,
    gifts,
    governance,
    indicators,
    keys,
    organisations,
    places,
    programme,
    projects,
    renovations,
    treasury,
    voices,
)
from yangguang.demo.steps import Step

STREAMS = (
    organisations,
    keys,
    places,
    programme,
    projects,
    gifts,
    treasury,
    renovations,
    awards,
    indicators,
    governance,
    disclosures,
    voices,
)
"""On one day the streams are recorded in this order, corrections last."""


def story() -> list[Step]:
    """All steps by the day of recording; those of one day in the order of the streams."""
    steps = [step for stream in STREAMS for step in stream.steps()]
    return sorted(amendments.amended(steps), key=lambda step: step.recorded_on)
