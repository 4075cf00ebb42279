"""The two tables under the chart of flows: who gave to which plan, and what each plan was used for."""

from typing import Any

from public_site.drawings.flows import OTHERS, Edge, Graph, Node
from public_site.presenters import words
from public_site.presenters.figures import cell

USED_COLUMNS = [{"text": "计划"}, {"text": "用途"}, {"text": "金额（元）", "numeric": True}]


def given_columns(found: Graph) -> list[dict[str, Any]]:
    """A column for each plan."""
    return [{"text": "捐赠方"}, *({"text": f"{node.title}（元）", "numeric": True} for node in found.plans)]


def given_rows(found: Graph) -> list[list[Any]]:
    """A row for each donor; what nothing was given to is a zero, which no entry stands behind."""
    edges = {(edge.source, edge.target): edge for edge in found.given}
    return [
        [_donor(donor), *(_given(edges.get((donor.key, node.key)), node) for node in found.plans)]
        for donor in found.donors
    ]


def used_rows(found: Graph) -> list[list[Any]]:
    """A row for each use of each plan, in the order of the drawing."""
    plans, uses = ({node.key: node for node in nodes} for nodes in (found.plans, found.uses))
    order = [*plans, *uses]
    edges = sorted(found.used, key=lambda edge: (order.index(edge.source), order.index(edge.target)))
    return [
        [
            plans[edge.source].title,
            uses[edge.target].title,
            cell("flow", edge.figure, of=f"~{edge.source}~{edge.target}"),
        ]
        for edge in edges
    ]


def _donor(node: Node) -> Any:
    linked = node.key != OTHERS and "/" in node.key
    return {"text": node.title, "href": words.href_of(node.key)} if linked else node.title


def _given(edge: Edge | None, node: Node) -> Any:
    if edge is None:
        return words.amount(0)
    plan, use = ("", node.key) if node.key in ("unallocated", "returned") else (node.key, "")
    return cell("flow", edge.figure, of=f"{edge.source}~{plan}~{use}")
