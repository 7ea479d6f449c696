"""The addresses of the staff's pages, below `/petitions/` of the desk. A `urlconf` of Django."""

from django.urls import URLPattern, URLResolver

app_name = "petitions-staff"
urlpatterns: list[URLPattern | URLResolver] = []
