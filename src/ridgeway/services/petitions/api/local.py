"""What is signed in a constituency, as JSON and as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from ridgeway.services.petitions.api.answers import answer_json, link_petition
from ridgeway.services.petitions.api.attributes import Attributes
from ridgeway.services.petitions.api.exports import stream_csv
from ridgeway.services.petitions.models import Constituency
from ridgeway.services.petitions.pages.caching import COUNTS, public, render_freshness
from ridgeway.services.petitions.pages.local import is_open
from ridgeway.services.petitions.queries.local import Local, find_constituency, list_local

HEADER = ("Petition", "URL", "State", "Local Signatures", "Total Signatures")


@public(COUNTS, cors=True)
def show_open(request: HttpRequest, slug: str) -> HttpResponse:
    """`/petitions/local/SLUG.json`."""
    return answer_json(describe_local(get_constituency(slug), is_all=False))


@public(COUNTS, cors=True)
def show_all(request: HttpRequest, slug: str) -> HttpResponse:
    """`/petitions/local/SLUG/all.json`."""
    return answer_json(describe_local(get_constituency(slug), is_all=True))


@require_safe
def export_open(request: HttpRequest, slug: str) -> HttpResponseBase:
    """`/petitions/local/SLUG.csv`."""
    return export(get_constituency(slug), is_all=False)


@require_safe
def export_all(request: HttpRequest, slug: str) -> HttpResponseBase:
    """`/petitions/local/SLUG/all.csv`."""
    return export(get_constituency(slug), is_all=True)


def get_constituency(slug: str) -> Constituency:
    """The constituency of this address, while a Parliament sits.

    Raises:  Http404.
    """
    found = find_constituency(slug) if is_open() else None
    if found is None:
        raise Http404
    return found


def describe_local(constituency: Constituency, *, is_all: bool) -> Attributes:
    """The constituency, who represents it (nobody: no such field), and what is signed most there."""
    described: Attributes = {"constituency": constituency.name}
    if constituency.representative_name:
        described["mp"] = {
            "name": constituency.representative_name,
            "url": constituency.representative_url or None,
        }
    described["petitions"] = [
        {
            "action": each.petition.action,
            "url": link_petition(each.petition),
            "state": str(each.petition.state),
            "constituency_signature_count": each.count,
            "total_signature_count": each.petition.signature_count,
        }
        for each in list_local(constituency, is_all=is_all)
    ]
    return described


def export(constituency: Constituency, *, is_all: bool) -> HttpResponseBase:
    """The same list for a spreadsheet."""
    rows = [describe_row(each) for each in list_local(constituency, is_all=is_all)]
    name = f"{'all' if is_all else 'open'}-popular-petitions-in-{constituency.slug}.csv"
    response = stream_csv(name, HEADER, rows)
    response.headers["Cache-Control"] = render_freshness(COUNTS)
    return response


def describe_row(local: Local) -> tuple[str | int, ...]:
    """One petition's row."""
    petition = local.petition
    return petition.action, link_petition(petition), str(petition.state), local.count, petition.signature_count


urlpatterns = [
    path("petitions/local/<slug:slug>.json", show_open, name="local-json"),
    path("petitions/local/<slug:slug>/all.json", show_all, name="local-all-json"),
    path("petitions/local/<slug:slug>.csv", export_open, name="local-csv"),
    path("petitions/local/<slug:slug>/all.csv", export_all, name="local-all-csv"),
]
