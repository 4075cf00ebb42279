"""Hours that people gave: how many, on what basis they are valued, and the value, never mixed with cash (S23, S27)."""

from typing import Annotated, Self

from pydantic import model_validator

from ledger.domain.event import Event
from ledger.domain.values import Count, Fen, choice, public, refuse

Mode = Annotated[
    str,
    choice(online=("线上", "online"), on_site=("现场", "on site"), both=("线上和现场", "online and on site")),
]
Valuation = Annotated[
    str,
    choice(
        wage=("当地工资标准", "local wage standard"),
        market=("市场价", "market price"),
        unvalued=("不折价", "not valued"),
    ),
]


class HoursGiven(Event):
    """Base of events that state hours of service. ``value_fen`` stands exactly where the basis is one of value."""

    hours: Count = public("服务小时", "Hours of service")
    valuation: Valuation = public("折价依据", "Valuation basis")
    value_fen: Fen | None = public("折价（不计入现金）", "Valued at (not counted as cash)", default=None)

    @model_validator(mode="after")
    def _valued(self) -> Self:
        if (self.value_fen is None) != (self.valuation == "unvalued"):
            raise refuse(
                "有折价依据就要填折价；不折价的不填。", "Give a value where there is a basis for one, and only then."
            )
        return self
