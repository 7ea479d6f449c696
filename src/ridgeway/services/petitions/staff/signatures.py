"""Signatures: found by what staff know of them, looked at, and changed one by one or up to fifty at once.

Law: a form names only signatures that were shown to the person who sends it. Deleting is asked for twice.
"""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.withdrawing import Act, change_signatures, list_changeable
from ridgeway.services.petitions.forms.signatures import STATE_LABELS, ActForm, SearchForm, sign_shown
from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.queries.listing import parse_number
from ridgeway.services.petitions.queries.signatures import (
    MAX_PAGE,
    Scope,
    find_signature,
    find_signatures,
    list_neighbours,
)
from ridgeway.services.petitions.rules.searching import read_search
from ridgeway.services.petitions.service import SIGNATURES
from ridgeway.services.petitions.staff.csvfiles import answer_csv
from ridgeway.services.petitions.staff.labels import PETITION_STATES
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import say, show
from ridgeway.services.petitions.states import SignatureRole

MAX_NEIGHBOURS = 200
ROLE_LABELS: dict[str, Promise] = {
    SignatureRole.CREATOR: _("Creator"),
    SignatureRole.SPONSOR: _("Supporter"),
    SignatureRole.SIGNER: _("Signer"),
}
ACT_LABELS: dict[Act, Promise] = {
    Act.VALIDATE: _("Count"),
    Act.INVALIDATE: _("Withdraw"),
    Act.SUBSCRIBE: _("Send updates"),
    Act.UNSUBSCRIBE: _("Send no updates"),
    Act.DELETE: _("Delete"),
}


@gate(SIGNATURES)
def search(request: HttpRequest) -> HttpResponse:
    """`/petitions/signatures`: among all."""
    return show_found(request, reverse("petitions-staff:signatures"), 0, {})


