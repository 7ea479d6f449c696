"""Reading accounts: the actor that an account is, with what its roles permit now."""

from ridgeway.office.people.actor import SIGNED_IN, Actor
from ridgeway.office.people.models import Account
from ridgeway.office.people.roles import gather_permissions


def read_actor(account: Account) -> Actor:
    """The account as an actor, with what its roles permit now."""
    names = account.grants.values_list("role", flat=True)
    return Actor(
        account_id=account.pk,
        name=account.name,
        email=account.email,
        permissions=gather_permissions(names) | {SIGNED_IN},
    )
