"""The addresses of the public site, as the UK Parliament's petitions service has them; mounted at the root of its site.

Law: no `app_name`, so that a name is a page's. Each subject's addresses stand beside its pages; an address with a
number comes after those with a word in its place. A `urlconf` of Django.
"""

from django.urls import URLPattern, URLResolver

from ridgeway.services.petitions.api import description, exports, feeds, places, trending
from ridgeway.services.petitions.api import local as local_api
from ridgeway.services.petitions.api import petitions as petitions_api
from ridgeway.services.petitions.pages import (
    access,
    content,
    create,
    feedback,
    holding,
    home,
    images,
    lists,
    local,
    old,
    show,
    sign,
    sponsor,
    unsubscribe,
    wellknown,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *old.urlpatterns,
    *wellknown.urlpatterns,
    *access.urlpatterns,
    *feedback.urlpatterns,
    *create.urlpatterns,
    *sponsor.urlpatterns,
    *sign.urlpatterns,
    *holding.urlpatterns,
    *unsubscribe.urlpatterns,
    *local_api.urlpatterns,
    *local.urlpatterns,
    *petitions_api.urlpatterns,
    *exports.urlpatterns,
    *feeds.urlpatterns,
    *places.urlpatterns,
    *trending.urlpatterns,
    *description.urlpatterns,
    *images.urlpatterns,
    *lists.urlpatterns,
    *show.urlpatterns,
    *content.urlpatterns,
]
