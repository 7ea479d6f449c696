"""The creator's name and address as staff put them right, and the pad on which a petition's words are tried."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import GENERAL, AddressField, NameField, ParagraphsField
from ridgeway.services.petitions.rules.texts import ACTION_LIMIT, BACKGROUND_LIMIT, DETAILS_LIMIT


class CreatorForm(forms.Form):
    """Who started a petition."""

    name = NameField(label=_("Name of the creator"))
    email = AddressField(
        label=_("Email address of the creator"),
        help_text=_("The private link and all news of the petition are mailed there from now on."),
        allows_plus=True,
    )


class PadForm(forms.Form):
    """The words of a petition, judged as its creator's are, and kept nowhere."""

    action = ParagraphsField(label=_("Action"), limit=ACTION_LIMIT, words=GENERAL, required=False, rows=2)
    background = ParagraphsField(label=_("Background"), limit=BACKGROUND_LIMIT, words=GENERAL, required=False)
    additional_details = ParagraphsField(
        label=_("Additional details"), limit=DETAILS_LIMIT, words=GENERAL, required=False, rows=10
    )
