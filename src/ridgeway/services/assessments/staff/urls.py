"""The addresses at the desk."""

from django.urls import URLPattern

app_name = "assessments-staff"
urlpatterns: list[URLPattern] = []
