"""Other business of Parliament about a petition."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.business import KIND, Noted, note_business, remove_business
from ridgeway.services.petitions.forms.moderating import BusinessForm
from ridgeway.services.petitions.models import OtherBusiness, Petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import DEBATE
from ridgeway.services.petitions.staff.copying import send_copy
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import PREVIEW, SILENT, back_to, say, show


@gate(DEBATE)
def add_business(request: HttpRequest, petition_id: str) -> HttpResponse:
    """A new entry."""
    return edit(request, get_petition(petition_id), None)


@gate(DEBATE)
def edit_business(request: HttpRequest, petition_id: str, business_id: str) -> HttpResponse:
    """An entry is corrected."""
    petition = get_petition(petition_id)
    item = petition.other_business.filter(pk=parse_id(business_id)).first()
    if item is None:
        raise Http404
    return edit(request, petition, item)


def edit(request: HttpRequest, petition: Petition, item: OtherBusiness | None) -> HttpResponse:
    """The form of an entry."""
    names = ("subject", "body", "occurred_on")
    today = timezone.localdate()
    initial = {"occurred_on": today} if item is None else {name: getattr(item, name) for name in names}
    form = BusinessForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        mails, number = not {SILENT, PREVIEW} & set(request.POST), item.pk if item else None
        noted, actor, now = Noted(**form.cleaned_data), get_actor(request), timezone.now()
        kept = note_business(petition.pk, noted, actor=actor, now=now, mails=mails, business_id=number)
        say(request, gettext("The entry is published."))
        if PREVIEW in request.POST:
            send_copy(request, petition.pk, KIND, {"business_id": kept.pk})
        return back_to(petition.pk)
    context = {"petition": petition, "form": form, "title": gettext("Other business in Parliament"), "mails": True}
    return show(request, "form.html", {**context, "item": item}, status=422 if form.is_bound else 200)


@gate(DEBATE)
@require_POST
def delete_business(request: HttpRequest, petition_id: str, business_id: str) -> HttpResponse:
    """An entry is taken off."""
    petition = get_petition(petition_id)
    remove_business(petition.pk, parse_id(business_id), actor=get_actor(request), now=timezone.now())
    say(request, gettext("The entry is gone; mail that waited is not sent."))
    return back_to(petition.pk)


urlpatterns = [
    path("<str:petition_id>/business", add_business, name="add-business"),
    path("<str:petition_id>/business/<str:business_id>", edit_business, name="business"),
    path("<str:petition_id>/business/<str:business_id>/delete", delete_business, name="delete-business"),
]
