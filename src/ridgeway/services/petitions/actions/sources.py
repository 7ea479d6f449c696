"""From where petitions are signed remarkably often: one row an hour, petition and address or domain.

Law: looked at for whole hours that are over; looked at twice, the rows are the same. No address of a person is kept.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from ridgeway.services.petitions.actions.counting import warn_team
from ridgeway.services.petitions.models import RateLimits, Signature, TrendingSource
from ridgeway.services.petitions.queries.site import read_limits
from ridgeway.services.petitions.rules.lists import parse_domain_list, parse_network_list
from ridgeway.services.petitions.states import SignatureState

HOUR = timedelta(hours=1)
IP, DOMAIN = "ip", "domain"
Found = Counter[tuple[str, str, int]]


def note_sources(*, now: datetime) -> int:
    """The hour that is over is looked at; how many sources were noted."""
    limits = read_limits()
    if not limits.logs_trending:
        return 0
    end = now.replace(minute=0, second=0, microsecond=0)
    found = {key: n for key, n in count_sources(end - HOUR, end).items() if n >= limits.trending_threshold}
    wanted = {key: number for key, number in found.items() if not is_ignored(key, limits)}
    with transaction.atomic():
        for (kind, source, petition_id), number in wanted.items():
            TrendingSource.objects.update_or_create(
                kind=kind, source=source, petition_id=petition_id, starts_at=end - HOUR, defaults={"count": number}
            )
    loud = [number for number in wanted.values() if number >= limits.trending_alert_threshold]
    if loud:
        what = f"{len(loud)} sources, the busiest with {max(loud)} signatures in an hour; see the petitions' pages"
        warn_team("Petitions are signed remarkably often from one place", what, key=f"sources {end:%H}", now=now)
    return len(wanted)


def count_sources(start: datetime, end: datetime) -> Found:
    """How often each petition was signed from each address and each domain of mail."""
    counted: Found = Counter()
    signed = Signature.objects.filter(state=SignatureState.VALIDATED, validated_at__gte=start, validated_at__lt=end)
    for petition_id, ip, email in signed.values_list("petition_id", "ip", "email").iterator():
        if ip:
            counted[IP, ip, petition_id] += 1
        counted[DOMAIN, email.rpartition("@")[2].lower(), petition_id] += 1
    return counted


def is_ignored(key: tuple[str, str, int], limits: RateLimits) -> bool:
    """Whether staff want to hear nothing of a source: it is ignored, allowed or blocked."""
    kind, source, _ = key
    if kind == IP:
        addresses = (limits.ignored_ips, limits.allowed_ips, limits.blocked_ips)
        return any(parse_network_list(text).has(source) for text in addresses)
    domains = (limits.ignored_domains, limits.allowed_domains, limits.blocked_domains)
    return any(parse_domain_list(text).has(source) for text in domains)
