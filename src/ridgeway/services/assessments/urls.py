"""The public addresses, mounted at the root of the site.

Law: a page or an outcome is never named in one, nor an answer. An address with a package in its first place comes after
those with a word there. A `urlconf` of Django.
"""

from django.urls import URLPattern

from ridgeway.services.assessments.pages import calendar, continuing, home, leaving, private, start, steps, wellknown

urlpatterns: list[URLPattern] = [
    *steps.urlpatterns,
    *home.urlpatterns,
    *wellknown.urlpatterns,
    *private.urlpatterns,
    *continuing.urlpatterns,
    *calendar.urlpatterns,
    *leaving.urlpatterns,
    *start.urlpatterns,
]
