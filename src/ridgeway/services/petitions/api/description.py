"""The programs' pages, described for programs: OpenAPI 3.1."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from ridgeway.services.petitions.api.answers import answer_json
from ridgeway.services.petitions.pages.caching import CONTENT, public


@public(CONTENT, cors=True)
def show_description(request: HttpRequest) -> HttpResponse:
    """`/openapi.json`."""
    return answer_json({"openapi": "3.1.0"})


urlpatterns = [path("openapi.json", show_description, name="openapi")]
