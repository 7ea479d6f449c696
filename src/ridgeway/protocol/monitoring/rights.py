"""Who may see what: the server's owner and the central monitoring client everything, others what is their own.

Law: the owner and the central monitoring client are compared as whole identifiers; a subsystem of the owner is a
client like any other. Metrics of the machine are for those two alone.
Source: PR-OPMON §2; UG-OPMONSYSPAR; PR-GCONF (monitoring parameters).
"""

from dataclasses import dataclass, replace

from ridgeway.errors import AccessError
from ridgeway.protocol.identifiers import ClientId, MemberId, ServiceId
from ridgeway.protocol.monitoring.queries import HealthQuery, OperationalQuery
from ridgeway.protocol.monitoring.records import OUTPUT_FIELDS, RESTRICTED_FIELD


@dataclass(frozen=True, slots=True)
class View:
    """What a client may see: records in which `party` asked or answered (None for all), of these fields."""

    party: ClientId | None
    fields: frozenset[str]
    is_owner: bool = False


def decide_view(client: ClientId, *, owner: MemberId, monitoring_client: ClientId | None) -> View:
    """What `client` may see of the server that `owner` owns."""
    if client == owner:
        return View(None, OUTPUT_FIELDS, is_owner=True)
    if monitoring_client is not None and client == monitoring_client:
        return View(None, OUTPUT_FIELDS)
    return View(client, OUTPUT_FIELDS - {RESTRICTED_FIELD})


def narrow_query(query: OperationalQuery, view: View) -> OperationalQuery:
    """The query with the fields that the client may see."""
    return replace(query, fields=(query.fields or OUTPUT_FIELDS) & view.fields)


def may_see_health(service: ServiceId, *, query: HealthQuery, view: View) -> bool:
    """Whether the health of `service` is part of the answer: others than the two see what they offer themselves."""
    if query.provider is not None and service.provider != query.provider:
        return False
    return view.party is None or service.provider == view.party


def require_metrics(view: View, *, client: ClientId, owner: MemberId) -> None:
    """Hold only for the owner and the central monitoring client.

    Raises:  AccessError(access_denied).
    """
    if view.party is not None:
        raise AccessError(
            "access_denied", f"{client} may not read the metrics of a server of {owner}; its owner may, by itself."
        )
