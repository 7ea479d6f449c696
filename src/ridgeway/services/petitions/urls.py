"""The addresses of the public site, as the UK Parliament's petitions service has them; mounted at the root of its site.

Law: no `app_name`, so that a name is a page's. Each subject's addresses stand beside its pages; an address with a
number comes after those with a word in its place. A `urlconf` of Django.
"""

from django.urls import URLPattern, URLResolver

from ridgeway.services.petitions.api import petitions as petitions_api
from ridgeway.services.petitions.pages import create, holding, home, lists, show, sign, sponsor

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *create.urlpatterns,
    *sponsor.urlpatterns,
    *sign.urlpatterns,
    *holding.urlpatterns,
    *petitions_api.urlpatterns,
    *lists.urlpatterns,
    *show.urlpatterns,
]
