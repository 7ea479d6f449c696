"""A link that is shown once: it is carried to the next page in the session of who asked for it."""

from django.http import HttpRequest

from ridgeway.office.people.models import Account

LINK = "people.link"


def carry_link(request: HttpRequest, account: Account, path: str) -> None:
    """The next page of the account shows the link."""
    request.session[LINK] = [account.pk, path]


def take_link(request: HttpRequest, account: Account) -> str:
    """The link of the account, once; else nothing."""
    number, path = request.session.get(LINK) or (None, "")
    if number != account.pk:
        return ""
    del request.session[LINK]
    return str(path)
