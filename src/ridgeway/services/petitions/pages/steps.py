"""The pages of starting a petition in their order, and the form of each.

Law: what a draft holds is judged by the same forms that asked for it.
Next: `create.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django import forms
from django.urls import reverse

from ridgeway.services.petitions.actions.creating import Proposed
from ridgeway.services.petitions.forms.creating import YES, ActionForm, BackgroundForm, DetailsForm
from ridgeway.services.petitions.forms.person import PersonForm
from ridgeway.services.petitions.models import Draft
from ridgeway.services.petitions.pages.asking import describe_asked
from ridgeway.services.petitions.queries.similar import list_similar


class Step(StrEnum):
    """The pages after the first question, by their addresses."""

    TITLE = "title"
    SIMILAR = "similar"
    BACKGROUND = "background"
    DETAILS = "details"
    YOU = "your-details"
    CHECK = "check"


QUESTIONS: Mapping[Step, type[forms.Form]] = {
    Step.TITLE: ActionForm,
    Step.BACKGROUND: BackgroundForm,
    Step.DETAILS: DetailsForm,
}
ASKING = (Step.TITLE, Step.BACKGROUND, Step.DETAILS, Step.YOU)
NEXT = {Step.TITLE: Step.SIMILAR, Step.BACKGROUND: Step.DETAILS, Step.DETAILS: Step.YOU, Step.YOU: Step.CHECK}


def read_proposed(draft: Draft, *, language: str, ip: str) -> Proposed:
    """The answers of a draft that was found to have no fault."""
    values: dict[str, Any] = {}
    for step in ASKING:
        form = make_form(step, draft.answers)
        form.is_valid()
        values |= form.cleaned_data
    return Proposed(
        action=values["action"],
        background=values["background"],
        additional_details=values["additional_details"],
        name=values["name"],
        email=values["email"],
        country_code=values["location"],
        postcode=values["postcode"],
        language=language,
        ip=ip,
    )


def find_faulty(draft: Draft) -> str:
    """The address of the first question whose answer is missing or wrong; empty when there is none."""
    if draft.answers.get("eligible") != YES:
        return f"{reverse('new-petition')}?problem=1"
    wrong = next((step for step in ASKING if not make_form(step, draft.answers).is_valid()), None)
    return "" if wrong is None else f"{address_of(wrong)}?problem=1&return=check"


def find_back(step: Step, draft: Draft) -> str:
    """The page before a question."""
    if step is Step.TITLE:
        return reverse("new-petition")
    if step is Step.BACKGROUND:
        return address_of(Step.SIMILAR if list_similar(draft.answers.get("action", "")) else Step.TITLE)
    return address_of(Step.BACKGROUND if step is Step.DETAILS else Step.DETAILS)


def make_form(step: Step, answers: Mapping[str, Any], *, judged: bool = True) -> forms.Form:
    """The form of a question, its answers judged or only filled in."""
    given: dict[str, Any] = {"data": answers} if judged else {"initial": answers}
    if step is Step.YOU:
        if not judged and not answers.get("location"):
            given = {"initial": {name: text for name, text in answers.items() if name != "location"}}
        return PersonForm(**given, asked=describe_asked(), asks_updates=False)
    return QUESTIONS[step](**given)


def address_of(step: Step) -> str:
    """The address of a page."""
    return reverse("new-petition-step", kwargs={"step": step.value})
