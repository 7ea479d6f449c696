"""What Django is told so that people can sign in at a desk. No Django here."""

from typing import Any

from ridgeway.settings import WebSettings


def derive_people_settings(web: WebSettings) -> dict[str, Any]:  # noqa: ARG001 - completed with sign-in
    """Apps, middleware and settings of accounts."""
    return {
        "AUTH_USER_MODEL": "people.Account",
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        "LOGIN_URL": "/sign-in",
        "MIDDLEWARE": [],
    }
