"""What keeps the service honest, read from the tables as values of the rules."""

from dataclasses import dataclass, fields

from ridgeway.services.petitions.models import DomainRule as DomainRow
from ridgeway.services.petitions.models import RateLimits
from ridgeway.services.petitions.queries.site import read_limits
from ridgeway.services.petitions.rules.addresses import USUAL_RULES, DomainRule, DomainTable
from ridgeway.services.petitions.rules.ratelimits import Lists, ListTexts, Rates, read_lists

RULE_FIELDS = tuple(field.name for field in fields(DomainRule))


@dataclass(frozen=True, slots=True)
class Guard:
    """How addresses are spelled in one way, who may always or never, and how often anybody may."""

    table: DomainTable
    lists: Lists
    rates: Rates


def read_guard() -> Guard:
    """The guard as staff have set it."""
    table = read_domains()
    limits = read_limits()
    return Guard(table, read_lists(texts_of(limits), table), rates_of(limits))


def read_domains() -> DomainTable:
    """The table of domains; the usual rules where staff have none."""
    rows = DomainRow.objects.values_list(*RULE_FIELDS)
    return DomainTable([DomainRule(*row) for row in rows] or USUAL_RULES)


def texts_of(limits: RateLimits) -> ListTexts:
    """The lists as they are written."""
    return ListTexts(**{field.name: getattr(limits, field.name) for field in fields(ListTexts)})


def rates_of(limits: RateLimits) -> Rates:
    """The rates."""
    return Rates(**{field.name: getattr(limits, field.name) for field in fields(Rates)})
