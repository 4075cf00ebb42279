"""How often one address may write: a bounded table in memory, forgotten with the process.

Addresses are never written down anywhere. An IPv6 client has a whole /64 at its disposal, so that is what counts.
"""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

EACH, TOGETHER = 5, 200
SPAN = timedelta(minutes=10)
MOST_ADDRESSES = 10_000


class Throttle:
    """``each`` letters per address, and ``together`` from all addresses, within ``SPAN``."""

    def __init__(self, *, each: int = EACH, together: int = TOGETHER) -> None:
        self._each = each
        self._together = together
        self._by_address: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._all: deque[datetime] = deque()
        self._lock = threading.Lock()

    def again_at(self, address: str, now: datetime) -> datetime | None:
        """None where a letter may come now, which is then counted; else when the next one may."""
        with self._lock:
            mine = self._times_of(address)
            full = [
                times for times, most in ((mine, self._each), (self._all, self._together)) if _full(times, most, now)
            ]
            if full:
                return max(times[0] for times in full) + SPAN
            mine.append(now)
            self._all.append(now)
            return None

    def _times_of(self, address: str) -> deque[datetime]:
        found = self._by_address.setdefault(address, deque())
        self._by_address.move_to_end(address)
        if len(self._by_address) > MOST_ADDRESSES:
            # Whoever was seen longest ago is forgotten first.
            self._by_address.popitem(last=False)
        return found


def _full(times: deque[datetime], most: int, now: datetime) -> bool:
    while times and times[0] + SPAN <= now:
        times.popleft()
    return len(times) >= most


def network_of(text: str) -> str:
    """What counts as one address; "" for text that is none."""
    try:
        address = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)
