"""A word to the team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from ridgeway.office.design.formtoken import require_form_token
from ridgeway.services.petitions.actions.telling import Told, keep_feedback
from ridgeway.services.petitions.forms.reading import REFERENCE_LIMIT, FeedbackForm
from ridgeway.services.petitions.pages.private import private_page

PURPOSE = "petitions.feedback"


@private_page()
def ask_feedback(request: HttpRequest) -> HttpResponse:
    """`/feedback`; the answer is the same whether it was kept or came to nothing."""
    form = FeedbackForm(request.POST or None, initial={"petition": request.GET.get("petition", "")[:REFERENCE_LIMIT]})
    if request.method == "POST":
        require_form_token(request, PURPOSE, now=timezone.now())
        if form.is_valid():
            keep_feedback(read_told(request, form), now=timezone.now())
            return redirect("feedback-thanks")
    return render(request, "petitions/feedback.html", {"form": form})


def read_told(request: HttpRequest, form: FeedbackForm) -> Told:
    """What was told, and from where."""
    return Told(
        comment=form.cleaned_data["comment"],
        petition=form.cleaned_data["petition"],
        email=form.cleaned_data["email"],
        ip=getattr(request, "client_ip", None) or "",
        user_agent=request.headers.get("User-Agent", "")[:REFERENCE_LIMIT],
    )


@private_page(takes_forms=False)
def show_thanks(request: HttpRequest) -> HttpResponse:
    """`/feedback/thanks`."""
    return render(request, "petitions/feedback-thanks.html")


urlpatterns = [
    path("feedback", ask_feedback, name="feedback"),
    path("feedback/thanks", show_thanks, name="feedback-thanks"),
]
