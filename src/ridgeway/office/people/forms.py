"""What people type to sign in, to prove themselves, and about accounts.

Law: forms of allauth keep their work and get our words; each text is translated.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from ridgeway.office.people.models import MAX_EMAIL_CHARACTERS, MAX_NAME_CHARACTERS, Account
from ridgeway.office.people.roles import declared

MAX_PASSWORD_CHARACTERS = 1_000
MAX_CODE_CHARACTERS = 20
MAX_KEY_NAME_CHARACTERS = 60
MAX_REASON_CHARACTERS = 500
MAX_SEARCH_CHARACTERS = 200
USED_CODE_SECONDS = 180
"""Longer than a code of an app counts with the tolerance for clocks, so that none is used twice."""
NAMES = {"email": "username", "current": "current-password", "new": "new-password", "code": "one-time-code"}


def email_field() -> forms.EmailField:
    """A work e-mail that a browser may fill in."""
    widget = forms.EmailInput(attrs={"autocomplete": NAMES["email"], "spellcheck": "false"})
    return forms.EmailField(label=_("Work e-mail"), max_length=MAX_EMAIL_CHARACTERS, widget=widget)


def password_field(label: Any, *, name: str) -> forms.CharField:
    """A password, never shown again and never stripped."""
    widget = forms.PasswordInput(attrs={"autocomplete": NAMES[name]})
    return forms.CharField(label=label, strip=False, max_length=MAX_PASSWORD_CHARACTERS, widget=widget)


def code_field(label: Any) -> forms.CharField:
    """A code of an app, or a recovery code."""
    widget = forms.TextInput(attrs={"autocomplete": NAMES["code"], "inputmode": "numeric", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=MAX_CODE_CHARACTERS, widget=widget)


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field()
        self.fields["password"] = password_field(_("Password"), name="current")


class AskPasswordForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), name="current")


class OncePerCode:
    """No code of an app counts twice, whatever the tolerance for clocks."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before.

        Raises:  ValidationError.
        """
        code: str = super().clean_code()  # type: ignore[misc]
        own: Any = self
        if own.authenticator.type == Authenticator.Type.TOTP:
            key = f"people.code:{own.user.pk}:{normalize_user_code(code)}"
            if not cache.add(key, 1, timeout=USED_CODE_SECONDS):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OncePerCode, AuthenticateForm):
    """A code, to sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code from your app, or a recovery code"))


class AskCodeForm(OncePerCode, ReauthenticateByCodeForm):
    """A code, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code from your app, or a recovery code"))


class AddAppForm(ActivateTOTPForm):
    """The first code of an app that is being set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code that your app shows"))


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey or security key that is being set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of the key"), required=False, max_length=MAX_KEY_NAME_CHARACTERS
        )
        self.fields["passwordless"].label = _("Sign in with this key alone, without a password")
        self.fields["passwordless"].help_text = _("The key then asks for a PIN, a finger or a face.")


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name of the key"), max_length=MAX_KEY_NAME_CHARACTERS)


class OwnPasswordForm(ChangePasswordForm):
    """The password that somebody has, and the one that they want."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Password now"), name="current")
        self.fields["password1"] = password_field(_("New password"), name="new")
        self.fields["password1"].help_text = _("At least 12 characters; a few words that you can remember are good.")
        self.fields["password2"] = password_field(_("New password once more"), name="new")

    def clean_password1(self) -> str:
        """The password, if it is none of those that are easily guessed.

        Raises:  ValidationError.
        """
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password


class InvitedForm(forms.Form):
    """The first password of an account, or one instead of a lost one."""

    password1 = password_field(_("New password"), name="new")
    password2 = password_field(_("New password once more"), name="new")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["password1"].help_text = _("At least 12 characters; a few words that you can remember are good.")

    def clean_password1(self) -> str:
        """The password, if it is none of those that are easily guessed.

        Raises:  ValidationError.
        """
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.account)
        return password

    def clean(self) -> dict[str, Any]:
        """Both, if they are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("password1") != cleaned.get("password2"):
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned


class AccountForm(forms.Form):
    """Somebody's name and roles; for a new account, the e-mail too."""

    email = email_field()
    name = forms.CharField(label=_("Name"), max_length=MAX_NAME_CHARACTERS)
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=MAX_REASON_CHARACTERS)

    def __init__(self, *args: Any, held: Iterable[str] = (), is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["email"]
        self.fields["email" if is_new else "name"].widget.attrs.setdefault("autocomplete", "off")
        names = sorted({*declared, *held})
        choices = [(name, title_of(name)) for name in names]
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("It is kept in the audit log.")


class SearchForm(forms.Form):
    """Which accounts are wanted."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=MAX_SEARCH_CHARACTERS)
    role = forms.ChoiceField(label=_("Role"), required=False)
    closed = forms.BooleanField(label=_("Closed accounts"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Any")), *((name, title_of(name)) for name in sorted(declared))]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=MAX_REASON_CHARACTERS)


def title_of(name: str) -> str:
    """The role as people read it, with the service that it belongs to."""
    role = declared.get(name)
    service = name.partition(".")[0]
    return name if role is None else f"{_(str(role.title))} ({service})"
