"""The clock and the random bytes of a ledger, which tests replace."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
Random = Callable[[int], bytes]


def system_clock() -> datetime:
    """Now, to the millisecond that an entry can express."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
