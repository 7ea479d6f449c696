"""The addresses of the public site, as the UK Parliament's petitions service has them; mounted at the root of its site.

Law: no `app_name`, so that a name is a page's. Each subject's addresses stand beside its pages. A `urlconf` of Django.
"""

from django.urls import URLPattern, URLResolver

from ridgeway.services.petitions.pages import create

urlpatterns: list[URLPattern | URLResolver] = [*create.urlpatterns]
