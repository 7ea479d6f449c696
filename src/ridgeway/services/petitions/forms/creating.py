"""The questions of starting a petition, one form each."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import FORMULA, LineField, ParagraphsField
from ridgeway.services.petitions.rules.faults import Wrong
from ridgeway.services.petitions.rules.texts import ACTION_LIMIT, BACKGROUND_LIMIT, DETAILS_LIMIT

YES, NO = "yes", "no"


class EligibilityForm(forms.Form):
    """Whether somebody is a citizen or lives here; `country` is home."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, country: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["eligible"] = forms.ChoiceField(
            label=gettext("Are you a citizen or a resident of this country (%(country)s)?") % {"country": country},
            choices=[(YES, _("Yes")), (NO, _("No"))],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Say whether you are a citizen or a resident"),
                "invalid_choice": _("Choose yes or no"),
            },
        )


class ActionForm(forms.Form):
    """What is asked for."""

    action = LineField(
        label=_("What do you want us to do?"),
        help_text=_("Ask for one clear thing. Begin with a verb, for example: Repair the footbridge at Mill Lane."),
        limit=ACTION_LIMIT,
        words={
            Wrong.MISSING: _("Write what you want us to do"),
            Wrong.TOO_LONG: _("What you want us to do must be %(limit)s characters or fewer"),
            Wrong.FORMULA: FORMULA,
        },
    )


class BackgroundForm(forms.Form):
    """Why."""

    background = ParagraphsField(
        label=_("Tell us more about what you want to happen"),
        help_text=_("Say what should change, and why."),
        limit=BACKGROUND_LIMIT,
        words={
            Wrong.MISSING: _("Write more about what you want to happen"),
            Wrong.TOO_LONG: _("What you want to happen must be %(limit)s characters or fewer"),
            Wrong.FORMULA: FORMULA,
        },
    )


class DetailsForm(forms.Form):
    """What else helps to understand it."""

    additional_details = ParagraphsField(
        label=_("Is there anything else that people should know?"),
        help_text=_(
            "Facts, sources and links that support your petition. Do not name people who hold no public office."
        ),
        limit=DETAILS_LIMIT,
        required=False,
        rows=9,
        words={
            Wrong.TOO_LONG: _("The details must be %(limit)s characters or fewer"),
            Wrong.FORMULA: FORMULA,
        },
    )
