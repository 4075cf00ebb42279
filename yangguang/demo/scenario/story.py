"""The whole story: every stream, in the order in which the ledger records it."""

from datetime import date

from yangguang.demo.scenario import (
    amendments,
    awards,
    cases,
    companions,
    conduct,
    consents,
    disclosures,
    gifts,
    governance,
    honours,
    indicators,
    keys,
    media,
    needs,
    organisations,
    places,
    privacy,
    programme,
    progress,
    projects,
    renovations,
    services,
    teams,
    trainings,
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
    teams,
    companions,
    trainings,
    services,
    needs,
    indicators,
    progress,
    governance,
    disclosures,
    conduct,
    honours,
    cases,
    media,
    privacy,
    voices,
)
"""On one day the streams are recorded in this order, corrections last."""


def story() -> list[Step]:
    """All steps by the day of recording; those of one day in the order of the streams."""
    steps = [step for stream in STREAMS for step in stream.steps()]
    recorded = sorted(amendments.amended(steps), key=_recorded_on)
    return sorted(consents.consented(recorded), key=_recorded_on)


def _recorded_on(step: Step) -> date:
    return step.recorded_on
