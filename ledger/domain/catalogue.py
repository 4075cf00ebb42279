"""Everything that can happen: the event classes by type, and the states of each kind of record."""

from collections.abc import Iterator
from types import ModuleType

from ledger.domain import (
    award,
    case,
    companionship,
    consent,
    disclosure,
    donation,
    head,
    honour,
    indicator,
    key,
    ledger,
    media,
    misconduct,
    need,
    organisation,
    payment,
    place,
    problem,
    programme,
    project,
    question,
    region,
    renovation,
    sealed,
    service,
    team,
    training,
)
from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import Event
from ledger.domain.record import VOIDED
from ledger.domain.values import Label
from ledger.errors import InvalidFieldError

MODULES: dict[str, ModuleType] = {
    "ledger": ledger,
    "organisation": organisation,
    "key": key,
    "place": place,
    "programme": programme,
    "need": need,
    "project": project,
    "donation": donation,
    "payment": payment,
    "award": award,
    "renovation": renovation,
    "team": team,
    "companionship": companionship,
    "training": training,
    "service": service,
    "indicator": indicator,
    "disclosure": disclosure,
    "consent": consent,
    "sealed": sealed,
    "misconduct": misconduct,
    "case": case,
    "media": media,
    "honour": honour,
    "problem": problem,
    "question": question,
    "region": region,
    "head": head,
}
KINDS = {
    "ledger": Label("账本", "ledger"),
    "organisation": Label("机构", "organisation"),
    "key": Label("密钥", "key"),
    "place": Label("地点", "place"),
    "programme": Label("方案", "programme"),
    "need": Label("需求", "need"),
    "project": Label("项目", "project"),
    "donation": Label("捐赠", "donation"),
    "payment": Label("付款", "payment"),
    "award": Label("奖学金", "scholarship round"),
    "renovation": Label("工程", "works"),
    "team": Label("队伍", "team"),
    "companionship": Label("陪伴", "companionship"),
    "training": Label("培训", "training"),
    "service": Label("服务", "service"),
    "indicator": Label("指标", "indicator"),
    "disclosure": Label("信息公布", "disclosure"),
    "consent": Label("同意书", "consent"),
    "sealed": Label("封存内容", "sealed values"),
    "misconduct": Label("举报", "report of misconduct"),
    "case": Label("案例", "case"),
    "media": Label("媒体报道", "media report"),
    "honour": Label("荣誉", "honour"),
    "problem": Label("问题", "problem"),
    "question": Label("公众提问", "public question"),
    "region": Label("地区账本", "regional ledger"),
    "head": Label("总指纹", "tree head"),
}


NEVER_CORRECTED = frozenset({"ledger", "key", "consent", "sealed", "head"})


def _classes(module: ModuleType) -> list[type[Event]]:
    return [
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, Event)
        and hasattr(item, "TYPE")
        and item.__module__ == module.__name__
    ]


def _amending(kind: str, states: dict[str, Label]) -> list[type[Event]]:
    """The two classes that every correctable kind has beside its own."""
    name = kind.title()
    voidable = ("listed", "claimed", "proposed", "declined") if kind == "project" else tuple(states)
    return [
        type(
            f"{name}Corrected",
            (Corrected,),
            {"TYPE": f"{kind}.corrected", "AFTER": tuple(states), "__module__": __name__},
        ),
        type(f"{name}Voided", (Voided,), {"TYPE": f"{kind}.voided", "AFTER": voidable, "__module__": __name__}),
    ]


def _all_classes() -> Iterator[type[Event]]:
    for kind, module in MODULES.items():
        yield from _classes(module)
        if kind not in NEVER_CORRECTED:
            yield from _amending(kind, module.STATES)


EVENTS: dict[tuple[str, int], type[Event]] = {(cls.TYPE, cls.SCHEMA): cls for cls in _all_classes()}
TOPICS: dict[str, type[Event]] = {cls.topic(): cls for cls in EVENTS.values()}


def event_class(event_type: str, schema: int) -> type[Event]:
    """The class of an event type and schema version. Raises InvalidFieldError."""
    try:
        return EVENTS[event_type, schema]
    except KeyError:
        raise InvalidFieldError(
            f"没有“{event_type[:60]}”第{schema}版这种事件。",
            f"There is no event type {event_type[:60]!r} with schema {schema}.",
            "/payload/type",
        ) from None


def state_label(kind: str, state: str) -> Label:
    """How a record's state is called; ``""`` is a record that does not exist yet."""
    if not state:
        return Label("还没有开始", "not begun")
    if state == VOIDED:
        return Label("已作废", "void")
    states: dict[str, Label] = MODULES[kind].STATES
    return states.get(state, Label(state, state))
