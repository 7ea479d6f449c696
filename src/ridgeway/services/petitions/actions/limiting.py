"""What system administrators set against fraud: limits and lists, and how addresses are spelled in one way.

Law: the audit line names the fields that changed; of lists not what stands in them, since that may be somebody's
address. Who has not seen the last change cannot undo it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.founding.rows import add_domain_rules
from ridgeway.services.petitions.models import DomainRule, RateLimits
from ridgeway.services.petitions.queries.site import read_limits

LIMITS = "rate limits"


class LimitsError(RequestError):
    """Limits that somebody else has changed meanwhile, or a rule that is not there."""


@transaction.atomic
def set_limits(values: Mapping[str, Any], *, seen: str, actor: Actor, now: datetime) -> list[str]:
    """The limits are these; which fields were changed.

    Shapes:  `seen` is `mark_of` the limits that the person saw.
    Raises:  LimitsError when they are others by now.
    """
    limits = RateLimits.objects.select_for_update().order_by("pk").first() or read_limits()
    if mark_of(limits) != seen:
        raise LimitsError(
            "conflict",
            "Somebody else has changed the limits meanwhile.",
            action="Load the page anew, and change again.",
        )
    before = {name: getattr(limits, name) for name in values}
    changed = sorted(name for name, value in values.items() if before[name] != value)
    if not changed:
        return []
    for name in changed:
        setattr(limits, name, values[name])
    limits.updated_at = now
    limits.save()
    figures = {name: [before[name], values[name]] for name in changed if isinstance(values[name], int)}
    Doer(actor, now).note("set_limits", LIMITS, details={"fields": changed, "values": figures})
    return changed


def mark_of(limits: RateLimits) -> str:
    """What tells one version of the limits from another."""
    return limits.updated_at.isoformat()


@transaction.atomic
def keep_rule(rule: DomainRule, *, actor: Actor, now: datetime) -> DomainRule:
    """The rule holds for signatures from now on; the usual ones become rows first, where there are none yet."""
    add_domain_rules()
    known = DomainRule.objects.filter(pattern=rule.pattern).exclude(pk=rule.pk).first()
    if known is not None:
        rule.pk = known.pk
    rule.save()
    Doer(actor, now).note("set_domain_rule", f"domain:{rule.pattern}", details=describe(rule))
    return rule


@transaction.atomic
def delete_rule(rule_id: int, *, actor: Actor, now: datetime) -> None:
    """The rule holds no more.

    Raises:  LimitsError when there is none.
    """
    rule = DomainRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise LimitsError("unknown_rule", "This rule is gone already.", action="Load the page anew.")
    Doer(actor, now).note("delete_domain_rule", f"domain:{rule.pattern}", details=describe(rule))
    rule.delete()


def describe(rule: DomainRule) -> dict[str, str]:
    """A rule in an audit line; there is nobody's address in it."""
    return {
        "strip_characters": rule.strip_characters,
        "strip_extension": rule.strip_extension,
        "aliased_to": rule.aliased_to,
    }
