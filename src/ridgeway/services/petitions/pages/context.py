"""What every page of the public site is told besides what all sites are told."""

from typing import Any

from django.http import HttpRequest

from ridgeway.services.petitions.queries.site import read_site


def describe_site(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - as every context processor
    """What staff set for the site."""
    return {"settings_row": read_site()}
