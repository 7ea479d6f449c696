"""In which order authorities that cost something are asked, and which are not asked at all.

Law: a decision only. What each costs is said by the global configuration, from version 6 on; one that is older says
nothing of costs, so nothing is left out or reordered under it. Whatever costs the same keeps its order.
Source: UG-SYSPAR (ocsp-prioritization-strategy, timestamping-prioritization-strategy).
"""

from collections.abc import Iterable

from ridgeway.protocol.certificates.snapshot import InstanceTrust, OcspResponder
from ridgeway.settings import CostStrategy

FIRST_VERSION_WITH_COSTS = 6
FREE, PAID, UNDEFINED = "FREE", "PAID", "UNDEFINED"
ASKED = {
    CostStrategy.NONE: (),
    CostStrategy.ONLY_FREE: (FREE,),
    CostStrategy.FREE_FIRST: (FREE, PAID, UNDEFINED),
    CostStrategy.ONLY_PAID: (PAID,),
    CostStrategy.PAID_FIRST: (PAID, FREE, UNDEFINED),
}
"""The costs that are asked, in order; none named: everything in the order in which it stands."""


def choose_responders(
    responders: Iterable[OcspResponder], *, instance: InstanceTrust, strategy: CostStrategy
) -> tuple[str, ...]:
    """The addresses of responders in the order in which they are asked."""
    return choose([(each.url, each.cost_type) for each in responders], instance, strategy)


def choose_stampers(urls: Iterable[str], *, instance: InstanceTrust, strategy: CostStrategy) -> tuple[str, ...]:
    """The chosen time-stamping authorities in the order in which they are asked; what one costs is told by its URL."""
    costs = {each.url: each.cost_type for each in instance.timestamping_services}
    return choose([(url, costs.get(url, UNDEFINED)) for url in urls], instance, strategy)


def choose(offers: list[tuple[str, str]], instance: InstanceTrust, strategy: CostStrategy) -> tuple[str, ...]:
    """The addresses of (address, cost) that are asked, in order."""
    asked = ASKED[strategy]
    if not asked or instance.version < FIRST_VERSION_WITH_COSTS:
        return tuple(url for url, _ in offers)
    return tuple(url for wanted in asked for url, cost in offers if cost == wanted)
