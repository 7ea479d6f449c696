"""Handing the questions of passkeys to the browser's script as JSON in the page."""

from typing import Any

from django.utils.html import json_script

ELEMENT = "passkey-options"


class WithOptions:
    """A page of allauth whose script reads its options from `passkey_options`."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The context, with the options as an element of the page."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["passkey_options"] = json_script(context.get("js_data", {}), ELEMENT)
        return context
