"""GET /api/records/{kind}/{id}: a record's chain, what the next event of it must build on."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.core.contract import OpenLedger
from ledger.domain.catalogue import state_label
from ledger.domain.values import REFERENCE
from ledger.errors import NotFoundError


class RecordsEndpoint:
    """Version, head and state; the entries themselves are in the log."""

    def __init__(self, ledger: OpenLedger) -> None:
        self._ledger = ledger

    async def get(self, request: Request) -> Response:
        """The record as it stands now."""
        reference = f"{request.path_params['kind']}/{request.path_params['id']}"
        return found(await run_in_threadpool(self._describe, reference))

    def _describe(self, reference: str) -> dict[str, Any]:
        record = self._ledger.record(reference) if REFERENCE.fullmatch(reference) else None
        if record is None:
            raise NotFoundError("账本里没有这项记录。请检查编号。", "The ledger has no such record. Check its id.")
        label = state_label(record.kind, record.state)
        return {
            "record": record.reference,
            "version": record.version,
            "head": record.head,
            "state": record.state,
            "state_label": {"zh": label.zh, "en": label.en},
            # Another event may have come between the two reads; the list must not run ahead of the version.
            "entries": self._ledger.record_indices(reference)[: record.version],
        }
