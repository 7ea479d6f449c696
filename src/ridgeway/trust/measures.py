"""What the trust process tells Prometheus: whether the configuration could be had, and until when it counts."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from ridgeway.errors import RidgewayError
from ridgeway.telemetry import Measure, gauge
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.reports import InstanceReport


class State(Protocol):
    """What a running trust process knows."""

    @property
    def keeper(self) -> TrustKeeper:
        """The configuration and the revocation answers on disk."""

    @property
    def own(self) -> InstanceReport | None:
        """The last look for news of the own instance."""

    @property
    def said(self) -> Mapping[str, str]:
        """What goes wrong now, by subject."""


def list_measures(state: State) -> Iterator[Measure]:
    """The state of trust. Times are seconds since 1970."""
    own = state.own
    worked = None if own is None else int(own.worked)
    yield gauge("ridgeway_globalconf_fetch_worked", "1 when the last look for news worked, else 0.", worked)
    expiry = find_expiry(state.keeper)
    yield gauge("ridgeway_globalconf_expires_timestamp_seconds", "When the configuration expires.", expiry)
    yield gauge("ridgeway_trust_faults", "Things that go wrong now; the log says which.", len(state.said))
    yield gauge("ridgeway_ocsp_answers", "Revocation answers that are kept.", len(state.keeper.ocsp_responses))


def find_expiry(keeper: TrustKeeper) -> float | None:
    """When the own instance's configuration expires; None while there is none."""
    try:
        expires_at = keeper.snapshot.own.expires_at
    except RidgewayError:
        return None
    return None if expires_at is None else expires_at.timestamp()
