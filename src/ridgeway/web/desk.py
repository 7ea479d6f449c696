"""The addresses of the staff site: signing in, accounts and audit from the office, then each service's own pages.

A `urlconf` of Django.
"""

from django.urls import URLPattern, URLResolver, include, path

from ridgeway.services import installed
from ridgeway.web import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.show_desk, name="desk"),
    path("ping", pages.show_ping, name="ping"),
    path("people/", include("ridgeway.office.people.urls")),
    path("audit/", include("ridgeway.office.audit.urls")),
    *(path(f"{name}/", include(service.staff_urls)) for name, service in installed().items()),
]
