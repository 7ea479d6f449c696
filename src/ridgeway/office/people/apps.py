"""The app `people`: it heeds signing in and out from the start."""

from django.apps import AppConfig, apps
from django.utils.module_loading import import_string


class PeopleConfig(AppConfig):
    """Accounts, roles and signing in."""

    name = "ridgeway.office.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Signs of Django and allauth are heeded; they are loaded only now, when models are ready.

        A public site has neither sign-in nor allauth, and nothing to heed.
        """
        if apps.is_installed("allauth.mfa"):
            import_string("ridgeway.office.people.receivers.connect_receivers")()
