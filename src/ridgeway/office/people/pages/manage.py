"""The accounts of others: who may manage people sees, adds, changes and closes them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ridgeway.office.audit.queries import list_entries
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.actions import (
    Doer,
    PeopleError,
    add_account,
    close_account,
    doer_of,
    end_session,
    open_account,
    rename_account,
    reset_second_factor,
    set_roles,
)
from ridgeway.office.people.forms import AccountForm, ReasonForm, SearchForm, title_of
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.office.people.invitations import make_invitation
from ridgeway.office.people.models import Account
from ridgeway.office.people.roles import MANAGE_PEOPLE, find_role
from ridgeway.office.people.secondfactor import FACTORS
from ridgeway.office.people.tickets import carry_link, take_link

PAGE = 50
RECENT = 20


@gate(MANAGE_PEOPLE)
def list_accounts(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, by name and role."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    accounts = select_accounts(asked.get("q", ""), asked.get("role", ""), is_closed=asked.get("closed", False))
    page = Paginator(accounts, PAGE).get_page(request.GET.get("page"))
    query = {name: value for name, value in asked.items() if value}

    def page_address(number: int) -> str:
        return f"?{urlencode({**query, 'page': number})}"

    context = {"page": page, "form": form, "page_address": page_address, "title_of": title_of}
    return render(request, "people/accounts.html", context)


def select_accounts(query: str, role: str, *, is_closed: bool) -> QuerySet[Account]:
    """The accounts that fit, with their roles and whether they have a second factor."""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    found: QuerySet[Account] = Account.objects.filter(is_active=not is_closed).prefetch_related("grants")
    found = found.annotate(has_factor=Exists(factors)).order_by("name", "email")
    if query:
        found = found.filter(Q(name__icontains=query) | Q(email__icontains=query))
    return found.filter(grants__role=role) if role else found


@gate(MANAGE_PEOPLE)
def add_page(request: HttpRequest) -> HttpResponse:
    """A new account; then the link with which its owner sets a password."""
    form = AccountForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        by, now, given = doer_of(get_actor(request)), timezone.now(), form.cleaned_data
        try:
            account = add_account(given["email"], given["name"], given["roles"], by=by, now=now)
            carry_link(request, account, make_invitation(account, by=by, now=now))
        except PeopleError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("people:account", account.pk)
    return render(request, "people/add.html", {"form": form})


@gate(MANAGE_PEOPLE)
def show_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: who it is, what it may do, and what was done with it."""
    account = get_object_or_404(Account, pk=account_id)
    held = list(account.grants.values_list("role", flat=True))
    form = AccountForm(request.POST or None, held=held, initial={"name": account.name, "roles": held})
    if request.method == "POST" and form.is_valid():
        by, now, given = doer_of(get_actor(request)), timezone.now(), form.cleaned_data
        try:
            rename_account(account, given["name"], by=by, now=now)
            set_roles(account, given["roles"], by=by, now=now, reason=given["reason"])
        except PeopleError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("people:account", account.pk)
    return render(request, "people/account.html", describe_account(request, account, form))


def describe_account(request: HttpRequest, account: Account, form: Any) -> dict[str, Any]:
    """What the page of an account shows."""
    path = take_link(request, account)
    return {
        "shown": account,
        "form": form,
        "factors": list(Authenticator.objects.filter(user_id=account.pk).order_by("type")),
        "is_own": account.pk == get_actor(request).account_id,
        "link": request.build_absolute_uri(path) if path else "",
        "entries": list_entries(Filters(subject=f"account:{account.pk}"), limit=RECENT),
        "unknown_roles": [name for name in form.initial.get("roles", ()) if find_role(name) is None],
    }


def invite(account: Account, *, by: Doer, now: Any, reason: str = "") -> str:  # noqa: ARG001 - one form for all acts
    """A link with which the owner sets a password."""
    return make_invitation(account, by=by, now=now)


def sign_out(account: Account, *, by: Doer, now: Any, reason: str = "") -> None:  # noqa: ARG001 - one form for all acts
    """The owner is signed out."""
    end_session(account, by=by, now=now)


ACTS: Mapping[str, Callable[..., Any]] = {
    "close": close_account,
    "open": open_account,
    "invite": invite,
    "sign-out": sign_out,
    "reset-second-factor": reset_second_factor,
}


@require_POST
@gate(MANAGE_PEOPLE)
def do_act(request: HttpRequest, account_id: int, act: str) -> HttpResponse:
    """One of the acts, then back to the account."""
    account = get_object_or_404(Account, pk=account_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    path = ACTS[act](account, by=doer_of(get_actor(request)), now=timezone.now(), reason=reason)
    if path:
        carry_link(request, account, path)
    return redirect(reverse("people:account", args=[account.pk]))
