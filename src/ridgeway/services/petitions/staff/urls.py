"""The addresses of the staff's pages, below `/petitions/` of the desk. A `urlconf` of Django.

An address with a number in its first place comes after those with a word there.
"""

from django.urls import URLPattern, URLResolver

from ridgeway.services.petitions.staff import (
    business,
    contents,
    debate,
    drafting,
    figures,
    guarding,
    home,
    invalidations,
    letters,
    lists,
    locks,
    masking,
    moderation,
    parliament,
    petition,
    reports,
    response,
    signatures,
    site,
    subjects,
    visitors,
)

app_name = "petitions-staff"
urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *lists.urlpatterns,
    *site.urlpatterns,
    *subjects.urlpatterns,
    *contents.urlpatterns,
    *visitors.urlpatterns,
    *figures.urlpatterns,
    *drafting.urlpatterns,
    *reports.urlpatterns,
    *masking.urlpatterns,
    *guarding.urlpatterns,
    *invalidations.urlpatterns,
    *letters.urlpatterns,
    *locks.urlpatterns,
    *signatures.urlpatterns,
    *parliament.urlpatterns,
    *moderation.urlpatterns,
    *response.urlpatterns,
    *debate.urlpatterns,
    *business.urlpatterns,
    *petition.urlpatterns,
]
