"""Who runs the public site, where that is somebody else than who runs the deployment."""

from typing import Any

from django.http import HttpRequest

from ridgeway.services.assessments.deployment import read_own_settings


def describe_site(_request: HttpRequest) -> dict[str, Any]:
    """The context of the public layout (design/public.html), as far as this service says it otherwise."""
    organisation = read_own_settings().organisation
    return {"organisation": organisation} if organisation else {}
