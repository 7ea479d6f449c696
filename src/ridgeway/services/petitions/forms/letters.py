"""Letters that staff write: to creators who wait, to those in some constituencies who signed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.models import Constituency
from ridgeway.services.petitions.rules.texts import BUSINESS_BODY_LIMIT, BUSINESS_SUBJECT_LIMIT


class LetterForm(forms.Form):
    """A subject and a body; sent twice with one `request_id` it is one letter."""

    subject = forms.CharField(label=_("Subject"), max_length=BUSINESS_SUBJECT_LIMIT)
    body = forms.CharField(
        label=_("Letter"),
        help_text=_("Each gets it with their own name above, and the title of their petition."),
        max_length=BUSINESS_BODY_LIMIT,
        widget=forms.Textarea,
    )
    request_id = forms.RegexField(r"\A[A-Za-z0-9_-]{8,40}\Z", widget=forms.HiddenInput)


class MailshotForm(forms.Form):
    """A letter, and to where."""

    subject = forms.CharField(label=_("Subject"), max_length=BUSINESS_SUBJECT_LIMIT)
    body = forms.CharField(
        label=_("Letter"), help_text=_("You can use Markdown."), max_length=BUSINESS_BODY_LIMIT, widget=forms.Textarea
    )
    constituencies = forms.MultipleChoiceField(
        label=_("Constituencies"),
        help_text=_("Choose none to write to everybody who signed and wants to hear of it."),
        required=False,
        widget=forms.SelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Constituency.objects.filter(ends_on=None).order_by("name").values_list("code", "name")
        self.fields["constituencies"].choices = list(places)  # type: ignore[attr-defined]