@gate(SIGNATURES)
def search_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/signatures`: among those of one petition."""
    petition = get_petition(petition_id)
    here = reverse("petitions-staff:petition-signatures", kwargs={"petition_id": petition.pk})
    return show_found(request, here, petition.pk, {"petition": petition})


def show_found(request: HttpRequest, here: str, petition_id: int, more: dict[str, Any]) -> HttpResponse:
    """The form and a page of what it found; without a question, among all, nothing yet."""
    form = SearchForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    is_asked = any(asked.values())
    question = read_search(asked.get("q", ""), asked.get("by", ""))
    if asked.get("q") and question is None:
        form.add_error("q", gettext("This cannot be read so."))
    found = None
    if (petition_id or is_asked) and form.is_valid() is form.is_bound:
        scope = Scope(petition_id, int(asked.get("minutes") or 0), asked.get("state", ""))
        page = parse_number(request.GET.get("page", ""), usual=1, most=MAX_PAGE)
        found = find_signatures(question, scope, page=page, now=timezone.now())
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "found": found,
        "here": here,
        "query": query.urlencode(),
        "pages": link_pages(here, query, found) if found else {},
        **describe_list(request, list(found.signatures) if found else []),
        **more,
    }
    return show(request, "signatures.html", context, status=200 if not form.errors else 422)


def link_pages(here: str, query: QueryDict, found: Any) -> dict[str, Any]:
    """To the pages before and after."""

    def link(number: int, label: str) -> dict[str, str]:
        asked = query.copy()
        asked["page"] = str(number)
        return {"href": f"{here}?{asked.urlencode()}", "label": label}

    before = link(found.number - 1, gettext("Newer")) if found.number > 1 else None
    after = link(found.number + 1, gettext("Older")) if found.has_more and found.number < MAX_PAGE else None
    return {"previous": before, "next": after}


def describe_list(request: HttpRequest, signatures: list[Signature]) -> dict[str, Any]:
    """What a page needs that lists signatures and changes them."""
    return {
        "signatures": signatures,
        "shown": sign_shown([each.pk for each in signatures], get_actor(request).account_id),
        "acts": [
            {"value": str(act), "label": label, "is_grave": act is Act.DELETE} for act, label in ACT_LABELS.items()
        ],
        "roles": ROLE_LABELS,
        "states": STATE_LABELS,
        "petition_states": PETITION_STATES,
    }


def get_signature(signature_id: str) -> Signature:
    """The signature.

    Raises:  Http404; BadRequest for what is no number.
    """
    signature = find_signature(parse_id(signature_id))
    if signature is None:
        raise Http404
    return signature


@gate(SIGNATURES)
def show_signature(request: HttpRequest, signature_id: str) -> HttpResponse:
    """`/petitions/signatures/ID`: all that is known, and what else came from there just then."""
    signature = get_signature(signature_id)
    context = describe_list(request, [signature])
    neighbours = list_neighbours(signature).select_related("petition")[:MAX_NEIGHBOURS]
    query = f"q={signature.pk}"
    return show(
        request, "signature.html", {**context, "signature": signature, "neighbours": neighbours, "query": query}
    )


@gate(SIGNATURES)
def download_evidence(request: HttpRequest, signature_id: str) -> HttpResponseBase:
    """`/petitions/signatures/ID/evidence.csv`: the signature and its neighbours."""
    signature = get_signature(signature_id)
    header = ("Number", "Petition", "State", "Role", "IP", "Confirmed from", "Signed at", "Counted at", "Language")
    rows = [signature, *list_neighbours(signature)[:MAX_NEIGHBOURS]]
    cells = (
        (
            each.pk,
            each.petition_id,
            str(each.state),
            str(each.role),
            each.ip or "",
            each.confirmed_ip or "",
            each.created_at,
            each.validated_at,
            each.language,
        )
        for each in rows
    )
    return answer_csv(f"signature-{signature.pk}-evidence.csv", header, cells)


@gate(SIGNATURES)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """`/petitions/signatures/change`: what was chosen is done, and back to the list."""
    actor = get_actor(request)
    form = ActForm(request.POST, account_id=actor.account_id)
    back = choose_return(request)
    if not form.is_valid():
        if "act" in form.errors or "shown" in form.errors:
            raise BadRequest("The form lacks what is to be done.")
        say(request, " ".join(str(error) for error in form.non_field_errors()), kind="error")
        return redirect(back)
    act = Act(form.cleaned_data["act"])
    if act is Act.DELETE and request.POST.get("sure") != "yes":
        chosen = Signature.objects.filter(pk__in=[pk for pk, _petition in list_changeable(form.chosen)])
        context = {**describe_list(request, list(chosen.select_related("petition"))), "back": back}
        return show(request, "delete-signatures.html", {**context, "query": request.POST.get("query", "")})
    changed = change_signatures(act, form.chosen, actor=actor, now=timezone.now(), reason=form.cleaned_data["reason"])
    text = ngettext("%(count)s signature was changed.", "%(count)s signatures were changed.", changed)
    say(request, text % {"count": changed})
    return redirect(back)


def choose_return(request: HttpRequest) -> str:
    """The list that the form was sent from: one of ours, made of numbers and a query, never an address as sent."""
    petition = request.POST.get("petition", "")
    query = request.POST.get("query", "")
    here = reverse("petitions-staff:signatures")
    if petition.isascii() and petition.isdigit():
        here = reverse("petitions-staff:petition-signatures", kwargs={"petition_id": petition})
    return f"{here}?{QueryDict(query).urlencode()}" if query else here


urlpatterns = [
    path("signatures", search, name="signatures"),
    path("signatures/change", change, name="change-signatures"),
    path("signatures/<str:signature_id>", show_signature, name="signature"),
    path("signatures/<str:signature_id>/evidence.csv", download_evidence, name="signature-evidence"),
    path("<str:petition_id>/signatures", search_petition, name="petition-signatures"),
]
