"""The addresses of the audit log at the desk."""

from django.urls import path

from ridgeway.office.audit import pages

app_name = "audit"
urlpatterns = [
    path("", pages.show_log, name="log"),
    path("audit.csv", pages.download_log, name="csv"),
]
