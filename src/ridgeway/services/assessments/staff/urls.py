"""The addresses of the staff's pages, below `/assessments/` of the desk. A `urlconf` of Django."""

from django.urls import URLPattern, URLResolver

from ridgeway.services.assessments.staff import comments, home, publishing, statistics, version
from ridgeway.services.assessments.staff.editing import translating, views

app_name = "assessments-staff"
urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *statistics.urlpatterns,
    *version.urlpatterns,
    *comments.urlpatterns,
    *publishing.urlpatterns,
    *views.urlpatterns,
    *translating.urlpatterns,
]
