"""One petition, its count, and lists of them, for programs; the same for those of past Parliaments."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from ridgeway.services.petitions.api.answers import (
    answer_json,
    describe_addressee,
    describe_item,
    describe_list,
    link_petition,
    type_of,
)
from ridgeway.services.petitions.api.attributes import (
    Attributes,
    describe_business,
    describe_places,
    render_day,
    render_local_time,
)
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.caching import AGES, ARCHIVE, COUNTS, public, revalidate, say_modified
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.queries.listing import parse_listing
from ridgeway.services.petitions.queries.places import count_places
from ridgeway.services.petitions.queries.published import find_petition
from ridgeway.services.petitions.queries.searching import read_listed
from ridgeway.services.petitions.states import PUBLISHED, VISIBLE, DebateState, State


def get_visible(petition_id: str) -> Petition:
    """The petition, when the public may read it.

    Raises:  Http404; BadRequest for what is no number.
    """
    petition = find_petition(parse_id(petition_id))
    if petition is None or petition.state not in VISIBLE | {State.REMOVED, State.HIDDEN}:
        raise Http404
    return petition


def is_gone(petition: Petition) -> bool:
    """Whether it was public once and will not be again."""
    return petition.state == State.REMOVED or (petition.state == State.HIDDEN and petition.opened_at is not None)


def answer_gone(petition: Petition) -> HttpResponse:
    """410 for what was removed, 404 for what never was public.

    Raises:  Http404.
    """
    if not is_gone(petition):
        raise Http404
    return answer_json({"error": "gone"}, status=410)


@public(COUNTS, cors=True)
def show_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID.json`."""
    petition = get_visible(petition_id)
    if petition.state not in VISIBLE:
        return answer_gone(petition)
    if petition.archived_at:
        return move(link_petition(petition, suffix=".json"))
    return say_modified(answer_json(describe_whole(petition)), petition.updated_at, petition.last_signed_at)


@public(ARCHIVE, cors=True)
def show_archived(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/archived/petitions/ID.json`."""
    petition = get_visible(petition_id)
    if petition.state not in VISIBLE:
        return answer_gone(petition)
    if not petition.archived_at:
        return redirect(link_petition(petition, suffix=".json"))
    return say_modified(answer_json(describe_whole(petition)), petition.updated_at, petition.last_signed_at)


def move(address: str) -> HttpResponse:
    """It has moved there for good."""
    answer = redirect(address, permanent=True)
    answer.headers["Cache-Control"] = f"public, max-age={AGES}"
    return answer


def describe_whole(petition: Petition) -> Attributes:
    """The page of one petition: what a list says of it, where its signatures come from, and what became of it."""
    attributes = describe_item(petition)
    if petition.state in PUBLISHED:
        attributes |= describe_places(count_places(petition))
        business = sorted(petition.other_business.all(), key=lambda item: (item.occurred_on, item.pk))
        attributes |= describe_business(business)
    data = {"type": type_of(petition), "id": petition.pk, **describe_addressee(petition), "attributes": attributes}
    return {"links": {"self": link_petition(petition, suffix=".json")}, "data": data}


@public(COUNTS, cors=True)
def show_count(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/count.json`: what an open page asks for again and again. Its times have the local offset."""
    petition = get_visible(petition_id)
    if petition.state not in VISIBLE:
        return answer_gone(petition)
    return answer_json(
        {
            "signature_count": petition.signature_count,
            "response_threshold_reached_at": render_local_time(petition.response_threshold_reached_at),
            "government_response_at": render_local_time(petition.government_response_at),
            "debate_threshold_reached_at": render_local_time(petition.debate_threshold_reached_at),
            "scheduled_debate_date": render_day(petition.scheduled_debate_date),
            "debate_outcome_at": render_local_time(petition.debate_outcome_at),
            "debated": petition.debate_state == DebateState.DEBATED,
        }
    )


@public(COUNTS, cors=True)
def list_petitions(request: HttpRequest) -> HttpResponse:
    """`/petitions.json`."""
    listing = parse_listing(request.GET)
    return revalidate(answer_json(describe_list(listing, read_listed(listing))))


@public(ARCHIVE, cors=True)
def list_archived_petitions(request: HttpRequest) -> HttpResponse:
    """`/archived/petitions.json`."""
    listing = parse_listing(request.GET, is_archive=True)
    return revalidate(answer_json(describe_list(listing, read_listed(listing))))


urlpatterns = [
    path("petitions.json", list_petitions, name="petitions-json"),
    path("petitions/<str:petition_id>/count.json", show_count, name="count-json"),
    path("petitions/<str:petition_id>.json", show_petition, name="petition-json"),
    path("archived/petitions.json", list_archived_petitions, name="archived-petitions-json"),
    path("archived/petitions/<str:petition_id>.json", show_archived, name="archived-petition-json"),
]
