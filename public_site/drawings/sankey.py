"""Donors → plans → uses drawn as bands as thick as their amounts; on a phone two drawings of two columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from projections.rows import Flow
from public_site.drawings.flows import OTHERS, Edge, Graph, Node, graph
from public_site.drawings.svg import NARROW, Caption, Chart, drawing, fitted, group, number, path, short_money, text
from public_site.presenters import words

TITLE = "现金从捐赠方，到计划，到用途"
BAR, GAP, TOP = 10, 8, 34
"""Width of a node; least space between two; where the columns begin."""
TALL = {"wide": 380, "narrow": 230}
"""How thick all cash together is."""
LINE, TWO_LINES = 26, 42
"""Room for a label of one line and of two."""
SIDE, MIDDLE = 190, 110


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with its middle and thickness in the drawing."""

    node: Node
    middle: float
    thick: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of nodes whose left edge is ``x``; its labels stand on one ``side`` of it, in one line or two."""

    x: int
    heading: str
    side: str
    label: int
    width: int
    nodes: tuple[Node, ...]


def sankey(flows: tuple[Flow, ...], titles: Mapping[str, str]) -> Chart:
    """The chart of where cash came from and what became of it."""
    if not flows:
        return Chart("还没有现金流向。")
    if any(flow.fen.value < 0 for flow in flows):
        return Chart("有的流向小于零，画不成图；各条流向见下表。")
    if len(flows) == 1:
        return Chart(f"只有一条现金流向，不画图。{reading(graph(flows, titles))}")
    found = graph(flows, titles)
    caption = Caption("flows", TITLE, reading(found))
    return Chart(caption.reading, Markup("").join((_wide(caption, found), *_narrow(caption, found))))


def reading(found: Graph) -> str:
    """What is not yet used comes first; then what was returned, and the largest use."""
    ends = {node.key: node.fen for node in (*found.uses, *found.plans)}
    unpaid, unallocated, returned = (ends.get(key, 0) for key in ("unpaid", "unallocated", "returned"))
    waiting, received = unpaid + unallocated, found.received
    said = f"收到的现金{words.money(received)}中，{words.percent(waiting, received)}还没有用出去：" if waiting else ""
    parts = [(unpaid, "已分配、未支付"), (unallocated, "尚未分配")]
    said += "，".join(f"{words.money(fen).lstrip()}{word}" for fen, word in parts if fen) + ("。" if waiting else "")
    said = said or f"收到的现金{words.money(received)}没有剩余。"
    if returned:
        said += f"{words.money(returned).lstrip()}退回捐赠方。"
    spent = [node for node in found.uses if node.key not in ("unpaid", OTHERS)]
    most = max(spent, key=lambda node: node.fen, default=None)
    return said + (f"用得最多的一项是{most.title}，{words.money(most.fen).lstrip()}。" if most else "")


def _wide(caption: Caption, found: Graph) -> Markup:
    """Three columns, or two where nothing has reached a use."""
    columns = [
        Column(SIDE, "捐赠方", "left", TWO_LINES, SIDE - 12, found.donors),
        Column(530, "计划", "right", LINE, 300, found.plans),
    ]
    if not found.used:
        return _drawing(caption, "wide", columns, [found.given])
    columns.append(Column(936, "用途", "right", TWO_LINES, 180, found.uses))
    return _drawing(caption, "wide", columns, [found.given, found.used])


def _narrow(caption: Caption, found: Graph) -> list[Markup]:
    """Left and right labels share the row, so that each has its own part of the width."""
    end, plans = NARROW - BAR, tuple(node for node in found.plans if _reaches(node, found.used))
    first = [
        Column(0, "捐赠方", "right", TWO_LINES, SIDE - 12, found.donors),
        Column(end, "计划", "left", TWO_LINES, MIDDLE, found.plans),
    ]
    second = [
        Column(0, "计划", "right", TWO_LINES, MIDDLE, plans),
        Column(end, "用途", "left", TWO_LINES, SIDE - 12, found.uses),
    ]
    drawings = [_drawing(caption, "narrow", first, [found.given])]
    return [*drawings, _drawing(caption, "narrow", second, [found.used], part="-2")] if found.used else drawings


def _reaches(node: Node, used: Iterable[Edge]) -> bool:
    return any(edge.source == node.key for edge in used)


def _drawing(
    caption: Caption, kind: str, columns: list[Column], edges: list[tuple[Edge, ...]], *, part: str = ""
) -> Markup:
    scale = TALL[kind] / max(sum(node.fen for node in column.nodes) for column in columns)
    tall = max(_least(column, scale) for column in columns)
    placed = [place(column, scale, tall) for column in columns]
    body: list[Markup] = []
    for index, between in enumerate(edges):
        ends = (columns[index].x + BAR, columns[index + 1].x)
        body += _bands(between, placed[index], placed[index + 1], ends)
    for column, nodes in zip(columns, placed, strict=True):
        body += _column(column, nodes, _exact if kind == "wide" else short_money)
    return drawing(caption, kind, TOP + tall + GAP, body, part=part)


def _least(column: Column, scale: float) -> float:
    """How tall a column is at least: no two labels and no two nodes touch."""
    halves = [max(node.fen * scale, column.label) / 2 for node in (column.nodes[0], column.nodes[-1])]
    return sum(_apart(column, scale)) + sum(halves)


def _apart(column: Column, scale: float) -> list[float]:
    """From each node's middle to the next one's."""
    thick = [node.fen * scale for node in column.nodes]
    return [max((one + other) / 2 + GAP, column.label) for one, other in pairwise(thick)]


def place(column: Column, scale: float, tall: float) -> tuple[Placed, ...]:
    """The nodes of a column from ``TOP`` down, spread over ``tall``."""
    apart = _apart(column, scale)
    more = (tall - _least(column, scale)) / len(apart) if apart else 0.0
    middle = TOP + max(column.nodes[0].fen * scale, column.label) / 2
    found = []
    for node, step in zip(column.nodes, [*apart, 0.0], strict=True):
        found.append(Placed(node, middle, node.fen * scale))
        middle += step + more
    return tuple(found)


def _bands(
    edges: Sequence[Edge], left: tuple[Placed, ...], right: tuple[Placed, ...], ends: tuple[int, int]
) -> list[Markup]:
    """All bands between two columns: one path a colour, which is the plan's."""
    starts, targets = ({each.node.key: each for each in side} for side in (left, right))
    order = {each.node.key: index for index, each in enumerate((*left, *right))}
    leaves, enters = ({key: each.middle - each.thick / 2 for key, each in side.items()} for side in (starts, targets))
    shapes: dict[str, list[str]] = {}
    for edge in sorted(edges, key=lambda edge: (order[edge.source], order[edge.target])):
        source, target = starts[edge.source], targets[edge.target]
        thick = edge.figure.value * source.thick / source.node.fen if source.node.fen else 0.0
        tone = target.node.tone if source.node.tone == "c0" else source.node.tone
        shapes.setdefault(tone, []).append(_band(ends, leaves[edge.source], enters[edge.target], thick))
        leaves[edge.source] += thick
        enters[edge.target] += thick
    return [path(steps, classes=f"flow {tone}") for tone, steps in sorted(shapes.items())]


