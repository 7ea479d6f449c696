"""What an act says on the next page: one sentence, kept in the session until it was shown."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

SAID = "petitions.said"
SILENT, PREVIEW = "silent", "preview"
"""Names of the buttons that save without mail, and that mail a copy to the team alone."""


def say(request: HttpRequest, text: str, *, kind: str = "success") -> None:
    """`text` is shown on the next page; `kind` is success, important or error."""
    request.session[SAID] = [kind, str(text)]


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the desk, with what the last act said."""
    said = request.session.pop(SAID, None)
    messages = [{"kind": said[0], "text": said[1]}] if said else []
    return render(request, f"petitions/staff/{template}", {"messages": messages, **context}, status=status)


def back_to(petition_id: int) -> HttpResponse:
    """To the page of the petition."""
    return redirect(reverse("petitions-staff:petition", kwargs={"petition_id": petition_id}))
