"""The addresses of the staff's pages, below `/petitions/` of the desk. A `urlconf` of Django.

An address with a number in its first place comes after those with a word there.
"""

from django.urls import URLPattern, URLResolver

from ridgeway.services.petitions.staff import (
    business,
    debate,
    home,
    lists,
    moderation,
    petition,
    response,
    signatures,
)

app_name = "petitions-staff"
urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *lists.urlpatterns,
    *signatures.urlpatterns,
    *moderation.urlpatterns,
    *response.urlpatterns,
    *debate.urlpatterns,
    *business.urlpatterns,
    *petition.urlpatterns,
]
