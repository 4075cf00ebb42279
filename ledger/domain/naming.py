"""What a record is called, from its own events alone: for lists and previews that have no read model at hand."""

from ledger.domain.catalogue import KINDS
from ledger.domain.record import Record

NAMES = ("name", "title", "post", "what")


def name_of(record: Record, lang: str) -> str:
    """Its name or title in the language where there is one, else its kind and the beginning of its id."""
    opening = record.history[0].event
    wanted = [f"{name}_en" for name in NAMES] if lang == "en" else []
    for name in (*wanted, *NAMES):
        if isinstance(found := getattr(opening, name, None), str):
            return found
    kind = KINDS[record.kind]
    return f"{kind.zh if lang == 'zh' else kind.en} {record.id[:8]}"
