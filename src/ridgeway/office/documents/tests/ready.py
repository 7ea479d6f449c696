"""Imported first by tests that import tables: Django is ready before a model is. Each test then chooses its place."""

from django.conf import settings as django_settings

from ridgeway.settings import Settings
from ridgeway.web.setup import setup_django

if not django_settings.configured:
    setup_django(Settings())
