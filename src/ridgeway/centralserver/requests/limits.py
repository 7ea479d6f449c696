"""How often one address may ask: a window of a minute, kept in memory.

Law: whoever asks too often is told when to come again, and costs nothing more. The number of addresses that are
remembered is bounded, the oldest is forgotten first; a network of IPv6 counts as one address.
Source: X-Road's registration service (ten requests a minute from one address).
"""

import ipaddress
from collections import OrderedDict, deque
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000
NETWORK_BITS = 64


@dataclass(slots=True)
class RateLimit:
    """The requests of the last minute by address. Times are seconds of any clock that only goes forward."""

    requests_per_minute: int
    times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def find_wait(self, address: str, now: float) -> float:
        """Count a request; how many seconds the address must wait, 0.0 when it may go on."""
        key = normalise_address(address)
        times = self.times.setdefault(key, deque())
        self.times.move_to_end(key)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self.requests_per_minute:
            return max(times[0] + WINDOW_SECONDS - now, 1.0) if times else WINDOW_SECONDS
        times.append(now)
        if len(self.times) > MAX_ADDRESSES:
            self.times.popitem(last=False)
        return 0.0


def normalise_address(text: str) -> str:
    """The address that counts: IPv4 as it is, IPv6 by its network; a text that is none stays."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(address)
