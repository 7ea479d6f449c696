"""The public addresses. Law: a page or an outcome is never named in one."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
