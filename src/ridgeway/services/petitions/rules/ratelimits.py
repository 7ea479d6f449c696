"""How often somebody may sign from one place on the net, and who may always or never.

Law: the order is the rule. Blocked addresses of the net, blocked domains, blocked persons are refused; then allowed
ones pass whatever they did; then creators, sponsors and signers have their own rates. A refusal is silent: the caller
must answer as if nothing were wrong.
Source:  the UK's service: burst 1 in 60 s, sustained 5 in 300 s an address and petition.
"""

from dataclasses import dataclass
from enum import StrEnum

from ridgeway.services.petitions.rules.addresses import DomainTable, domain_of
from ridgeway.services.petitions.rules.lists import (
    DomainList,
    NetworkList,
    parse_address_list,
    parse_domain_glob,
    parse_domain_list,
    parse_network,
    parse_network_list,
    scan_list,
)
from ridgeway.services.petitions.states import SignatureRole


class Admission(StrEnum):
    """What the limits say to one signature."""

    PASSED = "passed"
    ALLOWED = "allowed"  # on a list of those whom no rate stops
    BLOCKED_IP = "blocked_ip"
    BLOCKED_DOMAIN = "blocked_domain"
    BLOCKED_EMAIL = "blocked_email"
    OVER_BURST = "over_burst"
    OVER_SUSTAINED = "over_sustained"


ADMITTED = frozenset({Admission.PASSED, Admission.ALLOWED})


@dataclass(frozen=True, slots=True)
class Rates:
    """At most so many in so many seconds; those of creators, sponsors and feedback in the sustained period."""

    burst_rate: int = 1
    burst_period_seconds: int = 60
    sustained_rate: int = 5
    sustained_period_seconds: int = 300
    creator_rate: int = 2
    sponsor_rate: int = 5
    feedback_rate: int = 2


@dataclass(frozen=True, slots=True)
class ListTexts:
    """The lists as staff wrote them."""

    blocked_ips: str = ""
    blocked_domains: str = ""
    blocked_emails: str = ""
    allowed_ips: str = ""
    allowed_domains: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists, read."""

    blocked_ips: NetworkList
    blocked_domains: DomainList
    blocked_emails: frozenset[str]
    allowed_ips: NetworkList
    allowed_domains: DomainList


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a signature comes from: the address on the net, the mail address in its canonical form and its domain."""

    ip: str
    canonical_email: str
    domain: str


@dataclass(frozen=True, slots=True)
class Recent:
    """How many came from there before, within each period; not counting this one."""

    in_burst: int = 0
    in_sustained: int = 0


def parse_lists(texts: ListTexts, table: DomainTable) -> Lists:
    """The lists, for a form that must be right.

    Raises:  ListError naming each bad line of the first list that has some.
    """
    return Lists(
        parse_network_list(texts.blocked_ips),
        parse_domain_list(texts.blocked_domains),
        parse_address_list(texts.blocked_emails, table),
        parse_network_list(texts.allowed_ips),
        parse_domain_list(texts.allowed_domains),
    )


def read_lists(texts: ListTexts, table: DomainTable) -> Lists:
    """The lists as far as they can be read: signing goes on when a stored list has a bad line."""
    return Lists(
        NetworkList(scan_list(texts.blocked_ips, parse_network)[0]),
        DomainList(scan_list(texts.blocked_domains, parse_domain_glob)[0]),
        frozenset(scan_list(texts.blocked_emails, table.canonicalise)[0]),
        NetworkList(scan_list(texts.allowed_ips, parse_network)[0]),
        DomainList(scan_list(texts.allowed_domains, parse_domain_glob)[0]),
    )


def origin_of(*, ip: str, email: str, table: DomainTable) -> Origin:
    """Where a signature with this address comes from."""
    return Origin(ip, table.canonicalise(email), domain_of(email))


def decide_listing(origin: Origin, lists: Lists) -> Admission | None:
    """What the lists say, in their order; None when they say nothing."""
    if lists.blocked_ips.has(origin.ip):
        return Admission.BLOCKED_IP
    if lists.blocked_domains.has(origin.domain):
        return Admission.BLOCKED_DOMAIN
    if origin.canonical_email in lists.blocked_emails:
        return Admission.BLOCKED_EMAIL
    if lists.allowed_ips.has(origin.ip) or lists.allowed_domains.has(origin.domain):
        return Admission.ALLOWED
    return None


def decide_rate(role: SignatureRole, recent: Recent, rates: Rates) -> Admission:
    """Whether one more is within the rates of its role."""
    if role is SignatureRole.CREATOR:
        return within(recent.in_sustained, rates.creator_rate)
    if role is SignatureRole.SPONSOR:
        return within(recent.in_sustained, rates.sponsor_rate)
    if recent.in_burst >= rates.burst_rate:
        return Admission.OVER_BURST
    return within(recent.in_sustained, rates.sustained_rate)


def within(before: int, rate: int) -> Admission:
    """Whether one more after `before` is within the rate of the sustained period."""
    return Admission.OVER_SUSTAINED if before >= rate else Admission.PASSED


def decide_feedback(recent: Recent, *, is_blocked: bool, rates: Rates) -> bool:
    """Whether a visitor's feedback is kept; refused silently like a signature."""
    return not is_blocked and recent.in_sustained < rates.feedback_rate


def find_rates_fault(rates: Rates) -> str | None:
    """Which field is wrong when the sustained rate or period does not exceed the burst's; None when all is well."""
    if rates.sustained_period_seconds <= rates.burst_period_seconds:
        return "sustained_period_seconds"
    if rates.sustained_rate <= rates.burst_rate:
        return "sustained_rate"
    return None