def _band(ends: tuple[int, int], start: float, end: float, thick: float) -> str:
    """A band, at least one unit thick, or it would not be seen."""
    (x, to), half, fall = ends, (ends[1] - ends[0]) // 2, number(end - start)
    thick = max(thick, 1)
    back = number(start - end)
    return (
        f"M{x} {number(start)}c{half} 0 {half} {fall} {to - x} {fall}v{number(thick)}"
        f"c-{half} 0-{half} {back}-{to - x} {back}z"
    )


def _column(column: Column, nodes: Sequence[Placed], said: Callable[[int], str]) -> list[Markup]:
    """Heading, nodes and labels; labels over bands have a halo."""
    anchor = "end" if column.side == "left" else ""
    at = column.x - 7 if column.side == "left" else column.x + BAR + 7
    last = column.x + BAR == NARROW
    heading = text(NARROW if last else at, 10, column.heading, classes="label", anchor=anchor)
    shapes: dict[str, list[str]] = {}
    for each in nodes:
        thick = max(each.thick, 1)
        step = f"M{column.x} {number(each.middle - thick / 2)}h{BAR}v{number(thick)}h-{BAR}z"
        shapes.setdefault(each.node.tone, []).append(step)
    bars = [path(steps, classes=tone) for tone, steps in sorted(shapes.items())]
    names = [fitted(each.node.title, column.width) for each in nodes]
    sums = [said(each.node.fen) for each in nodes]
    if column.label == LINE:
        labels = [text(at, each.middle, f"{name} {fen}") for each, name, fen in zip(nodes, names, sums, strict=True)]
        return [heading, *bars, group(labels, "halo", anchor)]
    strong = [text(at, each.middle - 9, name) for each, name in zip(nodes, names, strict=True)]
    plain = [text(at, each.middle + 9, fen) for each, fen in zip(nodes, sums, strict=True)]
    return [heading, *bars, group(strong, "halo strong", anchor), group(plain, "halo", anchor)]


def _exact(fen: int) -> str:
    return f"{words.amount(fen)}元"
