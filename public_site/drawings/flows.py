"""Donors → plans → uses as a graph of at most seven nodes a column; what was received is conserved in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from projections.figures import added
from projections.rows import Figure, Flow
from public_site.presenters import words

MOST, MOST_DONORS = 7, 6
OTHERS = "*"
"""The key of all that have no node of their own; no code or reference has such a character."""
ENDS = ("unallocated", "returned")
"""Cash that never reached a plan: nodes in the plans' column, where it stays."""
Key = Callable[[Flow], str]


@dataclass(frozen=True, slots=True)
class Node:
    """``key`` is as in the links of figures; ``tone`` a class of the stylesheet."""

    key: str
    title: str
    fen: int
    tone: str = "c0"


@dataclass(frozen=True, slots=True)
class Edge:
    """Cash from a node to one in the next column, with the entries it was counted from."""

    source: str
    target: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Graph:
    """``given`` leads from donors to plans and ends, ``used`` from plans to uses."""

    donors: tuple[Node, ...]
    plans: tuple[Node, ...]
    uses: tuple[Node, ...]
    given: tuple[Edge, ...]
    used: tuple[Edge, ...]

    @property
    def received(self) -> int:
        """All cash, in fen."""
        return sum(node.fen for node in self.donors)


def graph(flows: tuple[Flow, ...], titles: Mapping[str, str]) -> Graph:
    """The graph of all flows. ``titles`` are those of the plans by code."""
    keys = _keys(flows)
    spent = [flow for flow in flows if flow.plan is not None]
    plans = tuple(
        Node(key, _plan_title(key, flows, titles), fen, _tone(key))
        for key, fen in _sums(flows, keys[1], last=(OTHERS, *ENDS))
    )
    given, used = _edges(flows, keys[0], keys[1]), _edges(spent, keys[1], keys[2])
    uses = tuple(Node(key, _use_title(key), fen) for key, fen in _sums(spent, keys[2], last=(OTHERS, "unpaid")))
    return Graph(_donors(flows, keys[0]), plans, _beside(uses, plans, used), given, used)


def matching(flows: Iterable[Flow], of: str) -> tuple[Flow, ...]:
    """The flows that ``donor~plan~use`` means: an empty part is any, ``*`` all without a node of their own."""
    flows, parts = tuple(flows), of.split("~")
    if len(parts) != len(KEYS):
        return ()
    folded = _keys(flows)
    return tuple(
        flow
        for flow in flows
        if all(
            part in ("", own(flow), key(flow)) for part, own, key in zip(parts, (donor, plan, use), folded, strict=True)
        )
    )


def donor(flow: Flow) -> str:
    """An organisation's reference; person or anonymous."""
    return flow.donor.reference if flow.donor else flow.kind


def plan(flow: Flow) -> str:
    """The plan's code, or the end that the cash came to before any plan."""
    return flow.plan or flow.use


def use(flow: Flow) -> str:
    """What the cash was used for."""
    return flow.use


KEYS = (donor, plan, use)


def _keys(flows: tuple[Flow, ...]) -> tuple[Key, Key, Key]:
    """The keys of the three columns, with what is beyond the largest folded into one."""
    return (
        _folded(flows, donor, keep=("person", "anonymous"), most=MOST_DONORS),
        _folded(flows, plan, keep=ENDS),
        _folded([flow for flow in flows if flow.plan is not None], use, keep=("unpaid",)),
    )


def _folded(flows: Iterable[Flow], key: Key, *, keep: tuple[str, ...], most: int = MOST) -> Key:
    sums = Counter[str]()
    for flow in flows:
        sums[key(flow)] += flow.fen.value
    if len(sums) <= most:
        return key
    kept = [each for each in keep if each in sums]
    by_size = sorted((each for each in sums if each not in kept), key=lambda each: (-sums[each], each))
    own = {*kept, *by_size[: most - 1 - len(kept)]}
    return lambda flow: key(flow) if key(flow) in own else OTHERS


def _sums(flows: Iterable[Flow], key: Key, *, last: tuple[str, ...]) -> list[tuple[str, int]]:
    """Sums by key, largest first, but for those that always stand at the end."""
    sums = Counter[str]()
    for flow in flows:
        sums[key(flow)] += flow.fen.value
    return sorted(sums.items(), key=lambda item: (last.index(item[0]) + 1 if item[0] in last else 0, -item[1], item[0]))


def _edges(flows: Iterable[Flow], source: Key, target: Key) -> tuple[Edge, ...]:
    found: dict[tuple[str, str], list[Figure]] = {}
    for flow in flows:
        found.setdefault((source(flow), target(flow)), []).append(flow.fen)
    return tuple(Edge(*ends, added(*figures)) for ends, figures in sorted(found.items()))


def _donors(flows: tuple[Flow, ...], key: Key) -> tuple[Node, ...]:
    names = {flow.donor.reference: flow.donor.zh for flow in flows if flow.donor}
    rest = len({donor(flow) for flow in flows if key(flow) == OTHERS})
    titles = {"person": "个人捐赠者", "anonymous": "匿名", OTHERS: names.get(OTHERS, f"其他{rest}家")}
    last = (OTHERS, "person", "anonymous")
    return tuple(Node(each, titles.get(each) or names[each], fen) for each, fen in _sums(flows, key, last=last))


def _plan_title(key: str, flows: tuple[Flow, ...], titles: Mapping[str, str]) -> str:
    if key == OTHERS:
        return f"其他{len({flow.plan for flow in flows if flow.plan}) - (MOST - 1 - len(ENDS))}个计划"
    return words.use(key) if key in ENDS else titles.get(key, key)


def _use_title(key: str) -> str:
    return "其他用途" if key == OTHERS else words.use(key)


def _tone(key: str) -> str:
    return "back" if key == "returned" else words.PLAN_COLOURS.get(key, "c0")


def _beside(uses: tuple[Node, ...], plans: tuple[Node, ...], used: tuple[Edge, ...]) -> tuple[Node, ...]:
    """Uses in the order of the plan that gave most to each: fewer crossings. Others and unpaid stay at the end."""
    order = [node.key for node in plans]
    main = {node.key: max((e for e in used if e.target == node.key), key=lambda e: e.figure.value) for node in uses}
    last = (OTHERS, "unpaid")
    return tuple(
        sorted(
            uses,
            key=lambda node: (
                last.index(node.key) + 1 if node.key in last else 0,
                order.index(main[node.key].source),
                -node.fen,
                node.key,
            ),
        )
    )
