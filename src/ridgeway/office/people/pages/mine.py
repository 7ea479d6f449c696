"""One's own account: the password, the second factor, and staying signed in."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, ListWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone

from ridgeway.office.audit.queries import list_entries
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.forms import AddAppForm, AddPasskeyForm, OwnPasswordForm, RenamePasskeyForm, title_of
from ridgeway.office.people.gates import SIGNED_IN, background, before_second_factor, gate, get_actor
from ridgeway.office.people.middleware import read_limits
from ridgeway.office.people.models import Account
from ridgeway.office.people.pages.passkeys import WithOptions
from ridgeway.office.people.secondfactor import may_work
from ridgeway.office.people.sessions import count_seconds_left

RECENT = 10


@gate(SIGNED_IN)
def show_account(request: HttpRequest) -> HttpResponse:
    """Who one is here, what one may do, and what one's account was used for lately."""
    account = Account.objects.get(pk=get_actor(request).account_id)
    roles = [title_of(name) for name in account.grants.values_list("role", flat=True)]
    own = list_entries(Filters(subject=f"account:{account.pk}"), limit=RECENT)
    return render(request, "people/mine.html", {"own": account, "roles": roles, "entries": own})


@background
@before_second_factor
@gate(SIGNED_IN)
def show_session(request: HttpRequest) -> HttpResponse:
    """How long one stays signed in; asking does not change it."""
    return describe_session(request)


@before_second_factor
@gate(SIGNED_IN)
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """One is there, and stays signed in."""
    account = Account.objects.get(pk=get_actor(request).account_id)
    Account.objects.filter(pk=account.pk, sign_in_mark=account.sign_in_mark).update(last_seen=timezone.now())
    return describe_session(request)


def describe_session(request: HttpRequest) -> JsonResponse:
    """The seconds until idleness ends the session."""
    account = Account.objects.only("last_seen").get(pk=get_actor(request).account_id)
    return JsonResponse({"seconds_left": count_seconds_left(account.last_seen, read_limits(), now=timezone.now())})


class Factors(IndexView):
    """The second factors that one has."""

    template_name = "people/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What allauth shows, and whether one is needed."""
        return {
            **super().get_context_data(**kwargs),
            "must_add": not may_work(self.request, self.request.user),
            "is_required": settings.RIDGEWAY_SETTINGS.web.require_second_factor,
        }


class AddApp(ActivateTOTPView):
    """An authenticator app is set up."""

    template_name = "people/add_app.html"
    form_class = AddAppForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class


class RemoveApp(DeactivateTOTPView):
    """The app is taken out."""

    template_name = "people/remove_app.html"


class AddPasskey(WithOptions, AddWebAuthnView):
    """A passkey is set up."""

    template_name = "people/add_passkey.html"
    form_class = AddPasskeyForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The context with the form, which allauth leaves out."""
        context = super().get_context_data(**kwargs)
        context.setdefault("form", kwargs.get("form") or self.get_form())
        return context


class Passkeys(ListWebAuthnView):
    """The passkeys that one has."""

    template_name = "people/passkeys.html"


class RemovePasskey(RemoveWebAuthnView):
    """A passkey is taken out."""

    template_name = "people/remove_passkey.html"


class RenamePasskey(EditWebAuthnView):
    """A passkey has another name."""

    template_name = "people/rename_passkey.html"
    form_class = RenamePasskeyForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class


class RecoveryCodes(ViewRecoveryCodesView):
    """The codes, shown once."""

    template_name = "people/recovery_codes.html"


class RenewRecoveryCodes(GenerateRecoveryCodesView):
    """New codes; the old ones count no more."""

    template_name = "people/renew_codes.html"


class ChangePassword(PasswordChangeView):
    """Another password."""

    template_name = "people/change_password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("people:mine")

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class

    def get_default_success_url(self) -> str:
        """One's account."""
        return str(self.success_url)
