"""What staff fill in about signatures: a search, and what is to be done to those that were found."""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.actions.withdrawing import MAX_AT_ONCE, Act
from ridgeway.services.petitions.queries.signatures import WINDOWS
from ridgeway.services.petitions.rules.searching import MAX_TEXT, Kind
from ridgeway.services.petitions.states import SignatureState

SHOWN_SALT = "petitions.signatures.shown"
SHOWN_SECONDS = 12 * 3600
KIND_LABELS = {
    Kind.NETWORK: _("Address on the net (IP)"),
    Kind.DOMAIN: _("Domain of the email address"),
    Kind.EMAIL: _("Email address"),
    Kind.PETITION: _("Number of a petition"),
    Kind.SECTOR: _("Beginning of a postcode"),
    Kind.POSTCODE: _("Postcode"),
    Kind.NAME: _("Name"),
}
STATE_LABELS = {
    SignatureState.PENDING: _("Not confirmed"),
    SignatureState.VALIDATED: _("Counted"),
    SignatureState.FRAUDULENT: _("Refused by the limits"),
    SignatureState.INVALIDATED: _("Withdrawn by staff"),
}
WINDOW_LABELS = dict(zip(WINDOWS, (_("Last 30 minutes"), _("Last 3 hours"), _("Last 12 hours")), strict=True))


class SearchForm(forms.Form):
    """What is looked for; every field may stay empty."""

    q = forms.CharField(
        label=_("Look for"),
        help_text=_(
            "An IP address or network, @domain, an email address, a petition’s number, a postcode, "
            "its beginning (as RG1 XXX), or a name."
        ),
        max_length=MAX_TEXT,
        required=False,
    )
    by = forms.ChoiceField(
        label=_("As"),
        choices=[("", _("What it looks like")), *((str(kind), label) for kind, label in KIND_LABELS.items())],
        required=False,
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("Any")), *((str(state), label) for state, label in STATE_LABELS.items())],
        required=False,
    )
    minutes = forms.ChoiceField(
        label=_("Signed"),
        choices=[("", _("At any time")), *((str(window), label) for window, label in WINDOW_LABELS.items())],
        required=False,
    )


def sign_shown(signature_ids: list[int], account_id: int) -> str:
    """The signatures that were shown to this person: only these may be named in the form that comes back."""
    return signing.dumps([account_id, signature_ids], salt=SHOWN_SALT)


class ActForm(forms.Form):
    """What is to be done to which of the signatures that were shown."""

    act = forms.ChoiceField(choices=[(str(act), str(act)) for act in Act])
    shown = forms.CharField()
    reason = forms.CharField(max_length=255, required=False)

    def __init__(self, data: Any, *, account_id: int) -> None:
        super().__init__(data)
        self.account_id = account_id
        self.chosen: list[int] = []

    def clean(self) -> dict[str, Any]:
        """The chosen ones are among those that were shown to this very person."""
        values = super().clean() or {}
        shown = self.read_shown(values.get("shown", ""))
        texts = self.data.getlist("signature") if hasattr(self.data, "getlist") else []
        if not texts:
            raise forms.ValidationError(gettext("Choose at least one signature."))
        if len(texts) > MAX_AT_ONCE or not all(text.isascii() and text.isdigit() for text in texts):
            raise forms.ValidationError(gettext("The list of signatures is not the one that was shown."))
        self.chosen = [int(text) for text in texts]
        if not set(self.chosen) <= shown:
            raise forms.ValidationError(gettext("The list of signatures is not the one that was shown."))
        return values

    def read_shown(self, text: str) -> set[int]:
        """What was shown.

        Raises:  ValidationError where it was shown to somebody else, too long ago, or never.
        """
        try:
            account_id, shown = signing.loads(text, salt=SHOWN_SALT, max_age=SHOWN_SECONDS)
        except (signing.BadSignature, ValueError) as error:
            text = gettext("The list of signatures is not the one that was shown.")
            raise forms.ValidationError(text) from error
        return set(shown) if account_id == self.account_id else set()
